"""The type of the function that evaluates: bodies that choose what they evaluate are handed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.expression_tree import Node

Evaluate = Callable[[Node, Context], Any]
