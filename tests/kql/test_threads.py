"""Texts are bound in several threads at once: the first ones load the language while others use it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from concurrent.futures import ThreadPoolExecutor
from provisioner import kql

CALLS = "tostring(n)|strlen(s)|iif(n > 1, s, 'x')|toint(n)|tolower(s)|parse_json(s)|abs(n)|split(s, ',')".split("|")

def bind(call):
    query, diagnostics = kql.bind(f"source | extend x = {call}", {"s": "string", "n": "long"})
    return [diagnostic.message for diagnostic in diagnostics] if query is None else []

with ThreadPoolExecutor(8) as pool:
    print([message for messages in pool.map(bind, CALLS * 4) for message in messages])
"""


def test_threads_that_bind_while_the_language_is_loaded_see_all_of_it():
    # A process of its own: here the language is loaded already.
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
