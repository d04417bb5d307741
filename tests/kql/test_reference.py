"""docs/kql.md says what the code does."""

from __future__ import annotations

from provisioner.kql.language_reference import reference
from provisioner.kql.operators import OPERATORS
from provisioner.package_data import load_facts
from tools.kql_page import PAGE, page


def test_the_page_is_the_one_that_the_code_makes() -> None:
    """`python -m tools.kql_page` rewrites it."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_names_every_operator_and_function() -> None:
    """With where each may be used."""
    text = reference()
    for name in load_facts("kql.yaml")["functions"]:
        assert f"`{name}(" in text, name
    for kind in OPERATORS.values():
        assert f"{kind.word}" in text


def test_a_disputed_name_is_shown_as_such_with_its_evidence() -> None:
    """Warnings of the binder can be looked up here."""
    lines = {line.split("`")[1].partition("(")[0]: line for line in reference().splitlines() if line.startswith("| `")}
    assert "| disputed | yes |" in lines["coalesce"]
    assert "52483205046" in lines["coalesce"]
    assert "| yes | no |" in lines["parse_cef_dictionary"]
    assert "| no | yes |" in lines["array_reverse"]
