"""What MkDocs asks of us while it builds the site: pages of checks in the navigation, the schema beside the pages."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from tools.check_pages import pages_by_subject
from tools.manifest_schema import SCHEMA

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

_log = logging.getLogger("mkdocs.hooks.site")
_CODE_WITH_PIPE = re.compile(r"`[^`\n]*\\\|[^`\n]*`")
_REQUEST = re.compile(r"<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"'\s>]+)[^>]*>")


def on_config(config: Any) -> Any:
    """Replace `checks/` in the navigation by the index and a section for each subject."""
    for section in config["nav"]:
        for title, target in section.items():
            if target == "checks/":
                section[title] = ["checks/index.md", *_subject_sections()]
    return config


def _subject_sections() -> list[dict[str, list[str]]]:
    return [
        {subject: [f"checks/{check.code}.md" for check in checks]} for subject, checks in pages_by_subject().items()
    ]


def on_files(files: Files, config: Any) -> Files:
    """Publish the manifest's JSON Schema, so that editors can name its address."""
    # Imported late: the tests of these hooks run without MkDocs.
    from mkdocs.structure.files import File

    files.append(File.generated(config, SCHEMA.name, abs_src_path=str(SCHEMA)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Take the backslash from pipes in code: GitHub wants it in tables, Python-Markdown would show it."""
    return _CODE_WITH_PIPE.sub(lambda code: code[0].replace("\\|", "|"), markdown)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Warn of a file that the browser would fetch from another host; strict mode makes that an error."""
    for address in outside_requests(output):
        _log.warning("%s makes the browser ask another host: %s", page.file.src_path, address)
    return output


def outside_requests(page: str) -> list[str]:
    """The addresses of scripts, styles, pictures and frames that a page of HTML takes from another host."""
    return [request[1] for request in _REQUEST.finditer(page) if 'rel="canonical"' not in request[0]]
