"""The page in a browser: what people do on it, what a hostile page cannot do, and whether everybody can use it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from provisioner.emulator.lifecycle import stop
from provisioner.workbench.record_store import RecordStore
from tests.support.manifests import write_manifest
from tests.support.paths import ROOT
from tests.support.running_workbench import running_workbench

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: the page is not opened"),
    pytest.mark.skipif(importlib.util.find_spec("playwright") is None, reason="playwright is not installed"),
]
VIEWS = ("Transform", "Tests", "Graph", "Plan", "Local Azure")
TABLES = "tables: {T_CL: {columns: {TimeGenerated: datetime, Level: string, Size: int}}}\n"
EMPTY = """\
streams:
  Custom-S:
    columns: {time: datetime, level: string, data: dynamic}
    table: T_CL
    transform: |
      source
"""
TRANSFORM = """source
| where level != "debug"
| project TimeGenerated = time, Level = toupper(level), Size = toint(data.size)"""
RECORDS = """{"time": "2026-01-01T10:00:00Z", "level": "warn", "data": {"size": 3}}
{"time": "2026-01-01T10:00:01Z", "level": "debug", "data": {}}"""
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


class Visit:
    """A browser context in which the link was opened, and what went wrong on its pages."""

    def __init__(self, browser, running, **options):
        self.running = running
        self.complaints = []
        self.context = browser.new_context(viewport={"width": 1400, "height": 900}, **options)
        self.context.set_default_timeout(25_000)
        self.page = self.open(running.link)

    def open(self, address=None):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{error}"))
        page.on("console", self._note)
        page.goto(address or self.running.address)
        page.get_by_role("navigation").wait_for()
        return page

    def _note(self, message):
        # A refusal that the page shows in words is an error to the browser too; and Chromium's own editing of what is
        # selected tries to keep its style, which the policy forbids it: the text is right all the same.
        expected = ("Failed to load resource", "Applying inline style violates")
        if message.type == "error" and not message.text.startswith(expected):
            self.complaints.append(message.text)

    def go(self, view):
        self.page.get_by_role("link", name=view, exact=True).click()


@pytest.fixture
def visit(browser, tmp_path, monkeypatch):
    """`visit(streams)` serves a project and opens its page."""
    monkeypatch.chdir(tmp_path)
    stack = []

    def begin(streams=EMPTY, environment=None, **options):
        write_manifest(tmp_path, TABLES + streams)
        server = running_workbench(tmp_path, environment, allow_apply=options.pop("allow_apply", False))
        stack.append(server)
        current = Visit(browser, server.__enter__(), **options)
        stack.append(current.context)
        visits.append(current)
        return current

    visits = []
    yield begin
    for one in reversed(stack):
        one.close() if hasattr(one, "close") else one.__exit__(None, None, None)
    stop(tmp_path / ".provisioner")
    assert [complaint for current in visits for complaint in current.complaints] == []


def editor(page):
    return page.locator(".editor .cm-content")


def write_transform(page, text):
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def put_records(page, text):
    page.get_by_label("Records as JSON").fill(text)


def counts(page, text):
    page.get_by_test_id("counts").filter(has_text=text).wait_for()


def test_a_transform_is_written_from_nothing_until_its_row_is_right_and_its_test_is_kept(visit, tmp_path):
    page = visit().page
    put_records(page, RECORDS)
    counts(page, "2 of 2 records")
    page.get_by_text("the table has no such column").first.wait_for()
    page.get_by_text("Left null in the table").wait_for()
    write_transform(page, TRANSFORM)
    counts(page, "1 of 2 records")
    row = page.get_by_role("region", name="Rows", exact=True).locator("tbody tr")
    assert row.locator("td").all_inner_texts()[2:] == ["WARN", "3"]
    page.get_by_role("button", name="Save…").click()
    dialog = page.get_by_role("dialog")
    assert "+      | where level" in dialog.locator("pre").inner_text()
    dialog.get_by_role("button", name="Write").click()
    dialog.wait_for(state="hidden")
    assert "toupper(level)" in (tmp_path / "provisioner.yaml").read_text()
    page.get_by_text("Keep records as a sample or a test").click()
    page.get_by_label("Test", exact=True).fill("a warning is kept")
    page.get_by_role("button", name="Keep as test…").click()
    dialog.get_by_role("button", name="Write").click()
    dialog.wait_for(state="hidden")
    page.get_by_role("link", name="Tests").click()
    page.get_by_text("1 passed, 0 failed").wait_for()


def test_a_where_that_drops_a_record_is_named_and_shown(visit):
    page = visit().page
    put_records(page, RECORDS)
    write_transform(page, TRANSFORM)
    page.get_by_role("button", name='where level != "debug"').click()
    # The editor draws a selection in its next frame.
    page.locator(".cm-selectionBackground").first.wait_for(state="attached")


def test_a_click_on_a_pipe_shows_the_rows_behind_it(visit):
    page = visit().page
    put_records(page, RECORDS)
    write_transform(page, TRANSFORM)
    counts(page, "1 of 2")
    editor(page).locator(".k-pipe").first.click()
    page.get_by_test_id("step").get_by_text("1 of 2 rows").wait_for()
    page.get_by_role("group", name="Rows behind each step").get_by_role("button", name="records").click()
    page.get_by_test_id("step").get_by_text("2 of 2 rows").wait_for()


def test_the_language_server_completes_columns_and_explains_them_as_text(visit):
    pytest.importorskip("pygls", reason="the extra lsp is not installed")
    page = visit().page
    put_records(page, json.dumps({"time": "2026-01-01T10:00:00Z", "level": HOSTILE}))
    counts(page, "1 of 1")
    page.locator(".editor[data-language=ready]").wait_for()
    write_transform(page, "source | where ")
    # As fast as keys can come: nothing of it may be lost.
    page.keyboard.type("lev")
    page.locator(".cm-tooltip-autocomplete li").filter(has_text="level").first.click()
    editor(page).filter(has_text="where level").wait_for()
    cursor = page.locator(".editor .cm-cursor-primary").bounding_box()
    page.mouse.move(cursor["x"] - 12, cursor["y"] + 5)
    page.locator(".explanation").filter(has_text="a column of the stream Custom-S").first.wait_for()
    page.get_by_text("a condition must be bool").first.wait_for()
    assert page.locator("img").count() == 0


def test_a_null_says_its_reason(visit):
    page = visit().page
    put_records(page, '{"time": "2026-01-01T10:00:00Z", "data": {"size": "many"}}')
    write_transform(page, "source | project TimeGenerated = time, Size = toint(data.size)")
    page.get_by_text("toint(data.size) is null").wait_for()


def test_broken_json_is_told_with_its_place_and_the_rows_stay(visit):
    page = visit().page
    put_records(page, RECORDS)
    counts(page, "2 of 2")
    put_records(page, '[\n  {"time": 1,]\n]')
    page.get_by_role("alert").filter(has_text="line 2, column").wait_for()
    counts(page, "2 of 2")


def paste(page, text, times=1):
    page.get_by_label("Records as JSON").focus()
    page.evaluate(
        """([text, times]) => {
          const data = new DataTransfer();
          data.setData("text/plain", text.repeat(times));
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [text, times],
    )


