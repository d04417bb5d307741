"""Changes of files that have been shown and wait to be written; a file that has changed since is never overwritten."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from provisioner.diagnostics import Edit
from provisioner.validate import source_files
from provisioner.validate.fixes import unified_diff
from provisioner.workbench.messages.edit_messages import EditOutcome, EditPreview

# More are forgotten changes: each dialog that is closed without writing leaves one.
_MAX_PENDING = 32


@dataclass(frozen=True, slots=True)
class _PendingEdit:
    """Texts to write by file, and the digests of the texts that they replace."""

    texts: Mapping[str, str]
    digests: Mapping[str, str]


class PendingEdits:
    """The last changes that were shown, by id."""

    def __init__(self) -> None:
        self._pending: OrderedDict[str, _PendingEdit] = OrderedDict()
        self._lock = Lock()

    def preview(self, edits: Iterable[Edit], root: Path) -> EditPreview:
        """Show what edits change, and keep them to be written. Raises PermissionError for a file outside of `root`."""
        by_file: dict[str, list[Edit]] = {}
        for edit in edits:
            assert edit.file is not None
            by_file.setdefault(edit.file, []).append(edit)
        before = {file: source_files.read_source(file) for file in by_file}
        for file in by_file:
            require_inside(Path(file), root)
        texts = {file: _apply(before[file], edits) for file, edits in by_file.items()}
        # Not guessable, although only the page can ask: an id from one tab must not hit another's change.
        identifier = secrets.token_hex(8)
        with self._lock:
            self._pending[identifier] = _PendingEdit(texts, {file: _digest(text) for file, text in before.items()})
            while len(self._pending) > _MAX_PENDING:
                self._pending.popitem(last=False)
        return EditPreview(identifier, unified_diff(texts, before.__getitem__), tuple(texts))

    def write(self, identifier: str) -> EditOutcome | None:
        """Write a change that was shown, or nothing of it where a file has changed since; None for an unknown id."""
        with self._lock:
            pending = self._pending.get(identifier)
            if pending is None:
                return None
            conflicts = [file for file, digest in pending.digests.items() if _current_digest(file) != digest]
            # All or nothing: half of a change would leave files that do not belong together.
            if not conflicts:
                for file, text in pending.texts.items():
                    source_files.write_source(file, text)
                del self._pending[identifier]
        return EditOutcome((), tuple(conflicts)) if conflicts else EditOutcome(tuple(pending.texts), ())


def require_inside(path: Path, root: Path) -> None:
    """Raise PermissionError for a path that leads out of a directory, symbolic links followed."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise PermissionError(f"{path} is not inside of the project")


def _apply(text: str, edits: Iterable[Edit]) -> str:
    # From the end, so that the spans before an edit stay right.
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _current_digest(file: str) -> str | None:
    try:
        return _digest(source_files.read_source(file))
    except (OSError, ValueError):
        return None


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
