"""The steps of the GitHub Action and of the Azure Pipelines template, run as they stand against the emulator."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from provisioner.emulator import lifecycle
from tests.support.paths import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
PIPELINE = yaml.safe_load((ROOT / "azure-pipelines" / "provisioner.yml").read_text(encoding="utf-8"))
TEMPLATE = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
NAME = re.compile(r"\b(inputs|github|steps|parameters)((?:\.[\w-]+)+)")
GH = '''#!{python}
"""Answers the calls of the GitHub CLI that the action makes, from a file."""
import json, os, subprocess, sys
from pathlib import Path
from tests.support.paths import ROOT

store = Path({store!r})
data = json.loads(store.read_text())
words = sys.argv[1:]
assert words[0] == "api", words
path = words[1].split("?")[0].removeprefix("repos/o/r/")
options = dict(zip(words, words[1:]))
if "-F" in options:
    body = Path(options["-F"].removeprefix("body=@")).read_text()
    comments = data["comments"]
    if options["--method"] == "PATCH":
        [found] = [each for each in comments if str(each["id"]) == path.rsplit("/", 1)[1]]
        found["body"] = body
    else:
        comments.append({{"id": len(comments) + 1, "user": {{"login": "github-actions[bot]"}}, "body": body}})
    store.write_text(json.dumps(data))
    sys.exit()
answer = data["pulls"] if path.endswith("/pulls") else data["comments"]
sys.exit(subprocess.run(["jq", "-r", options["--jq"]], input=json.dumps(answer), text=True).returncode)
'''


def value(expression: str, context: dict) -> object:
    """What an expression of GitHub's gives; only the forms that the files use."""

    def replacement(match: re.Match[str]) -> str:
        values = context.get(match[1], {})
        for step in match[2].strip(".").split("."):
            values = values.get(step, "") if isinstance(values, dict) else ""
        return repr(values)

    return eval(NAME.sub(replacement, expression).replace("&&", " and ").replace("||", " or "))


def filled(text: str, context: dict) -> str:
    return TEMPLATE.sub(lambda match: str(value(match[1], context)), text)