def test_a_paste_of_fifty_megabytes_is_refused_in_words(visit):
    page = visit().page
    paste(page, "x" * 1024, 50 * 1024)
    page.get_by_role("alert").filter(has_text="these records are 50 MiB; at most 8 are taken").wait_for()


def test_more_pasted_records_than_can_be_edited_are_taken_without_a_text_area_and_survive_a_reload(visit):
    current = visit()
    page = current.page
    paste(page, json.dumps({"level": "warn " * 20}) + "\n", 2_000)
    counts(page, "2,000 of 2,000 records")
    assert page.get_by_label("Records as JSON").input_value() == ""
    page.get_by_text("2,000 records: too many to edit here").wait_for()
    page.reload()
    counts(page, "2,000 of 2,000 records")
    with page.expect_download() as download:
        page.get_by_role("button", name="Share file").click()
    shared = json.loads(Path(download.value.path()).read_text())
    assert len(json.loads(shared["records"])) == 2_000
    current.running.server.workbench.records = RecordStore()
    page.reload()
    page.get_by_role("alert").filter(has_text="no longer here").wait_for()
    put_records(page, RECORDS)
    counts(page, "2 of 2")


def test_records_are_pasted_as_csv_and_dropped_as_files(visit):
    page = visit().page
    put_records(page, "level;time\nwarn;2026-01-01T10:00:00Z\ndebug;2026-01-01T10:00:01Z\n")
    counts(page, "2 of 2")
    page.get_by_role("cell", name="debug").wait_for()
    put_records(page, "level: warn, time: 2026")
    page.get_by_role("alert").filter(has_text="not JSON").wait_for()
    page.get_by_label("A file with records").set_input_files(
        {"name": "x.tsv", "mimeType": "text/plain", "buffer": b"level\ttime\nfatal\t2026-01-01T10:00:00Z\n"}
    )
    page.get_by_role("cell", name="fatal").wait_for()
    counts(page, "1 of 1")


