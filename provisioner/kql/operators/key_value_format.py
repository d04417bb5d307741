"""Reading keys and values out of a text of pairs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.kql import values


@dataclass(slots=True)
class Pairs:
    """How the pairs of a text are written."""

    between: str = ""
    equals: str = ""
    quotes: dict[str, str] = field(default_factory=dict)
    escapes: frozenset[str] = frozenset()
    pattern: values.Regex | None = None
    greedy: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Sequence[str]]) -> Pairs:
        """From the options of `parse-kv`; raises BadRegex for a pattern that is none."""
        pattern = options.get("regex", [""])[0]
        return cls(
            between=options.get("pair_delimiter", [""])[0],
            equals=options.get("kv_delimiter", [""])[0],
            quotes={quote[0]: quote[-1] for quote in options.get("quote", []) if quote},
            escapes=frozenset(escape for escape in options.get("escape", []) if escape),
            pattern=values.regex(pattern) if pattern else None,
            greedy=options.get("greedy", ["false"])[0].lower() == "true",
        )

    def read(self, text: str, keys: Collection[str]) -> dict[str, str]:
        """The first value of each of the keys that the text holds."""
        found: dict[str, str] = {}
        for key, value in self._pairs(text, keys):
            if key in keys and key not in found:
                found[key] = value
        return found

    def _pairs(self, text: str, keys: Collection[str]) -> Iterator[tuple[str, str]]:
        if self.pattern is not None:
            for groups in self.pattern.every(text):
                yield (groups[1] or "").strip(), (groups[2] or "").strip()
        elif not self.between and not self.equals:
            yield from self._loose(text)
        elif self.greedy:
            yield from self._greedy(text, keys)
        else:
            yield from self._cut(text)

    def _cut(self, text: str) -> Iterator[tuple[str, str]]:
        position = 0
        while position < len(text):
            key, position, ended = self._word(text, position, (self.equals, self.between))
            if ended != self.equals:
                continue
            value, position, _ = self._word(text, position, (self.between,))
            yield key, value

    def _word(self, text: str, position: int, stops: Sequence[str]) -> tuple[str, int, str]:
        """A word, quoted or bare, with the position behind it and the delimiter that ended it."""
        start = position
        while start < len(text) and text[start].isspace() and not any(text.startswith(s, start) for s in stops if s):
            start += 1
        if start < len(text) and text[start] in self.quotes:
            word, start = self._quoted(text, start)
            end, stop = self._stop(text, start, stops)
            return word, end + len(stop), stop
        end, stop = self._stop(text, position, stops)
        return text[position:end].strip(), end + len(stop), stop

    def _quoted(self, text: str, position: int) -> tuple[str, int]:
        close = self.quotes[text[position]]
        letters: list[str] = []
        position += 1
        while position < len(text) and text[position] != close:
            if text[position] in self.escapes and position + 1 < len(text):
                position += 1
            letters.append(text[position])
            position += 1
        return "".join(letters), position + 1

    def _stop(self, text: str, position: int, stops: Sequence[str]) -> tuple[int, str]:
        """Where the first of the delimiters stands, and which it is; the end of the text where none does."""
        found = [(text.find(stop, position), -len(stop), stop) for stop in stops if stop]
        standing = [each for each in found if each[0] >= 0]
        return (len(text), "") if not standing else (min(standing)[0], min(standing)[2])

    def _greedy(self, text: str, keys: Collection[str]) -> Iterator[tuple[str, str]]:
        """A value reaches to the next key that is asked for."""
        marks = sorted(
            (place, key)
            for key in keys
            for place in _all(text, f"{key}{self.equals}")
            if place == 0 or text[:place].endswith(self.between)
        )
        for number, (place, key) in enumerate(marks):
            end = marks[number + 1][0] if number + 1 < len(marks) else len(text)
            value, _, _ = self._word(text[:end], place + len(key) + len(self.equals), ())
            yield key, value.removesuffix(self.between).strip()

    def _loose(self, text: str) -> Iterator[tuple[str, str]]:
        """Without delimiters: keys and values are runs of letters and digits, with anything else between them."""
        words: list[str] = []
        position = 0
        while position < len(text):
            letter = text[position]
            if letter in self.quotes:
                word, position = self._quoted(text, position)
                words.append(word)
            elif letter.isalnum() or letter == "_":
                end = position
                while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                    end += 1
                words.append(text[position:end])
                position = end
            else:
                position += 1
        for place in range(len(words) - 1):
            yield words[place], words[place + 1]


def _all(text: str, part: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)