class Machine:
    """A runner: a folder with the manifest, the tools on its path, and GitHub as a file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.work = folder, folder / "work"
        shutil.copytree(ROOT / "examples" / "openai-audit", self.work)
        (folder / "bin").mkdir()
        (folder / "provisioner").mkdir()
        self.store = folder / "github.json"
        self.github(comments=[], pulls=[{"number": 7, "merged_at": "2026-01-01", "head": {"sha": "abc"}}])
        gh = folder / "bin" / "gh"
        gh.write_text(GH.format(python=sys.executable, store=str(self.store)))
        gh.chmod(0o755)
        self.manifest = self.work / "provisioner.yaml"

    def github(self, **parts) -> None:
        store = json.loads(self.store.read_text()) if self.store.exists() else {}
        self.store.write_text(json.dumps(store | parts))

    @property
    def comments(self) -> list[str]:
        return [comment["body"] for comment in json.loads(self.store.read_text())["comments"]]

    def shell(self, script: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
        clean = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "RUNNER_TEMP": str(self.folder), **env}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command, check=False, env=clean, cwd=self.work, capture_output=True, text=True, timeout=120
        )

    def action(self, mode: str, *, whole: bool = False, **inputs: str) -> Run:
        """One run of the action, each step's condition asked, until one fails.

        Without `whole` the steps that prepare every run, `Install` and before a plan `Check`, are left out.
        """
        steps_to_skip = set() if whole else {"Install"} if mode == "check" else {"Install", "Check"}
        defaults = {name: str(input_.get("default", "")) for name, input_ in ACTION["inputs"].items()}
        event = {"pull_request": {"number": 7, "head": {"sha": "abc"}}} if mode == "plan" else {}
        context = {
            "inputs": defaults | {"mode": mode, "environment": "local", "package": "azure-logs-provisioner"} | inputs,
            "github": {
                "token": "t", "repository": "o/r", "sha": "merged", "action_path": str(ROOT), "event": event,
                "event_name": "pull_request" if mode == "plan" else "push",
            },
            "steps": {"install": {"outputs": {"folder": str(self.folder / "provisioner")}}},
        }  # fmt: skip
        run = Run()
        summary = self.folder / "summary"
        summary.write_text("")
        for step in ACTION["runs"]["steps"]:
            if "run" not in step or step["name"] in steps_to_skip or not value(step.get("if", "True"), context):
                continue
            output = self.folder / "output"
            output.write_text("")
            env = {name: filled(str(text), context) for name, text in step.get("env", {}).items()}
            env |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
            done = self.shell(step["run"], env)
            run.add(done)
            outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
            context["steps"][step.get("id", "")] = {"outputs": outputs}
            run.outputs |= outputs
            if done.returncode:
                break
        run.summary = summary.read_text()
        return run

    def pipeline(self, stage: str, *, whole: bool = False, **variables: str) -> Run:
        """One stage of the template; `$(name)` is what the agent knows."""
        defaults = {parameter["name"]: str(parameter.get("default", "")) for parameter in PIPELINE["parameters"]}
        context = {"parameters": defaults | {"environment": "local", "package": "azure-logs-provisioner"}}
        agent = {"Agent.TempDirectory": str(self.folder)} | variables
        [job] = next(entry for entry in PIPELINE["stages"] if entry["stage"] == stage)["jobs"]
        steps = job["steps"] if "steps" in job else job["strategy"]["runOnce"]["deploy"]["steps"]
        run = Run()
        for step in steps:
            script = step.get("bash") or step.get("inputs", {}).get("inlineScript")
            if (
                not script
                or "PullRequest" in step.get("condition", "")
                or (step["displayName"] == "Install" and not whole)
            ):
                continue
            env = {name: filled(str(text), context) for name, text in step.get("env", {}).items()}
            env = {name: re.sub(r"\$\(([\w.]+)\)", lambda match: agent[match[1]], text) for name, text in env.items()}
            done = self.shell(script, env)
            run.add(done)
            if done.returncode:
                break
        run.outputs = dict(re.findall(r"##vso\[task\.setvariable variable=(\w+);isOutput=true\](\S*)", run.log))
        return run


class Run:
    """What became of it: exit code, log, outputs, summary."""

    def __init__(self) -> None:
        self.code, self.log, self.outputs, self.summary = 0, "", {}, ""

    def add(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.log = done.returncode, self.log + done.stdout + done.stderr


@pytest.fixture
def machine(tmp_path):
    if shutil.which("bash") is None or shutil.which("jq") is None:
        pytest.skip("the scripts need bash, and the stand-in for the GitHub CLI needs jq")
    new_machine = Machine(tmp_path)
    yield new_machine
    lifecycle.stop(new_machine.work / ".provisioner")


def test_what_is_reviewed_in_a_pull_request_is_applied_on_merge_and_watched_after(machine):
    planned = machine.action("plan", whole=True)
    assert (planned.code, planned.outputs["changes"]) == (0, "true"), planned.log
    assert "OpenAIAuditLogs_CL" in planned.summary
    [comment] = machine.comments
    assert f"fingerprint={planned.outputs['fingerprint']} head=abc" in comment.splitlines()[0]
    assert "OpenAIAuditLogs_CL" in comment
    assert machine.action("plan").code == 0
    assert len(machine.comments) == 1

    applied = machine.action("apply")
    assert applied.code == 0, applied.log
    assert "dcr-openai-audit" in applied.summary
    assert machine.action("plan").outputs["changes"] == "false"

    assert machine.action("drift").outputs["drift"] == "false"
    machine.manifest.write_text(
        machine.manifest.read_text().replace("ActorType: string", "ActorType: string\n      New: string")
    )
    drifted = machine.action("drift")
    assert (drifted.code, drifted.outputs["drift"]) == (2, "true"), drifted.log
    assert "::error title=drift" in drifted.log


def test_another_manifest_than_the_reviewed_one_is_not_applied(machine):
    assert machine.action("plan").code == 0
    text = machine.manifest.read_text()
    machine.manifest.write_text(text.replace("ActorType: string", "ActorType: string\n      New: string"))
    refused = machine.action("apply")
    assert refused.code == 1
    assert "stale" in refused.log


@pytest.mark.parametrize(
    "comment",
    [
        None,
        {"user": {"login": "somebody"}, "body": "<!-- provisioner plan local fingerprint=abcdef head=abc -->"},
        {
            "user": {"login": "github-actions[bot]"},
            "body": "<!-- provisioner plan local fingerprint=abcdef head=older -->",
        },
        {
            "user": {"login": "github-actions[bot]"},
            "body": "<!-- provisioner plan prod fingerprint=abcdef head=abc -->",
        },
        {"user": {"login": "other[bot]"}, "body": "<!-- provisioner plan local fingerprint=abcdef head=abc -->"},
        {
            "user": {"login": "github-actions[bot]"},
            "body": "> <!-- provisioner plan local fingerprint=abcdef head=abc -->",
        },
    ],
    ids=["none", "a person's", "an older commit's", "another environment's", "another bot's", "a quoted one"],
)
def test_without_the_plan_of_the_merged_commit_nothing_is_applied(machine, comment):
    machine.github(comments=[comment] if comment else [])
    refused = machine.action("apply")
    assert refused.code == 1
    assert "no reviewed plan" in refused.log


def test_a_push_outside_pull_requests_is_applied_only_where_that_is_said(machine):
    machine.github(pulls=[])
    assert machine.action("apply").code == 1
    assert machine.action("apply", **{"require-review": "false"}).code == 0


def test_a_mistake_is_annotated_in_the_file(machine):
    machine.manifest.write_text(machine.manifest.read_text().replace("EventType = type", "EventType = tipe"))
    checked = machine.action("check")
    assert checked.code == 1
    assert re.search(r"::error file=provisioner\.yaml,line=\d+,col=\d+,.*title=KQL\d+::", checked.log), checked.log
    assert json.loads((machine.folder / "provisioner" / "validate.sarif").read_text())["runs"][0]["results"]


def test_values_reach_no_shell(machine):
    """A manifest's name or a variable that looks like a command is a word."""
    checked = machine.action("check", variables="x=$(touch pwned)\ny=`touch pwned`", manifest="; touch pwned")
    assert checked.code != 0
    assert not (machine.work / "pwned").exists()


