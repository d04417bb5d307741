"""The reference of the transform language says what the code does."""

from __future__ import annotations

from provisioner.kql.functions import function_names
from provisioner.kql.language_reference import reference_page
from provisioner.kql.operators import OPERATORS


def test_the_page_names_every_operator_and_function() -> None:
    """With where each may be used."""
    text = reference_page()
    for name in function_names():
        assert f"`{name}(" in text, name
    for spec in OPERATORS.values():
        assert spec.word in text


def test_a_disputed_name_is_shown_as_such_with_its_evidence() -> None:
    """Warnings of the binder can be looked up here."""
    lines = {
        line.split("`")[1].partition("(")[0]: line
        for line in reference_page().partition("## Evidence")[0].splitlines()
        if line.startswith("| `")
    }
    assert "| disputed | yes |" in lines["replace_string"]
    assert "use replace instead" in lines["replace_string"]
    assert "| published | yes |" in lines["bag_pack"]
    assert "| no | yes |" in lines["coalesce"]
    assert "2026-06-04" in lines["coalesce"]
    assert "| yes | yes |" in lines["todynamic"]
    assert "| yes | no |" in lines["parse_cef_dictionary"]
    assert "| no | yes |" in lines["array_reverse"]
