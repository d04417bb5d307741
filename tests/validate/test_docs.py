"""What is written about the checks is what they are."""

from __future__ import annotations

import re

import yaml

from provisioner import validate
from provisioner.package_data import data_directory, load_facts
from tests.support.paths import ROOT


def test_codes_carry_the_subject_and_three_digits():
    for rule in validate.all_rules():
        assert re.fullmatch(r"[A-Z]{3}[0-9]{3}", rule.code) or rule.family


def test_the_codes_of_a_family_stand_without_gaps():
    families: dict[str, list[int]] = {}
    for rule in validate.all_rules():
        if not rule.family and not rule.code.startswith("OUR"):
            families.setdefault(rule.code[:3], []).append(int(rule.code[3:]))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in families.values()), families


def test_the_hooks_name_commands_that_exist():
    from provisioner.cli.lazy_commands import COMMANDS

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for hook in hooks if hook["entry"].split()[1] not in COMMANDS] == []
    assert all(re.compile(hook["files"]).search("infra/provisioner.yaml") for hook in hooks)


def test_every_fact_has_a_source():
    for name in ("names.yaml", "limits.yaml"):
        for subject, facts in load_facts(name).items():
            if subject == "checked":
                continue
            entries = facts.values() if name == "limits.yaml" else [facts]
            assert all(entry.get("source") for entry in entries), f"{name}: {subject}"
    assert load_facts("regions.yaml")["source"]
    assert (data_directory("schemas") / "builtin_tables.json").exists()


def test_the_built_in_tables_are_those_of_the_vendors_page():
    """104 take rows from the API; the columns of 89 are known, and each is of a type that the manifest has."""
    from provisioner.model import TYPES

    tables = load_facts("builtin_tables.json")["tables"]
    assert len(tables) == 104
    assert sum(table["columns"] is not None for table in tables.values()) == 89
    assert {type_ for table in tables.values() for type_ in (table["columns"] or {}).values()} <= set(TYPES)


def test_a_regions_short_name_is_its_long_one_without_spaces_and_case():
    for regions in load_facts("regions.yaml")["clouds"].values():
        assert all(long.replace(" ", "").lower() == short for short, long in regions.items())
