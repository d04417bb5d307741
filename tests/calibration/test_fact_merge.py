"""An evidence file that goes into the facts: what it changes, what is left to people, and what is refused."""

from __future__ import annotations

import shutil

import pytest
import yaml

from provisioner.calibration import select_probes
from provisioner.calibration.fact_merge import merge_evidence_file
from provisioner.calibration.probe_catalogue import predict
from provisioner.errors import BadRequestFile, ProvisionerError
from provisioner.fact_evidence import judge, read_evidence
from provisioner.package_data import data_directory

DAY = "2027-01-02"


@pytest.fixture
def facts(tmp_path):
    folder = tmp_path / "schemas"
    shutil.copytree(data_directory("schemas"), folder)
    return folder


@pytest.fixture
def merge(tmp_path, facts):
    def run(answers, cloud="public"):
        probes = [{"id": id_, "date": DAY, "words": None, "code": None, **answer} for id_, answer in answers.items()]
        file = tmp_path / "evidence.yaml"
        file.write_text(yaml.safe_dump({"version": 1, "kind": "calibration", "cloud": cloud, "probes": probes}))
        return merge_evidence_file(file, facts)

    return run


def read(facts, name):
    return yaml.safe_load((facts / name).read_text(encoding="utf-8"))


def test_a_function_that_azure_took_is_taken_from_then_on(merge, facts):
    result = merge({"functions/acos": {"seen": "accepted"}, "functions/coalesce": {"seen": "accepted"}})
    assert result.merged == {"kql.yaml": 2}
    assert result.to_decide == ()
    functions = read(facts, "kql.yaml")["functions"]
    assert functions["acos"] == {"evidence": [{"kind": "accepted", "date": DAY, "source": "calibrate"}]}
    assert "asin" not in functions
    # The newest wins over the refusals before it.
    assert judge(read_evidence(functions["coalesce"]["evidence"])).accepted


def test_a_refusal_comes_with_the_words_of_the_service_and_without_its_ids(merge, facts):
    words = "not found in /subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-secret/x"
    merge({"functions/acos": {"seen": "refused", "code": "InvalidTransformQuery", "words": words}})
    entry = read(facts, "kql.yaml")["functions"]["acos"]["evidence"][0]
    assert entry["words"].startswith("InvalidTransformQuery: not found")
    assert "6f9619ff" not in entry["words"]
    assert "rg-secret" not in entry["words"]


# Every seventh, and those that the test names: a kind and a family is left out by none.
ANSWERS = {
    probe.id: {"seen": predict(probe)}
    for number, probe in enumerate(select_probes())
    if number % 7 == 0 or probe.family in ("literals", "plan_switches", "reserved_columns", "operators")
}


def test_merging_a_file_twice_adds_nothing(merge, facts):
    first = merge(ANSWERS)
    controls = len(first.skipped)
    assert sum(first.merged.values()) == len(ANSWERS) - controls
    texts = {file: file.read_text() for file in facts.rglob("*.yaml")}
    again = merge(ANSWERS)
    assert (again.merged, again.already_merged) == ({}, len(ANSWERS) - controls)
    assert {file: file.read_text() for file in facts.rglob("*.yaml")} == texts


def test_facts_that_probes_of_every_family_went_into_can_be_read(merge, facts):
    merge({**ANSWERS, "coercions/integer into string, basic": {"seen": '"7"'}})
    pairs = read(facts, "limits.yaml")["table"]["plan_switches"]["pairs"]
    assert judge(read_evidence(pairs["basic to auxiliary"])).verdict == "refused"
    groups = read(facts, "names.yaml")["column"]["reserved"]
    assert {"names": ["Title"], "evidence": [{"kind": "accepted", "date": DAY, "source": "calibrate"}]} in groups
    assert read(facts, "coercion.yaml")["seen"]["integer into string, basic"][0]["words"] == 'seen "7"'
    # Several probes ask about these literals: each entry says which of them it is of.
    literals = read(facts, "kql.yaml")["literals"]["dynamic(…)"]["evidence"]
    assert [entry["words"] for entry in literals[:2]] == ["dynamic-object", "dynamic-array"]
    for name in ("kql.yaml", "limits.yaml", "names.yaml", "coercion.yaml"):
        assert comment_lines(facts / name) == comment_lines(data_directory("schemas") / name)


def comment_lines(file):
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.lstrip().startswith("#")]


def test_what_evidence_alone_does_not_change_is_named(merge):
    seen = {
        "names/longest table name, 64": {"seen": "accepted"},
        "coercions/string into int, analytics": {"seen": "7"},
        "queries/isnull of a guid column": {"seen": '{"Null": true}'},
    }
    decided = merge(seen).to_decide
    assert [line.partition(":")[0] for line in decided] == list(seen)
    assert decided[0] == "names/longest table name, 64: predicted refused, seen accepted"


def test_what_was_not_answered_or_is_not_known_is_left_out(merge):
    taken = {"seen": "accepted"}
    answers = {"functions/acos": {"seen": None}, "old/probe": taken, "functions/asin": {**taken, "date": "soon"}}
    result = merge(answers)
    assert result.merged == {}
    assert [line.partition(":")[0] for line in result.skipped] == ["old/probe", "functions/asin"]


def test_a_run_against_the_local_azure_is_no_evidence(merge, facts):
    texts = {file: file.read_text() for file in facts.rglob("*.yaml")}
    with pytest.raises(BadRequestFile, match="no evidence about Azure"):
        merge({"functions/acos": {"seen": "accepted"}}, cloud="local")
    assert {file: file.read_text() for file in facts.rglob("*.yaml")} == texts


def test_the_facts_of_an_installed_package_are_left_alone(tmp_path, monkeypatch):
    from provisioner.calibration import fact_merge

    monkeypatch.setattr(fact_merge, "data_directory", lambda folder: tmp_path / "_data" / folder)
    file = tmp_path / "evidence.yaml"
    file.write_text("{version: 1, kind: calibration, cloud: public, probes: []}")
    with pytest.raises(ProvisionerError, match="installed package"):
        merge_evidence_file(file)
