"""One stream as a sender's configuration names it: where it goes, its columns, and names in several spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from provisioner.model import Stream
from provisioner.resources.sender_outputs import DcrOutputs

TIME_COLUMN = "TimeGenerated"
_EXAMPLES: Mapping[str, Any] = {
    "string": "text",
    "int": 1,
    "long": 1,
    "real": 1.5,
    "boolean": True,
    "datetime": "2026-01-31T10:00:00Z",
    "guid": "6f9619ff-8b86-4d01-b42d-00c04fc964ff",
    "dynamic": {"key": "value"},
}
# What a column of a syslog line probably is, by its name: syslog-ng's macro and rsyslog's property.
_SYSLOG_PARTS = (
    (re.compile(r"(raw)?(message|msg|text|line|raw|data)(text)?", re.IGNORECASE), "$MSG", "msg"),
    (re.compile(r"(host|computer|hostname|machine|device)(name)?", re.IGNORECASE), "$HOST", "hostname"),
    (re.compile(r"(program|process|app|application|service)(name)?", re.IGNORECASE), "$PROGRAM", "programname"),
    (re.compile(r"facility", re.IGNORECASE), "$FACILITY", "syslogfacility-text"),
    (re.compile(r"(level|severity|severitylevel|loglevel)", re.IGNORECASE), "$LEVEL", "syslogseverity-text"),
    (re.compile(r"(pid|processid|procid)", re.IGNORECASE), "$PID", "procid"),
)
# Parts that have a number too, for a column of one.
_SYSLOG_NUMBERS = {
    "$FACILITY": "$FACILITY_NUM",
    "$LEVEL": "$LEVEL_NUM",
    "syslogfacility-text": "syslogfacility",
    "syslogseverity-text": "syslogseverity",
}
_SYSLOG_CASTS = {"int": "int64", "long": "int64", "real": "double", "boolean": "boolean"}
# The JSON texts that a column of the type takes as they are: rsyslog makes a text in quotes of any value else.
_JSON_FORMS = {
    "int": "^-?[0-9]{1,10}$",
    "long": "^-?[0-9]{1,18}$",
    "real": "^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$",
    "boolean": "^(true|false)$",
    "dynamic": "^([[].*[]]|[{].*[}])$",
}


@dataclass(frozen=True, slots=True)
class RsyslogColumn:
    """A column with rsyslog's property `part` for it.

    `variable` takes a value that must have the form `pattern` to be one; both are empty for a column of text.
    """

    name: str
    part: str
    variable: str = ""
    pattern: str = ""

    @property
    def expression(self) -> str:
        """The property as rsyslog's script names it."""
        return self.part if self.part.startswith("$") else f"${self.part}"


@dataclass(frozen=True, slots=True)
class SenderStream:
    """A stream with the rule that takes it."""

    stream: Stream
    url: str
    dcr: DcrOutputs

    @property
    def key(self) -> str:
        """Its key in the manifest."""
        return self.stream.key

    @property
    def name(self) -> str:
        """Its name in Azure, which the URL has."""
        return self.stream.name

    @property
    def endpoint(self) -> str:
        """The address of the rule's endpoint."""
        return self.dcr.endpoint

    @property
    def immutable_id(self) -> str:
        """The id by which senders address the rule."""
        return self.dcr.immutable_id

    @property
    def columns(self) -> Mapping[str, str]:
        """Name → type."""
        return self.stream.columns

    @property
    def time_column(self) -> str | None:
        """The column for the time of an event: TimeGenerated, or the first of times; None without one."""
        times = [name for name, type_ in self.columns.items() if type_ == "datetime"]
        return TIME_COLUMN if TIME_COLUMN in times else next(iter(times), None)

    @property
    def example(self) -> dict[str, Any]:
        """A record with a value of each column's type."""
        return {name: _EXAMPLES[type_] for name, type_ in self.columns.items()}

    @property
    def _words(self) -> list[str]:
        return re.findall(r"[A-Za-z0-9]+", self.key.removeprefix("Custom-").removeprefix("Microsoft-")) or ["stream"]

    @property
    def slug(self) -> str:
        """A name of lower-case letters, digits and underscores."""
        return "_".join(self._words).lower()

    @property
    def snake(self) -> str:
        """A variable's name in Python."""
        return f"send_{self.slug}"

    @property
    def camel(self) -> str:
        """A variable's name in languages that write it so."""
        return "send" + "".join(word.capitalize() for word in self.slug.split("_"))

    @property
    def file_name(self) -> str:
        """The file that a command reads records from."""
        return f"{self.slug}.json"

    @property
    def tag(self) -> str:
        """The pattern of the tags whose records go to it."""
        return f"{self.slug}.*"

    @property
    def host(self) -> str:
        """The endpoint's host name."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The endpoint's port."""
        return urlsplit(self.url).port or 443

    @property
    def path(self) -> str:
        """Path and query of the URL, without the leading slash."""
        address = urlsplit(self.url)
        return f"{address.path}?{address.query}".lstrip("/")

    @property
    def syslog_pairs(self) -> list[tuple[str, str]]:
        """Each column with syslog-ng's template for it: a macro by the column's name, or a value of that name."""
        return [(name, self._syslog_template(name, type_)) for name, type_ in self.columns.items()]

    @property
    def rsyslog_columns(self) -> list[RsyslogColumn]:
        """Each column with rsyslog's property for it: a part of the message, or a variable of that name."""
        return [self._rsyslog_column(name, type_) for name, type_ in self.columns.items()]

    def _rsyslog_column(self, name: str, type_: str) -> RsyslogColumn:
        part = self._syslog_part(name, type_, 2, "timereported", f"$!{name}")
        if type_ not in _JSON_FORMS:
            return RsyslogColumn(name, part)
        return RsyslogColumn(name, part, f"$.{self.slug}_{name.lower()}", _JSON_FORMS[type_])

    def _syslog_template(self, name: str, type_: str) -> str:
        template = self._syslog_part(name, type_, 1, "$ISODATE", f"${{{name}}}")
        cast = _SYSLOG_CASTS.get(type_)
        return f"{cast}({template})" if cast else template

    def _syslog_part(self, name: str, type_: str, position: int, time: str, other: str) -> str:
        if name == self.time_column:
            return time
        part = next((str(part[position]) for part in _SYSLOG_PARTS if part[0].fullmatch(name)), other)
        return _SYSLOG_NUMBERS.get(part, part) if type_ in ("int", "long", "real") else part


def sender_streams(streams: Mapping[str, Stream], dcrs: Mapping[str, DcrOutputs]) -> Iterator[SenderStream]:
    """The streams of a manifest that some rule takes, with the first such rule."""
    seen = set()
    for dcr in dcrs.values():
        for key, url in dcr.streams.items():
            if key not in seen:
                seen.add(key)
                yield SenderStream(streams[key], url, dcr)
