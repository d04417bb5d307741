"""The last reports of runs, each a page of HTML of its own that the page shows in a frame."""

from __future__ import annotations

import base64
import re
import secrets
from collections import OrderedDict
from hashlib import sha256
from html import escape
from threading import Lock

_MAX_REPORTS = 20
_STYLE = ":root{color-scheme:light dark}body{margin:1rem}pre{font:14px/1.5 ui-monospace,monospace}"


class Reports:
    """The last reports, by id."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def add(self, page: str) -> str:
        """Keep a page; its id."""
        identifier = secrets.token_hex(8)
        with self._lock:
            self._pages[identifier] = page
            while len(self._pages) > _MAX_REPORTS:
                self._pages.popitem(last=False)
        return identifier

    def get(self, identifier: str) -> str | None:
        """The page of an id; None where it is no longer kept."""
        return self._pages.get(identifier)


def text_page(title: str, text: str) -> str:
    """A text as a page."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<style>{_STYLE}</style></head><body><main><pre tabindex="0">{escape(text)}</pre></main></body></html>\n'
    )


def report_policy(page: str) -> str:
    """The Content-Security-Policy of a report: its own styles by their digests, no script, nothing from elsewhere."""
    # Digests instead of 'unsafe-inline': a style that a report did not have when it was made is not applied.
    digests = [
        f"'sha256-{base64.b64encode(sha256(style.encode()).digest()).decode()}'"
        for style in re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    ]
    styles = " ".join(dict.fromkeys(digests)) or "'none'"
    return f"sandbox; default-src 'none'; style-src {styles}; img-src data:; frame-ancestors 'self'"