def test_a_file_that_changes_on_the_disk_is_told_and_never_overwritten(visit, tmp_path):
    page = visit().page
    write_transform(page, TRANSFORM)
    page.get_by_role("button", name="Save…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Write").wait_for()
    manifest = tmp_path / "provisioner.yaml"
    theirs = manifest.read_text().replace("      source\n", "      source\n      | take 1\n")
    manifest.write_text(theirs)
    dialog.get_by_role("button", name="Write").click()
    dialog.get_by_role("alert").filter(has_text="has changed on the disk").wait_for()
    assert manifest.read_text() == theirs
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("alert").filter(has_text="its transform is another one now").wait_for()
    page.get_by_role("button", name="Take that one").click()
    editor(page).filter(has_text="take 1").wait_for()


def test_a_file_that_breaks_or_goes_away_takes_no_draft_with_it(visit, tmp_path):
    page = visit().page
    put_records(page, RECORDS)
    write_transform(page, TRANSFORM)
    counts(page, "1 of 2")
    manifest = tmp_path / "provisioner.yaml"
    whole = manifest.read_text()
    manifest.write_text(whole.replace("name: webshop", "name: ["))
    page.get_by_role("alert").filter(has_text="this is not YAML").wait_for()
    page.get_by_text("what you have typed here is kept until then").wait_for()
    manifest.unlink()
    page.get_by_role("alert").filter(has_text="there is no file").wait_for()
    manifest.write_text(whole)
    counts(page, "1 of 2")
    assert "toupper(level)" in editor(page).inner_text()


def test_a_draft_survives_a_reload_and_two_tabs_agree(visit, tmp_path):
    current = visit()
    put_records(current.page, RECORDS)
    write_transform(current.page, TRANSFORM)
    counts(current.page, "1 of 2")
    current.page.reload()
    counts(current.page, "1 of 2")
    other = current.open()
    counts(other, "1 of 2")
    write_transform(other, "source")
    counts(current.page, "2 of 2")
    manifest = tmp_path / "provisioner.yaml"
    manifest.write_text(manifest.read_text().replace("name: webshop", "name: webshop2"))
    for page in (current.page, other):
        page.get_by_role("banner").get_by_text("webshop2").wait_for()


def test_a_shared_case_opens_elsewhere_with_columns_transform_and_records(visit):
    current = visit()
    put_records(current.page, RECORDS)
    write_transform(current.page, TRANSFORM)
    counts(current.page, "1 of 2")
    current.page.get_by_role("button", name="Link").click()
    link = current.page.get_by_label("Link to this case").input_value()
    with current.page.expect_download() as download:
        current.page.get_by_role("button", name="Share file").click()
    shared = json.loads(Path(download.value.path()).read_text())
    assert (shared["transform"], shared["records"]) == (TRANSFORM, RECORDS)
    current.page.evaluate("localStorage.clear()")
    page = current.open(link)
    counts(page, "1 of 2")
    assert "toupper(level)" in editor(page).inner_text()
    page.get_by_text("Open a shared case").click()
    page.get_by_label("Its link").fill("http://127.0.0.1/#/shared/damaged")
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_role("alert").filter(has_text="damaged").wait_for()


def test_a_case_that_is_opened_leaves_the_draft_of_a_flow_alone(visit):
    page = visit().page
    put_records(page, RECORDS)
    write_transform(page, TRANSFORM)
    counts(page, "1 of 2")
    case = {"version": 1, "columns": [], "tableColumns": [], "transform": "source | where false", "records": RECORDS}
    page.get_by_text("Open a shared case").click()
    page.get_by_label("or its file").set_input_files(
        {"name": "case.json", "mimeType": "application/json", "buffer": json.dumps(case).encode()}
    )
    counts(page, "0 of 2")
    page.get_by_label("Flow").select_option("Custom-S → T_CL")
    counts(page, "1 of 2")
    assert "toupper(level)" in editor(page).inner_text()


