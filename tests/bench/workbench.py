"""The page of the workbench in Chromium: from a key to rows, the first view, the graph, and what 1,000 edits leave."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench._project import generate
from tests.support.running_workbench import running_workbench

TITLE = "Workbench in Chromium (milliseconds)"
ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
KEYSTROKES = 200
EDITS = 1_000
WORD = 20
Row = tuple[str, ...]

# Set up once: the time from a key's own time stamp until the first row shows what was typed.
WATCH = """() => {
  window.times = [];
  addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (!window.expected) return;
    const cell = document.querySelector('[aria-label="Rows"] tbody tr td:last-child');
    if (cell?.textContent !== window.expected) return;
    window.times.push(performance.now() - window.pressed);
    window.expected = null;
    window.told();
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""

EXPECT = """(text) => {
  window.expected = text;
  window.shown = new Promise((told) => { window.told = told; });
}"""


def run() -> Iterator[Row]:
    """Rows: what, measured, goal. One row in words where there is no browser."""
    if CHROMIUM is None or importlib.util.find_spec("playwright") is None:
        yield ("not measured: it needs Chromium and the package playwright",)
        return
    from playwright.sync_api import sync_playwright

    yield ("what", "measured", "goal")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        quickstart, large = Path(name, "quickstart"), Path(name, "large")
        shutil.copytree(ROOT / "examples" / "quickstart", quickstart, ignore=shutil.ignore_patterns(".provisioner"))
        generate(large, 1000)
        with running_workbench(quickstart) as running:
            page = _open(browser, running.link)
            yield ("quickstart: first view", _first_view(page), "600")
            for count, goal in ((100, "30/80"), (10_000, "300 (p95)")):
                yield (f"keystroke to rows, {count:,} records, p50/p95", _keystrokes(page, count), goal)
            yield (f"{EDITS:,} edits: memory before/after, MB", _growth(page, EDITS), "the same")
        with running_workbench(large) as running:
            page = _open(browser, running.link)
            yield ("1,000 tables: first view", _first_view(page), "2000")
            yield ("1,000 tables: graph", _graph(page), "1500")
        browser.close()


def _open(browser: Any, link: str) -> Any:
    # The first reload is what counts: by then the link is used, and the modules of the server are loaded.
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(link)
    page.get_by_role("heading", name="Rows").wait_for()
    return page


def _first_view(page: Any) -> str:
    """The middle of five reloads, until the rows are there."""
    times = []
    for _ in range(5):
        page.reload(wait_until="commit")
        # With samples their rows, without any the empty state.
        page.get_by_test_id("counts").or_(page.get_by_text("Put records on the left")).wait_for()
        times.append(page.evaluate("performance.now()"))
    return f"{sorted(times)[2]:.0f}"


def _keystrokes(page: Any, records: int) -> str:
    _prepare(page, records)
    _type(page, KEYSTROKES)
    times = sorted(page.evaluate("window.times"))
    return f"{times[len(times) // 2]:.0f}/{times[len(times) * 95 // 100]:.0f}"


def _prepare(page: Any, count: int) -> None:
    """Put records in, and a transform whose last column is what is typed at the cursor."""
    page.reload()
    page.get_by_test_id("counts").wait_for()
    records = [{"placed": "2026-01-01T10:00:00Z", "order": {"id": n, "lines": [n, n]}} for n in range(count)]
    text = "\n".join(map(json.dumps, records)).encode()
    file = {"name": "records.ndjson", "mimeType": "application/json", "buffer": text}
    page.get_by_label("A file with records").set_input_files(file)
    page.get_by_test_id("counts").filter(has_text=f"of {count:,} records").wait_for()
    page.locator(".editor .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        'source\n| where isnotempty(order.id)\n| extend Items = array_length(order.lines), Typed = ""'
    )
    page.keyboard.press("ArrowLeft")
    page.get_by_role("columnheader", name="Typed").wait_for()
    page.evaluate(WATCH)


def _type(page: Any, count: int) -> None:
    typed = ""
    for number in range(count):
        typed += "abcdefghijklmnopqrst"[number % WORD]
        page.evaluate(EXPECT, typed)
        page.keyboard.press(typed[-1])
        page.evaluate("window.shown")
        # A short word, begun anew: a line that grows without end would be what is measured.
        if len(typed) == WORD or number == count - 1:
            for _ in typed:
                page.keyboard.press("Backspace")
            typed = ""


def _growth(page: Any, edits: int) -> str:
    _prepare(page, 100)
    session = page.context.new_cdp_session(page)

    def used() -> float:
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1_000_000

    _type(page, 100)
    before = used()
    _type(page, edits)
    return f"{before:.1f}/{used():.1f}"


def _graph(page: Any) -> str:
    start = time.perf_counter()
    page.get_by_role("link", name="Graph").click()
    page.locator(".picture svg g.box").first.wait_for()
    return f"{(time.perf_counter() - start) * 1000:.0f}"
