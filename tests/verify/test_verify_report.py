"""Results of a verification as text, JSON and JUnit, and the command that prints them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

from provisioner.azure import connect_local
from provisioner.cli.main import run
from provisioner.probes.arrival import Arrival, ColumnArrival, Diagnosis, RowArrival, VerifyResult
from provisioner.project import Project
from provisioner.reports.format_registry import FORMATS
from provisioner.verify import report

ROW = RowArrival(
    (ColumnArrival("A", "x", "x", ok=True), ColumnArrival("B", "long " * 50, "long " * 49 + "wrong", ok=False))
)
BAD = Arrival(
    "Custom-S", "T_CL", "dcr", 1, 1, ok=False, seconds=1.25, rows=(ROW,),
    diagnosis=Diagnosis("values-differ", "B is wrong", ("seen", ""), "look"),
)  # fmt: skip


def test_the_text_marks_the_cell_that_differs_and_shows_where():
    text = report.format_text(VerifyResult("run1", (BAD,)))
    line = next(line for line in text.splitlines() if "✗ B" in line)
    assert "wrong" in line
    assert len(line) < 160
    assert "values-differ: B is wrong" in text
    assert "next: look" in text
    assert "\x1b[" not in text
    assert "\x1b[31m" in report.format_text(VerifyResult("run1", (BAD,)), color=True)


def test_json_and_junit_have_their_public_shape():
    result = VerifyResult("run1", (BAD,))
    data = json.loads(FORMATS["verify"]["json"](result))
    assert data["version"] == 1
    assert data["run_id"] == "run1"
    (stream,) = data["streams"]
    assert {"stream", "table", "dcr", "sent", "arrived", "seconds", "ok", "diagnosis", "rows"} <= stream.keys()
    assert stream["diagnosis"].keys() == {"code", "message", "evidence", "next"}
    assert stream["rows"][0]["columns"][0] == {"name": "A", "expected": "x", "arrived": "x", "ok": True}
    case = ET.fromstring(FORMATS["verify"]["junit"](result)).find(".//testcase")
    assert case.find("failure").get("message") == "B is wrong"


def test_the_command_answers_by_its_exit_code_and_formats(applied, tmp_path, monkeypatch, capsys):
    env = applied()
    monkeypatch.setattr(Project, "connect", lambda *_, **__: connect_local(env.manifest.target, env.monitor.ready))
    path = str(tmp_path)
    assert run(["verify", path]) == 0
    out, err = capsys.readouterr()
    assert "✓ Custom-Orders → Orders_CL" in out
    assert "Orders_CL | where not(OrderId hasprefix" in out
    assert "object id" in err, "who acts is said first"
    assert run(["verify", path, "--format", "json", "--stream", "Custom-Orders", "--edge"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert payload["ok"] is True
    assert payload["streams"][0]["arrived"] == payload["streams"][0]["sent"] > 1
    env.delete("dcr", "dcr-shop")
    assert run(["verify", path, "--format", "junit"]) == 1
    assert ET.fromstring(capsys.readouterr().out).get("failures") == "1"
    assert run(["verify", path, "--stream", "Custom-Nothing"]) == 64
