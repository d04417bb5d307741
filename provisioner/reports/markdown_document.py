"""A Markdown report in parts, so that a comment with a limit leaves out whole parts and says so, never half of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from provisioner.package_data import load_facts
from provisioner.reports.markdown_table import markdown_table
from provisioner.text import plural

_TABLE_SHARE = 0.5
"""Of a limited text, what the table may take, so that some of what follows it finds room."""


@dataclass(frozen=True)
class MarkdownDocument:
    """The lines of the head, a table (its head and its rows), sections in order of importance, and the foot."""

    head: Sequence[str]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default=())
    sections: Sequence[Sequence[str]] = field(default=())
    foot: Sequence[str] = ()

    def text(self) -> str:
        """The whole report."""
        return _joined(self.head, self._table(len(self.rows)), *self.sections, self.foot)

    def text_within(self, limit: int) -> str:
        """The report in at most `limit` characters: what does not fit is left out whole, and counted at the end.

        Head and foot always stand, so that the decision and the fingerprint are never lost.
        """
        whole = self.text()
        if len(whole) <= limit:
            return whole
        shown_rows = self._rows_within(int(limit * _TABLE_SHARE))
        shown: list[Sequence[str]] = []
        for section in self.sections:
            if len(self._cut_text(shown_rows, [*shown, section])) > limit:
                break
            shown.append(section)
        return self._cut_text(shown_rows, shown)

    def _cut_text(self, row_count: int, sections: Sequence[Sequence[str]]) -> str:
        missing_rows, missing_sections = len(self.rows) - row_count, len(self.sections) - len(sections)
        missing = [f"{plural(missing_rows, 'row')} of the table"] if missing_rows else []
        missing += [plural(missing_sections, "section")] if missing_sections else []
        note = f"**Left out for its length: {' and '.join(missing)}.** The artifact of this run holds all of it."
        return _joined(self.head, self._table(row_count), *sections, [note, ""], self.foot)

    def _rows_within(self, limit: int) -> int:
        """How many rows of the table fit into so many characters."""
        used = len("\n".join(markdown_table(self.columns, ())))
        for count, row in enumerate(self.rows):
            used += len("\n".join(markdown_table((), [row])))
            if used > limit:
                return count
        return len(self.rows)

    def _table(self, count: int) -> list[str]:
        return [*markdown_table(self.columns, self.rows[:count]), ""] if self.rows else []


def comment_limit() -> int:
    """The characters that a comment on a pull request may have."""
    limit: int = load_facts("pipelines.yaml")["comment"]["most"]
    return limit


def _joined(head: Sequence[str], *parts: Sequence[str]) -> str:
    lines = [*head, "", *(line for part in parts for line in part)]
    return "\n".join(lines).rstrip("\n") + "\n"
