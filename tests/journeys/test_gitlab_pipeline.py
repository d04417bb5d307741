"""The jobs of the GitLab component, their scripts run as they stand, against the emulator and a server for notes."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager

import pytest
import yaml

from provisioner.emulator import lifecycle
from tests.journeys.test_pipelines import Machine, Run
from tests.support.paths import ROOT

TEXT = (ROOT / "gitlab" / "provisioner.yml").read_text(encoding="utf-8")
HEADER, JOBS = yaml.safe_load_all(TEXT)
INPUTS = {name: str(input_.get("default", "")) for name, input_ in HEADER["spec"]["inputs"].items()}
INPUT = re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]")


class GitLab:
    """Notes of one merge request, and the merge requests of the merged commit."""

    def __init__(self) -> None:
        self.notes: list[dict] = []
        self.merge_requests = [{"iid": 7, "state": "merged", "sha": "abc"}]
        self.user = 1

    def answer(self, method: str, path: str, body: dict | None) -> object:
        path, _, query = path.partition("?")
        if path == "/user":
            return {"id": self.user}
        if path.endswith("/repository/commits/merged/merge_requests"):
            return self.merge_requests
        assert path.startswith("/projects/5/merge_requests/7/notes"), path
        if method == "POST":
            self.notes.append({"id": len(self.notes) + 1, "author": {"id": self.user}, **(body or {})})
        elif method == "PUT":
            [note] = [note for note in self.notes if str(note["id"]) == path.rsplit("/", 1)[1]]
            note.update(body or {})
        # Pages of two notes, so that a second page is asked for.
        page = int(dict(part.split("=") for part in query.split("&")).get("page", 1)) if query else 1
        return self.notes[2 * page - 2 : 2 * page]


@contextmanager
def served(gitlab: GitLab):
    """The address of an API that answers as GitLab's."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            is_allowed = self.headers["PRIVATE-TOKEN"] == "note-token"
            data = json.dumps(gitlab.answer(self.command, self.path, body) if is_allowed else {}).encode()
            self.send_response(200 if is_allowed else 401)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self):
            self.do_GET()

        def do_PUT(self):
            self.do_GET()

        def log_message(self, *_):
            """Nothing to say."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def machine(tmp_path):
    if shutil.which("bash") is None:
        pytest.skip("the scripts need bash")
    new_machine = Machine(tmp_path)
    yield new_machine
    lifecycle.stop(new_machine.work / ".provisioner")


def run_job(machine: Machine, gitlab: GitLab, name: str, token: str = "note-token", **inputs: str) -> Run:
    """One job with everything that it inherits, but the installation."""
    values = INPUTS | {"environment": "local", "package": "azure-logs-provisioner"} | inputs
    variables = {**JOBS[".provisioner"]["variables"], **JOBS[name].get("variables", {})}
    env = {key: INPUT.sub(lambda match: values[match[1]], text) for key, text in variables.items()}
    run = Run()
    with served(gitlab) as address:
        env |= {
            "CI_API_V4_URL": address,
            "CI_PROJECT_ID": "5",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_COMMIT_SHA": "abc" if name == "provisioner-plan" else "merged",
            "PROVISIONER_NOTE_TOKEN": token,
            "no_proxy": "127.0.0.1",
        }
        for script in [*JOBS[".provisioner"]["before_script"][:1], *JOBS[name]["script"]]:
            done = machine.shell(script, env)
            run.add(done)
            if done.returncode:
                break
    return run


def test_what_is_reviewed_in_a_merge_request_is_applied_on_merge_and_watched_after(machine):
    gitlab, reports = GitLab(), machine.work / "provisioner-reports"
    gitlab.notes = [{"id": number, "author": {"id": 2}, "body": "looks good"} for number in (1, 2)]
    checked = run_job(machine, gitlab, "provisioner-check")
    assert checked.code == 0, checked.log
    assert json.loads((reports / "code-quality.json").read_text()) == []

    planned = run_job(machine, gitlab, "provisioner-plan")
    assert planned.code == 0, planned.log
    fingerprint = json.loads((reports / "plan.json").read_text())["fingerprint"]
    assert gitlab.notes[-1]["body"].startswith(
        f"<!-- provisioner plan local fingerprint={fingerprint} head=abc -->\n###"
    )
    assert "OpenAIAuditLogs_CL" in gitlab.notes[-1]["body"]
    assert (reports / "plan.html").read_text().startswith("<!doctype html>")
    assert run_job(machine, gitlab, "provisioner-plan").code == 0
    assert len(gitlab.notes) == 3, "a note is renewed, not repeated"

    applied = run_job(machine, gitlab, "provisioner-apply")
    assert applied.code == 0, applied.log
    assert "dcr-openai-audit" in applied.log

    assert run_job(machine, gitlab, "provisioner-drift").code == 0
    text = machine.manifest.read_text()
    machine.manifest.write_text(text.replace("ActorType: string", "ActorType: string\n      New: string"))
    drifted = run_job(machine, gitlab, "provisioner-drift")
    assert drifted.code == 2
    assert "New" in (reports / "drift.html").read_text()
    stale = run_job(machine, gitlab, "provisioner-apply")
    assert stale.code == 1
    assert "stale" in stale.log


@pytest.mark.parametrize(
    "note",
    [
        None,
        {"author": {"id": 2}, "body": "<!-- provisioner plan local fingerprint=abcdef head=abc -->\n"},
        {"author": {"id": 1}, "body": "<!-- provisioner plan local fingerprint=abcdef head=older -->\n"},
        {"author": {"id": 1}, "body": "<!-- provisioner plan prod fingerprint=abcdef head=abc -->\n"},
        {"author": {"id": 1}, "body": "> <!-- provisioner plan local fingerprint=abcdef head=abc -->\n"},
    ],
    ids=["none", "somebody else's", "an older commit's", "another environment's", "a quoted one"],
)
def test_without_the_plan_of_the_merged_commit_nothing_is_applied(machine, note):
    gitlab = GitLab()
    gitlab.notes = [note] if note else []
    refused = run_job(machine, gitlab, "provisioner-apply")
    assert refused.code == 1
    assert "no reviewed plan" in refused.log


def test_without_a_token_the_plan_is_an_artifact_and_apply_needs_its_fingerprint(machine):
    gitlab = GitLab()
    planned = run_job(machine, gitlab, "provisioner-plan", token="")
    assert (planned.code, gitlab.notes) == (0, [])
    assert "PROVISIONER_NOTE_TOKEN is not set" in planned.log
    assert run_job(machine, gitlab, "provisioner-plan", token="wrong").code == 1
    assert run_job(machine, gitlab, "provisioner-apply", token="").code == 1
    fingerprint = json.loads((machine.work / "provisioner-reports" / "plan.json").read_text())["fingerprint"]
    assert run_job(machine, gitlab, "provisioner-apply", token="", fingerprint=fingerprint).code == 0


def test_a_mistake_is_a_code_quality_finding_at_its_line(machine):
    machine.manifest.write_text(machine.manifest.read_text().replace("EventType = type", "EventType = tipe"))
    checked = run_job(machine, GitLab(), "provisioner-check")
    assert checked.code == 1
    [finding, *_] = json.loads((machine.work / "provisioner-reports" / "code-quality.json").read_text())
    assert finding["check_name"].startswith("KQL")
    assert finding["location"]["path"] == "provisioner.yaml"
    assert finding["location"]["lines"]["begin"] > 1
    assert finding["severity"] == "critical"


def test_values_reach_no_shell(machine):
    values = {"variables": "x=$(touch pwned)\ny=`touch pwned`", "manifest": "; touch pwned"}
    assert run_job(machine, GitLab(), "provisioner-check", **values).code != 0
    assert not (machine.work / "pwned").exists()


def test_no_script_holds_an_input_and_every_input_is_used():
    for job in JOBS.values():
        for script in (*job.get("before_script", ()), *job.get("script", ())):
            assert "$[[" not in script
            if shutil.which("bash") is not None:
                subprocess.run(["bash", "-n", "-c", script], check=True)
    assert set(INPUT.findall(TEXT)) == set(INPUTS)
