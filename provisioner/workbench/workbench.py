"""The state of a running workbench: the project as it is on the disk, records, and changes that wait to be written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import RLock

from provisioner.project import Project
from provisioner.workbench.editor_documents import EditorDocuments
from provisioner.workbench.event_stream import EventStream
from provisioner.workbench.pending_edits import PendingEdits
from provisioner.workbench.record_store import RecordStore
from provisioner.workbench.report_pages import Reports

FileStamp = tuple[int, int]


class Workbench:
    """One manifest in one environment. Methods may be called from any thread."""

    def __init__(
        self,
        path: Path,
        environment: str | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        allow_apply: bool = False,
    ) -> None:
        self.path = path
        self.environment = environment
        self.variables = dict(variables or {})
        self.allow_apply = allow_apply
        self.records = RecordStore()
        self.edits = PendingEdits()
        self.reports = Reports()
        self.editors = EditorDocuments()
        self.events = EventStream()
        self.revision = 1
        # Two workers and the watcher may find a changed file at the same time; it is read once.
        self._lock = RLock()
        self._project = self._load(environment)
        self._stamps = self._file_stamps()

    @property
    def project(self) -> Project:
        """The project as it is on the disk now: read again where one of its files has changed."""
        with self._lock:
            self.refresh()
            return self._project

    def refresh(self) -> int:
        """Look whether files have changed, and read them again if so; the revision, which counts such changes."""
        with self._lock:
            if self._file_stamps() != self._stamps:
                self._project = self._load(self.environment)
                self._stamps = self._file_stamps()
                self.revision += 1
            return self.revision

    def project_in(self, environment: str | None) -> Project:
        """The project in another environment."""
        return self.project if environment == self.environment else self._load(environment)

    def source_files(self) -> dict[str, Path]:
        """The files that the project was read from, by the name under which they are shown."""
        document = self.project.document
        files = {source.name: source.path for source in document.sources}
        return files or {str(document.file): document.file}

    def _load(self, environment: str | None) -> Project:
        return Project.load(self.path, environment=environment, variables=self.variables)

    def _file_stamps(self) -> dict[Path, FileStamp]:
        document = self._project.document
        # Size and time, not a watch of the system: that is another on each one, and the files are few.
        paths = {document.file, *(source.path for source in document.sources)}
        return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> FileStamp:
    """Size and time of change; zeros where the file is gone."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns
