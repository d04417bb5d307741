"""Every file of facts says when it was last compared with its sources; what is older than a year is listed."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from provisioner.__main__ import main
from provisioner.code_catalogue import check_pages, find_page
from provisioner.fact_dates import MAX_AGE_DAYS, checked_dates, code_facts, outdated_files
from provisioner.package_data import data_directory


def test_every_file_of_facts_has_a_date():
    folder = data_directory("schemas")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in (".yaml", ".json")}
    assert checked_dates().keys() == files - {"manifest.schema.json"}


def test_facts_older_than_a_year_are_listed(record_property):
    """Listed for whoever reads the run, not failed: a fact is no less true on the day after its birthday."""
    for file, checked in outdated_files(dt.datetime.now(dt.UTC).date()).items():
        record_property(f"older than a year: {file}", checked.isoformat())
    dates = checked_dates()
    newest = max(dates.values())
    year = dt.timedelta(days=MAX_AGE_DAYS)
    assert outdated_files(min(dates.values()) + year) == {}
    assert list(outdated_files(newest + year + dt.timedelta(days=1))) == sorted(dates, key=dates.__getitem__)
    oldest = {file for file, checked in dates.items() if checked == min(dates.values())}
    assert outdated_files(min(dates.values()) + year + dt.timedelta(days=1)).keys() == oldest


MANIFEST_ALONE = {"YAML", "MAN", "INC", "VAR", "SEC"}
"""The letters of checks that rest on the manifest's own language; all others rest on facts of Azure."""


def test_the_codes_that_rest_on_facts_say_of_when_they_are():
    for page in check_pages():
        letters = page.code.rstrip("0123456789")
        assert (code_facts(page.code).checked is None) == (letters in MANIFEST_ALONE), page.code


@pytest.mark.parametrize(
    ("code", "subject", "words"),
    [
        ("KQL202", "coalesce", "2026-06-04"),
        ("KQL201", "parse-kv", "refused"),
        ("KQL208", "dynamic(null)", "2026-09-10"),
        ("KQL209", "parse kind=regex", "2026-07-27"),
        ("TRN003", "dynamic(…)", "2026-05-15"),
        ("NAM013", "TenantId", "2023-08-25"),
        ("REG001", "saudiarabiaeast", "accepted on 2026-11-28"),
        ("REG005", "qatarcentral", "2024-07-21"),
        ("TAB012", "analytics to basic", "2026-05-25"),
    ],
)
def test_explain_shows_the_evidence_with_its_dates(code, subject, words, capsys):
    assert main_exit(["explain", code]) == 0
    text = capsys.readouterr().out
    assert f"Facts checked: {code_facts(code).checked}" in text
    assert subject in text
    assert words in text
    assert main_exit(["explain", code, "--format", "json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["checked"] == code_facts(code).checked.isoformat()
    assert {"subject", "kind", "forbids", "date", "source", "words"} == set(page["evidence"][0])
    assert subject in {entry["subject"] for entry in page["evidence"]}


def test_a_page_without_facts_says_nothing_of_them():
    page = find_page("MAN001")
    assert (page.checked, page.evidence) == (None, ())
    assert "Facts checked" not in page.text()


def test_rules_show_the_dates(capsys):
    assert main_exit(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("NAM013") and "facts of 20" in line for line in lines)
    assert any(line.startswith("MAN001") and "facts of" not in line for line in lines)


def main_exit(arguments):
    from unittest.mock import patch

    with patch("sys.argv", ["provisioner", *arguments]), pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code