def test_before_and_after_show_what_changes(visit):
    page = visit().page
    put_records(page, RECORDS)
    write_transform(page, 'source | extend level = strcat(level, "!")')
    page.get_by_role("button", name="Against saved").click()
    page.get_by_text("2 of 2 rows differ").wait_for()


def test_whatever_a_record_holds_is_shown_as_text(visit):
    page = visit(EMPTY.replace("level: string", f'level: string, "{HOSTILE}": string')).page
    put_records(page, json.dumps([{"level": HOSTILE, "data": {HOSTILE: HOSTILE}}]))
    write_transform(page, f'source | where level != "{HOSTILE}" or true')
    counts(page, "1 of 1")
    page.get_by_role("cell", name=HOSTILE).first.wait_for()
    assert page.locator("img, script:not([src])").count() == 0


def test_the_graph_leads_to_the_text_and_back(visit):
    current = visit()
    current.go("Graph")
    page = current.page
    page.get_by_role("button", name="table T_CL").press("Enter")
    page.get_by_label("provisioner.yaml, line").locator(".here").filter(has_text="T_CL").wait_for()
    page.get_by_role("button", name="Size").click()
    page.get_by_role("button", name="column Size").wait_for()
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_label("Around").fill("T_CLL")
    page.get_by_role("button", name="Show").first.click()
    page.get_by_role("alert").filter(has_text="did you mean 'T_CL'").wait_for()
    page.get_by_label("Around").fill("Custom-S")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="flow source").or_(page.get_by_role("button", name="flow as it is")).click()
    page.get_by_role("link", name="Open the transform").click()
    editor(page).wait_for()


def test_a_failed_test_shows_its_cell_and_can_expect_what_comes(visit):
    tests = "    tests:\n      - {name: one, given: [{level: a}], expect: [{level: b}]}\n"
    current = visit(EMPTY + tests)
    current.go("Tests")
    page = current.page
    page.get_by_text("0 passed, 1 failed").wait_for()
    assert page.locator("td.marked").all_inner_texts() == ["b", "a"]
    page.get_by_role("button", name="Expect what comes now").click()
    page.get_by_role("dialog").get_by_role("button", name="Write").click()
    page.get_by_text("1 passed, 0 failed").wait_for()


def test_tests_run_with_what_is_typed_and_can_expect_it(visit, tmp_path):
    tests = "    tests:\n      - {name: one, given: [{level: a}], expect: [{level: a}]}\n"
    current = visit(EMPTY + tests)
    page = current.page
    page.get_by_test_id("flow-tests").get_by_text("1 passed, 0 failed").wait_for()
    write_transform(page, 'source | extend level = strcat(level, "!")')
    page.get_by_test_id("flow-tests").get_by_text("one: level differs").wait_for()
    current.go("Tests")
    page.get_by_text("With the unsaved transform of Custom-S → T_CL").wait_for()
    page.get_by_role("button", name="Expect what comes now").click()
    page.get_by_role("dialog").get_by_role("button", name="Write").click()
    page.get_by_text("1 passed, 0 failed").wait_for()
    assert "{level: a!}" in (tmp_path / "provisioner.yaml").read_text().replace('"', "")


def test_the_transformation_of_a_workspace_is_written_as_those_of_streams(visit, tmp_path):
    transforms = "workspace_transforms:\n  Syslog: {transform: source | where SeverityLevel != 'debug'}\n"
    page = visit(EMPTY + transforms).page
    page.get_by_label("Flow").select_option("Syslog → Syslog")
    put_records(page, '[{"SeverityLevel": "debug"}, {"SeverityLevel": "info"}]')
    counts(page, "1 of 2")
    page.get_by_text("Keep records as a sample or a test").click()
    page.get_by_role("button", name="Keep as sample…").click()
    page.get_by_role("dialog").get_by_role("button", name="Write").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    assert "samples:" in (tmp_path / "provisioner.yaml").read_text()


