"""Transforms bound in short pieces of time, so that requests are answered while a large project is first read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import chain

from provisioner.language.project_analysis import Analysis
from provisioner.validate.transform_preparation import prepare_transforms

_SLICE_SECONDS = 0.01
"""A request has to wait so long a few times: its header and its body are read one after the other."""


class BackgroundBinding:
    """How far the transforms of some analyses have been bound."""

    def __init__(self) -> None:
        self._analyses: Sequence[Analysis] = ()
        self._steps: Iterator[None] = iter(())

    def advance(self, analyses: Sequence[Analysis]) -> bool:
        """Go on for a moment; whether all transforms are bound. Raises ProvisionerError for wrong settings."""
        # A change of any buffer makes other analyses; what they have in common is bound already.
        if list(map(id, analyses)) != list(map(id, self._analyses)):
            self._analyses = analyses
            self._steps = chain.from_iterable(
                prepare_transforms(analysis.documents.values(), analysis.transforms) for analysis in analyses
            )
        end = time.perf_counter() + _SLICE_SECONDS
        return all(time.perf_counter() < end for _ in self._steps)
