"""Bicep sources, compiled to a template by the Bicep compiler of the machine."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from provisioner.adopt.json_source import JsonFile, json_file_of
from provisioner.errors import BadRequestFile

_SECONDS = 120
"""A first build may fetch modules from a registry; longer than this is a hang."""
_INSTALL_HINT = (
    "install the Bicep CLI (https://aka.ms/bicep-install) so that `bicep` is on the path, "
    "or give the output of `az bicep build --stdout` to --from-arm"
)


def read_bicep_file(path: Path) -> JsonFile:
    """Compile a file with the `bicep` on the path.

    Raises BadRequestFile where there is no compiler, where the file cannot be read, or with what the compiler says.
    """
    # The file first: to install a compiler would not help one that mistyped a name.
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequestFile(f"{path} cannot be read: {error}", hint="name a Bicep file in UTF-8") from error
    compiler = shutil.which("bicep")
    if compiler is None:
        raise BadRequestFile(f"{path} cannot be compiled: there is no `bicep` on the path", hint=_INSTALL_HINT)
    return replace(json_file_of(path.as_posix(), _compiled(compiler, path)), shown_text=source)


def _compiled(compiler: str, path: Path) -> str:
    command = [compiler, "build", "--stdout", str(path)]
    try:
        # A path of the caller's own and a program of the caller's own path; no shell in between.
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        message = f"{path}: `bicep build` took longer than {_SECONDS} s"
        raise BadRequestFile(message, hint="build it by hand and give the template to --from-arm") from error
    except OSError as error:
        raise BadRequestFile(f"{compiler} cannot be run: {error}", hint=_INSTALL_HINT) from error
    if done.returncode:
        raise BadRequestFile(f"{path} does not compile: {_shown(done.stderr)}", hint="correct what the compiler names")
    return done.stdout.decode("utf-8-sig", errors="replace")


def _shown(output: bytes) -> str:
    """What the compiler said, on one line and fit for a terminal."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    text = "; ".join(lines) or "the compiler says nothing"
    return "".join(letter if letter.isprintable() else "?" for letter in text)
