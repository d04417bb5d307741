"""The keys and values in a text of pairs, for `parse-kv`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from provisioner.kql import values


@dataclass(slots=True)
class KeyValueFormat:
    """How the pairs of a text are written: delimiters, quotes and escapes, or a pattern with a group for each part.

    `quotes`: from an opening to its closing quote. `greedy`: a value ends where the next requested key begins.
    """

    pair_delimiter: str = ""
    key_value_delimiter: str = ""
    quotes: dict[str, str] = field(default_factory=dict)
    escapes: frozenset[str] = frozenset()
    pattern: values.Regex | None = None
    greedy: bool = False

    @classmethod
    def from_options(cls, options: Mapping[str, Sequence[str]]) -> KeyValueFormat:
        """The format that the options of `parse-kv` say; raises BadRegex for a pattern that RE2 refuses."""
        pattern = options.get("regex", [""])[0]
        return cls(
            pair_delimiter=options.get("pair_delimiter", [""])[0],
            key_value_delimiter=options.get("kv_delimiter", [""])[0],
            quotes={quote[0]: quote[-1] for quote in options.get("quote", []) if quote},
            escapes=frozenset(escape for escape in options.get("escape", []) if escape),
            pattern=values.compile_regex(pattern) if pattern else None,
            greedy=options.get("greedy", ["false"])[0].lower() == "true",
        )

    def extract_values(self, text: str, keys: Collection[str]) -> dict[str, str]:
        """The first value of each of the keys; a key that the text does not have is missing."""
        values_by_key: dict[str, str] = {}
        for key, value in self._iterate_pairs(text, keys):
            if key in keys and key not in values_by_key:
                values_by_key[key] = value
        return values_by_key

    def _iterate_pairs(self, text: str, keys: Collection[str]) -> Iterator[tuple[str, str]]:
        if self.pattern is not None:
            for groups in self.pattern.all_matches(text):
                yield (groups[1] or "").strip(), (groups[2] or "").strip()
        elif not self.pair_delimiter and not self.key_value_delimiter:
            yield from self._undelimited_pairs(text)
        elif self.greedy:
            yield from self._greedy_pairs(text, keys)
        else:
            yield from self._delimited_pairs(text)

    def _delimited_pairs(self, text: str) -> Iterator[tuple[str, str]]:
        position = 0
        while position < len(text):
            key, position, delimiter = self._read_token(text, position, (self.key_value_delimiter, self.pair_delimiter))
            # A token without a value is passed over, and the pairs after it are still read.
            if delimiter != self.key_value_delimiter:
                continue
            value, position, _ = self._read_token(text, position, (self.pair_delimiter,))
            yield key, value

    def _read_token(self, text: str, position: int, delimiters: Sequence[str]) -> tuple[str, int, str]:
        """A key or value, quoted or bare, the position after its delimiter, and that delimiter."""
        start = position
        # White space may itself be a delimiter, and is then not skipped.
        while start < len(text) and text[start].isspace() and not _starts_with_any(text, start, delimiters):
            start += 1
        if start < len(text) and text[start] in self.quotes:
            token, start = self._read_quoted(text, start)
            end, delimiter = self._find_delimiter(text, start, delimiters)
            return token, end + len(delimiter), delimiter
        end, delimiter = self._find_delimiter(text, position, delimiters)
        return text[position:end].strip(), end + len(delimiter), delimiter

    def _read_quoted(self, text: str, position: int) -> tuple[str, int]:
        """The text within the quotes that open at `position`, and the position after the closing one."""
        closing_quote = self.quotes[text[position]]
        characters: list[str] = []
        position += 1
        while position < len(text) and text[position] != closing_quote:
            if text[position] in self.escapes and position + 1 < len(text):
                position += 1
            characters.append(text[position])
            position += 1
        return "".join(characters), position + 1

    def _find_delimiter(self, text: str, position: int, delimiters: Sequence[str]) -> tuple[int, str]:
        """The position of the first of the delimiters, and which it is; the end of the text and "" without one."""
        # Of two that begin at the same position the longer one counts, hence the negative length.
        occurrences = [
            (text.find(delimiter, position), -len(delimiter), delimiter) for delimiter in delimiters if delimiter
        ]
        start, _, delimiter = min((entry for entry in occurrences if entry[0] >= 0), default=(len(text), 0, ""))
        return start, delimiter

    def _greedy_pairs(self, text: str, keys: Collection[str]) -> Iterator[tuple[str, str]]:
        """The pairs of the requested keys; a value ends where the next of these keys begins."""
        key_positions = sorted(
            (position, key)
            for key in keys
            for position in _occurrences(text, f"{key}{self.key_value_delimiter}")
            if position == 0 or text[:position].endswith(self.pair_delimiter)
        )
        ends = [*(position for position, _ in key_positions[1:]), len(text)]
        for (position, key), end in zip(key_positions, ends, strict=False):
            value, _, _ = self._read_token(text[:end], position + len(key) + len(self.key_value_delimiter), ())
            yield key, value.removesuffix(self.pair_delimiter).strip()

    def _undelimited_pairs(self, text: str) -> Iterator[tuple[str, str]]:
        """Without delimiters: keys and values are runs of letters and digits, with anything else between them."""
        tokens: list[str] = []
        position = 0
        while position < len(text):
            character = text[position]
            if character in self.quotes:
                token, position = self._read_quoted(text, position)
                tokens.append(token)
            elif character.isalnum() or character == "_":
                end = position
                while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                    end += 1
                tokens.append(text[position:end])
                position = end
            else:
                position += 1
        # Each token with the next one: only the requested keys are kept, so a value taken for a key does no harm.
        yield from pairwise(tokens)


def _starts_with_any(text: str, position: int, prefixes: Sequence[str]) -> bool:
    return any(text.startswith(prefix, position) for prefix in prefixes if prefix)


def _occurrences(text: str, part: str) -> Iterator[int]:
    position = text.find(part)
    while position >= 0:
        yield position
        position = text.find(part, position + 1)