def test_azure_pipelines_do_the_same(machine):
    checked = machine.pipeline("Check", whole=True)
    assert checked.code == 0, checked.log
    planned = machine.pipeline("Plan")
    assert (planned.code, planned.outputs["changes"]) == (0, "true"), planned.log
    assert "##vso[task.uploadsummary]" in planned.log
    assert machine.pipeline("Apply", fingerprint="").code == 1
    assert machine.pipeline("Apply", fingerprint="0123456789abcdef").code == 1
    applied = machine.pipeline("Apply", fingerprint=planned.outputs["fingerprint"])
    assert applied.code == 0, applied.log
    assert machine.pipeline("Drift").code == 0
    machine.manifest.write_text(
        machine.manifest.read_text().replace("ActorType: string", "ActorType: string\n      New: string")
    )
    drifted = machine.pipeline("Drift")
    assert drifted.code == 2
    assert "##vso[task.logissue type=error]" in drifted.log
    machine.manifest.write_text(machine.manifest.read_text().replace("EventType = type", "EventType = tipe"))
    assert "##vso[task.logissue type=error;sourcepath=provisioner.yaml;" in machine.pipeline("Check").log


def test_azure_pipelines_write_the_plan_into_the_pull_request(machine):
    """The script talks to a server that keeps what it is sent."""
    seen = {}

    class Server(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            seen[self.path] = (self.headers["Authorization"], json.loads(self.rfile.read(size)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            """Nothing to say."""

    [job] = next(stage for stage in PIPELINE["stages"] if stage["stage"] == "Plan")["jobs"]
    [step] = [step for step in job["steps"] if step.get("displayName") == "Comment"]
    (machine.folder / "plan-comment.md").write_text("### Plan\n+ table `A_CL`, ü", encoding="utf-8")
    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = dict.fromkeys(step["env"], "x") | {
            "COLLECTION": f"http://127.0.0.1:{server.server_port}/",
            "FOLDER": str(machine.folder),
        }
        done = machine.shell(step["bash"], env)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    [(path, (token, body))] = seen.items()
    assert path == "/x/_apis/git/repositories/x/pullRequests/x/threads?api-version=7.1"
    assert token == "Bearer x"
    assert body["comments"][0]["content"] == "### Plan\n+ table `A_CL`, ü"
    unreachable = machine.shell(step["bash"], env)
    assert unreachable.returncode == 0
    assert "could not be written" in unreachable.stdout


def scripts(tree):
    """Every script in a file, wherever it stands."""
    if isinstance(tree, dict):
        for key, inner in tree.items():
            if key in ("run", "bash", "inlineScript"):
                yield inner
            else:
                yield from scripts(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from scripts(inner)


@pytest.mark.parametrize("file", ["action.yml", "azure-pipelines/provisioner.yml"])
def test_no_script_holds_an_expression_and_no_file_a_secret(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    all_scripts = [*scripts(yaml.safe_load(text))]
    assert all_scripts
    assert not [script for script in all_scripts if "${{" in script or "$(System" in script]
    assert "secrets." not in text
    assert "client-secret" not in text.lower()
    if shutil.which("bash") is None:
        pytest.skip("there is no bash on this system to read the scripts")
    for script in all_scripts:
        subprocess.run(["bash", "-n", "-c", script], check=True)


def test_actions_of_others_are_named_with_a_version():
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert used
    assert all(re.search(r"@v\d+$", action) for action in used)


def test_the_documentation_names_only_inputs_that_exist():
    text = (ROOT / "docs" / "gitops.md").read_text(encoding="utf-8")
    for block in re.findall(r"uses: \S+provisioner@\S+\n\s+with:\n((?:\s{10,}.*\n)+)", text):
        assert set(yaml.safe_load(block)) <= set(ACTION["inputs"])
