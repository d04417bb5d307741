"""Output to streams that are not UTF-8: what programs read stays UTF-8, a text for people gets other signs."""

from __future__ import annotations

import codecs
import io
import os
import sys

import click

from provisioner.operating_system import PIPE_FORMAT

ASCII_FORMS = {
    "✓": "+",
    "✗": "x",
    "→": "->",
    "↔": "<->",
    "…": "...",
    "·": "-",
    "─": "-",
    "├": "+",
    "└": "+",
    "│": "|",
    "⏎": "\\n",
    "⇥": "\\t",
}
"""Our own signs → what stands for them where the stream's encoding lacks them."""

ERROR_HANDLER = "provisioner.ascii_forms"
"""The name of the error handler that uses them; any encoder takes it once `prepare_streams` was called."""


def prepare_streams() -> None:
    """Make stdout and stderr accept every character, in the encoding that they have.

    On Windows a pipe or file without an encoding of the user's choice (PYTHONIOENCODING) becomes UTF-8 with line feeds.
    """
    codecs.register_error(ERROR_HANDLER, replace_unencodable)
    for stream in (sys.stdout, sys.stderr):
        # A program that embeds us may have put something of its own there.
        if isinstance(stream, io.TextIOWrapper):
            # Python passes a console text, not bytes, so its code page does not matter there.
            settings = {} if stream.isatty() else dict(PIPE_FORMAT)
            if os.environ.get("PYTHONIOENCODING"):
                settings.pop("encoding", None)
            stream.reconfigure(**settings, errors=ERROR_HANDLER)


def replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    """The ASCII forms of characters that a stream's encoding lacks; their code points for those without a form."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(ASCII_FORMS.get(character) or _escaped(character) for character in characters), error.end


def write_for_programs(text: str) -> None:
    """Write a text to stdout as UTF-8, whatever the encoding of stdout: JSON, XML and YAML are read as nothing else."""
    stream = sys.stdout
    if not isinstance(stream, io.TextIOWrapper) or codecs.lookup(stream.encoding).name == "utf-8":
        click.echo(text, nl=False)
        return
    stream.flush()
    stream.buffer.write(text.encode("utf-8", "backslashreplace"))
    stream.buffer.flush()


def _escaped(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode()
