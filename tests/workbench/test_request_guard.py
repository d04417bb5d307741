"""Who may ask the workbench: the browser that opened the link, from the page itself, and nobody else."""

from __future__ import annotations

import asyncio
import io

import aiohttp
import pytest

from tests.support.paths import ROOT
from tests.support.running_workbench import running_workbench


@pytest.fixture(scope="module")
def running():
    with running_workbench(ROOT / "examples" / "quickstart") as workbench:
        yield workbench


@pytest.fixture(scope="module")
def session_cookie(running):
    status, headers, _ = ask(running.link, method="GET", allow_redirects=False)
    assert status == 303
    assert headers["Location"] == "/"
    return headers["Set-Cookie"]


def ask(url, *, method="POST", headers=None, data=b"{}", **options):
    """Status, headers and text of one request, without any cookie but those in `headers`."""

    async def send():
        async with aiohttp.ClientSession() as session:
            body = io.BytesIO(data) if method == "POST" else None
            async with session.request(method, url, headers=headers, data=body, **options) as response:
                return response.status, dict(response.headers), await response.text()

    return asyncio.run(send())


def own_headers(running, cookie, **changes):
    headers = {
        "Cookie": cookie.partition(";")[0],
        "Origin": running.address,
        "Content-Type": "application/json",
        **changes,
    }
    return {name: value for name, value in headers.items() if value is not None}


def test_the_link_works_once_and_becomes_a_cookie_that_no_other_site_gets(running, session_cookie):
    assert "HttpOnly" in session_cookie
    assert "SameSite=Strict" in session_cookie
    status, _, text = ask(running.link, method="GET", allow_redirects=False)
    assert (status, "used" in text) == (403, True)
    status, _, _ = ask(f"{running.address}/?token=guess", method="GET")
    assert status == 403
    # Who has the cookie may follow the link again: it is in the terminal and in the history.
    status, _, _ = ask(running.link, method="GET", headers={"Cookie": session_cookie}, allow_redirects=False)
    assert status == 303


def test_the_page_itself_may_ask(running, session_cookie):
    status, _, text = ask(f"{running.address}/api/project", headers=own_headers(running, session_cookie))
    assert (status, '"webshop"' in text) == (200, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"Cookie": None},
        {"Cookie": "provisioner-workbench=guess"},
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["api/project", "api/edits/write", "api/azure"])
def test_nobody_else_may_ask(running, session_cookie, changes, path):
    status, _, text = ask(f"{running.address}/{path}", headers=own_headers(running, session_cookie, **changes))
    assert status == 403
    assert "webshop" not in text


@pytest.mark.parametrize("path", ["", "app.js", "app.css", "api/events", "report/1"])
def test_without_the_cookie_nothing_is_served(running, session_cookie, path):
    assert ask(f"{running.address}/{path}", method="GET")[0] == 403
    embedded = {"Cookie": session_cookie.partition(";")[0], "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert ask(f"{running.address}/{path}", method="GET", headers=embedded)[0] == 403


@pytest.mark.parametrize("path", ["", "app.js", "app.css", "missing", "report/1"])
def test_every_answer_forbids_what_the_page_does_not_need(running, session_cookie, path):
    _, headers, _ = ask(f"{running.address}/{path}", method="GET", headers=own_headers(running, session_cookie))
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("project", b"[", 400),
        ("project", b'{"x": 1}', 400),
        ("project", b"[" * 100_000, 400),
        ("file", b'{"file": "/etc/passwd"}', 404),
        ("file", b'{"file": "../../pyproject.toml"}', 404),
        ("transform/step", b'{"transform": "", "columns": [], "records": "none", "step": 0}', 410),
        ("edits/write", b'{"id": "none"}', 404),
        ("records/stream", b'{"stream": "Custom-None"}', 404),
        ("nothing", b"{}", 404),
    ],
)
def test_a_wrong_request_is_refused_in_words(running, session_cookie, path, data, status):
    answer = ask(f"{running.address}/api/{path}", headers=own_headers(running, session_cookie), data=data)
    assert answer[0] == status
    assert "Traceback" not in answer[2]


def test_a_body_of_another_type_is_refused(running, session_cookie):
    headers = own_headers(running, session_cookie, **{"Content-Type": "text/plain"})
    assert ask(f"{running.address}/api/project", headers=headers)[0] == 400


def test_a_body_that_is_too_large_is_refused_in_words(running, session_cookie):
    data = b'{"text": "' + b"x" * (25 * 1024 * 1024) + b'"}'
    status, _, text = ask(f"{running.address}/api/records", headers=own_headers(running, session_cookie), data=data)
    assert (status, "larger than" in text) == (400, True)


def test_the_server_listens_on_loopback_alone(running):
    assert running.link.startswith("http://127.0.0.1:")
    assert {address[0] for address in running.server._runner.addresses} == {"127.0.0.1"}
