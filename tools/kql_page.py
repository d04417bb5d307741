"""`docs/kql.md`: the reference of the transform language, made from what binds and runs it."""

from __future__ import annotations

from pathlib import Path

from provisioner.kql.language_reference import reference_page
from tools.marked_blocks import ROOT

PAGE = ROOT / "docs" / "kql.md"
RESULT = ROOT / "tests" / "oracle" / "result.md"

FOOT = """
## A stranger's opinion

`python -m tests.oracle` compares names and types of columns with Microsoft's own analyser
(`@kusto/language-service-next`) over every documented example and published transformation at hand, and over a call
of every function with every type of argument. It last said:

{result}
Where they differ, it is on purpose: functions that only transformations have are unknown to the analyser; the service
refuses branches of `iif` and `case` whose types differ, which the analyser makes `dynamic`; the seconds of
`make_timespan` may be real, as documented; a function that wants text refuses a dynamic that was not cast, as the
engine does and the analyser does not; what the analyser widens out of all sense (`around` of unlike types, `range` from
a number to a timespan) is refused; `hash_many` and `hash_combine` combine in a way that is documented nowhere and are
not offered.
"""


def pages() -> dict[Path, str]:
    """The whole page."""
    return {PAGE: reference_page() + FOOT.format(result=RESULT.read_text(encoding="utf-8"))}