def test_the_local_azure_is_watched_while_it_is_planned_applied_and_sent_to(visit, tmp_path):
    streams = EMPTY.replace("source\n", "source | project TimeGenerated = time, Level = level\n")
    current = visit(streams + "grants: {me: {principal: self}}\n", "local", allow_apply=True)
    page = current.page
    current.go("Local Azure")
    page.get_by_text("No local Azure runs beside this manifest").wait_for()
    current.go("Plan")
    page.get_by_role("button", name="Plan", exact=True).click()
    fingerprint = page.locator("main > p code").first.inner_text()
    page.get_by_label("Fingerprint of the plan").fill("guess")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("alert").filter(has_text="the fingerprint is not that of the plan").wait_for()
    page.get_by_label("Fingerprint of the plan").fill(fingerprint)
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("changes applied").wait_for(timeout=20_000)
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("list", name="Progress").get_by_text("Custom-S → T_CL").wait_for()
    page.get_by_text("of 1 flow arrived").wait_for()
    page.get_by_role("button", name="Drift").click()
    page.get_by_text("drift: No drift. Azure is as the manifest says.").wait_for()
    current.go("Local Azure")
    page.get_by_role("textbox", name="Records").fill('{"time": "2026-01-01T10:00:00Z", "level": "warn", "other": 1}')
    page.get_by_role("button", name="Send").click()
    page.get_by_text("sent 1 record to Custom-S").wait_for()
    page.get_by_role("region", name="The last requests").get_by_text("POST").first.wait_for()
    page.get_by_role("region", name="What was dropped").get_by_text("the stream does not declare").wait_for()
    page.get_by_role("button", name="T_CL 2 rows").click()
    page.get_by_role("region", name="Rows of the query").get_by_text("warn", exact=True).wait_for()
    page.get_by_label("KQL").fill("T_CL | summarize Rows = count() by bin(TimeGenerated, 1d)")
    page.get_by_role("button", name="Run").click()
    page.get_by_label("time chart").check()
    page.get_by_text("sum of Rows of 1 rows").or_(page.get_by_text("sum of Rows of 2 rows")).wait_for()
    page.get_by_label("KQL").fill("T_CL | nonsense")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("button", name="Switch on").click()
    page.get_by_text("has struck 0 times").wait_for()
    page.get_by_role("button", name="All off").click()
    page.get_by_text("No fault is on").wait_for()
    page.get_by_role("textbox", name="Clock").fill("2031-01-01T00:00:00Z")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_text("clock is on").wait_for()


def test_without_the_flag_the_page_applies_nothing(visit):
    current = visit(environment="local")
    current.go("Plan")
    current.page.get_by_text("Applying is a command").wait_for()
    answer = current.page.evaluate(
        """async () => (await fetch("/api/azure", {method: "POST", headers: {"Content-Type": "application/json"},
            body: JSON.stringify({action: "apply", environment: "local", fingerprint: ""})})).json()"""
    )
    assert "applying is a command" in answer["error"]


