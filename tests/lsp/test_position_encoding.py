"""Positions and offsets are the same places, in each unit that a client may count in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from provisioner.diagnostics import Span
from provisioner.lsp.position_encoding import ENCODINGS, EncodedText

TEXTS = st.text(st.sampled_from("ab é€𝄞\n\r\u2028\x85\t"), max_size=30)
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
in_each_unit = pytest.mark.parametrize("encoding", sorted(ENCODINGS))


@in_each_unit
@given(TEXTS, st.integers(0, 30))
def test_an_offset_and_its_position_lead_to_each_other(encoding, text, offset):
    encoded = EncodedText(text, encoding)
    offset = min(offset, len(text))
    position = encoded.position(offset)
    # Between the two characters of one line end there is no place: its start stands for it.
    inside_line_end = text[offset - 1 : offset + 1] == "\r\n"
    assert encoded.offset(position) == (offset - 1 if inside_line_end else offset)


@in_each_unit
@given(TEXTS, st.integers(0, 30))
def test_a_unit_is_that_of_the_encoding(encoding, text, offset):
    offset = min(offset, len(text))
    position = EncodedText(text, encoding).position(offset)
    codec, width = CODECS[encoding]
    start = EncodedText(text, encoding).line_starts[position.line]
    assert position.character == len(text[start:offset].encode(codec)) // width


@in_each_unit
@given(TEXTS, st.integers(0, 30), st.integers(0, 30), TEXTS)
def test_a_change_of_a_part_is_that_change_of_the_text(encoding, text, start, end, new):
    encoded = EncodedText(text, encoding)
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    at = encoded.range(Span(start, end))
    first, last = encoded.offset(at.start), encoded.offset(at.end)
    changed = encoded.changed(lsp.TextDocumentContentChangePartial(range=at, text=new))
    assert changed.text == text[:first] + new + text[last:]


@in_each_unit
def test_a_position_behind_the_end_stands_for_the_end(encoding):
    encoded = EncodedText("ab\r\nc", encoding)
    assert encoded.offset(lsp.Position(0, 99)) == 2
    assert encoded.offset(lsp.Position(9, 0)) == 5
    assert encoded.changed(lsp.TextDocumentContentChangeWholeDocument("x")).text == "x"