class HostilePage(BaseHTTPRequestHandler):
    """Tries from another origin of this machine to read and to write."""

    target = ""

    def do_GET(self):
        script = f"""<!doctype html><title>working</title><script>
        const seen = [];
        const tries = [
          fetch("{self.target}/api/project", {{method: "POST", body: "{{}}", credentials: "include"}})
            .then(r => r.text()),
          fetch("{self.target}/app.js", {{credentials: "include"}}).then(r => r.text()),
          fetch("{self.target}/api/project", {{method: "POST", mode: "no-cors", credentials: "include",
            headers: {{"Content-Type": "text/plain"}}, body: "{{}}"}}).then(r => r.status || Promise.reject()),
          new Promise((yes, no) => {{ const s = document.createElement("script"); s.src = "{self.target}/app.js";
            s.onload = yes; s.onerror = no; document.head.append(s); }}),
          new Promise((yes, no) => {{ const w = new WebSocket("{self.target}/lsp/1".replace("http", "ws"));
            w.onopen = yes; w.onerror = no; }}),
          new Promise((yes, no) => {{ const e = new EventSource("{self.target}/api/events", {{withCredentials: true}});
            e.onmessage = yes; e.onerror = no; }}),
          new Promise((yes, no) => {{ const f = document.createElement("iframe"); f.src = "{self.target}/";
            f.onload = () => {{ try {{ f.contentDocument.body.innerText ? yes() : no() }} catch {{ no() }} }};
            document.documentElement.append(f); }}),
        ];
        Promise.allSettled(tries).then(r => {{ document.title = r.map(x => x.status).join(" "); }});
        </script>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(script.encode())

    def log_message(self, *_):
        return


def test_a_page_in_another_tab_can_neither_read_nor_write(visit):
    current = visit()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Page", (HostilePage,), {"target": current.running.address}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        page = current.context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_function("document.title !== 'working'", timeout=25_000)
        assert set(page.title().split()) == {"rejected"}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def axe_script():
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-playwright-python is not installed: accessibility is not checked")
    (script,) = Path(package.origin).parent.rglob("axe.min.js")
    return script.read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_view(visit, scheme):
    tests = "    tests:\n      - {name: one, given: [{level: a}], expect: [{level: b}]}\n"
    current = visit(EMPTY + tests, color_scheme=scheme, reduced_motion="reduce")
    page = current.page
    put_records(page, RECORDS)
    write_transform(page, TRANSFORM + " | where Missing > 1")
    page.get_by_text("the transform has errors").wait_for()
    write_transform(page, TRANSFORM)
    counts(page, "1 of 2")
    page.evaluate(axe_script())
    assert serious_findings(page) == []
    editor(page).click()
    page.keyboard.press("Control+Space")
    page.locator(".cm-tooltip-autocomplete").wait_for()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save…").click()
    page.get_by_role("dialog").get_by_role("button", name="Write").wait_for()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    for view in VIEWS[1:]:
        current.go(view)
        page.get_by_role("heading", level=1, name=view).wait_for()
        if view == "Graph":
            page.get_by_role("button", name="table T_CL").click()
            page.locator(".source .here").wait_for()
        assert serious_findings(page) == [], view


def serious_findings(page):
    """What axe-core finds on the page as it is, of the rules of WCAG 2.2 A and AA."""
    result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in result["violations"]
        if one["impact"] in ("serious", "critical")
    ]


FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body) return null;
  const shown = (one) => one && getComputedStyle(one).outlineStyle !== "none";
  const frame = element.getRootNode().host ?? element;
  const label = element.getAttribute("aria-label") || element.labels?.[0]?.innerText;
  const name = label || element.innerText || element.value;
  return [`${element.localName} ${name}`.trim().split("\\n")[0], shown(element) || shown(frame)];
}"""


def test_every_control_is_reached_by_key_and_shows_that_it_has_the_focus(visit):
    page = visit().page
    put_records(page, RECORDS)
    write_transform(page, TRANSFORM)
    counts(page, "1 of 2")
    page.get_by_role("link", name="Transform", exact=True).focus()
    reached = {}
    # Round once: the editor too lets the focus go on.
    while (focused := page.evaluate(FOCUSED)) and focused[0] not in reached:
        reached[focused[0]] = focused[1]
        page.keyboard.press("Tab")
    names = " | ".join(reached)
    for control in (
        "a Tests",
        "select",
        "Save…",
        "Against saved",
        "textarea Records",
        "div Transform of",
        "| where level",
        "summary Keep records",
        "summary Open a shared case",
        "div Rows",
        "where level != ",
    ):
        assert control in names, (control, names)
    assert [name for name, is_seen in reached.items() if not is_seen] == []


def test_nothing_sticks_out_of_a_narrow_or_wide_page(visit):
    current = visit()
    put_records(current.page, RECORDS)
    counts(current.page, "2 of 2")
    for view in VIEWS:
        current.go(view)
        current.page.get_by_role("heading", level=1).wait_for()
        for width in (400, 800, 2560):
            current.page.set_viewport_size({"width": width, "height": 800})
            assert current.page.evaluate("document.documentElement.scrollWidth") <= width, (view, width)


def test_the_command_prints_a_link_that_opens_the_page_and_ends_on_a_signal(browser, tmp_path):
    shutil.copytree(ROOT / "examples" / "quickstart", tmp_path / "shop", ignore=shutil.ignore_patterns(".provisioner"))
    command = [sys.executable, "-m", "provisioner", "workbench", str(tmp_path / "shop"), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            link = process.stdout.readline().strip()
            page = browser.new_context().new_page()
            page.goto(link)
            page.get_by_role("button", name="Samples").click()
            counts(page, "2 of 2 records")
            page.context.close()
        finally:
            process.terminate()
        _, errors = process.communicate(timeout=20)
    assert process.returncode in (0, 143)
    assert "Traceback" not in errors
