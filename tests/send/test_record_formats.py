"""Records of every format: what is read is what was written, and what cannot be read is set apart with its reason."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.send.input_blocks import Input, InputBlocks, _decompressed, expand_inputs
from provisioner.send.json_records import parse_record
from provisioner.send.json_structure import StructureScanner
from provisioner.send.raw_record import BrokenInput
from provisioner.send.record_batch import RecordBatch, read_batch
from provisioner.send.record_formats import format_of_name, read_records

LONG = 5 << 20


class Spool:
    """Collects the bytes of long records."""

    def __init__(self):
        self.contents = {}

    def __call__(self, number):
        self.contents[number] = b""
        spool = self

        class Writer:
            def write(self, content):
                spool.contents[number] += content

            def close(self):
                return None

        return Writer()


def read(content, input_format=None, size=1 << 20, columns=None, spool=None):
    blocks = [content[start : start + size] for start in range(0, len(content), size)]
    return list(single_records(read_records(blocks, input_format, columns or {}, spool or Spool())))


def single_records(records):
    for record in records:
        if isinstance(record, RecordBatch):
            yield from record.records()
        elif record is not None:
            yield record


def values(records):
    return [record.value for record in records]


def problems(records):
    return {record.number: record.problem for record in records if record.problem}


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
RECORDS = st.lists(
    st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=6), JSON_VALUES, max_size=4), max_size=6
)
BLOCK_SIZES = st.integers(1, 40)


@settings(deadline=None)
@given(RECORDS, BLOCK_SIZES, st.booleans(), st.sampled_from([None, 1]))
def test_json_comes_back_in_every_layout_however_it_is_cut(records, size, ascii_only, indent):
    def dump(value):
        return json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()

    for content, form in (
        (dump(records), "json"),
        (b" \n".join(map(dump, records)), "json"),
        (b"\n".join(json.dumps(record, ensure_ascii=ascii_only).encode() for record in records), "ndjson"),
    ):
        result = read(content, form, size)
        assert values(result) == records
        assert [record.number for record in result] == list(range(1, len(records) + 1))
        assert [json.loads(record.text) for record in result] == records


@settings(deadline=None)
@given(RECORDS, BLOCK_SIZES)
def test_yaml_comes_back(records, size):
    content = json.dumps(records).encode()  # every JSON text is YAML, but for what follows
    if b"\\ud" not in content:
        assert values(read(content, "yaml", size)) == records


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6)


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6), BLOCK_SIZES)
def test_a_table_comes_back_with_quotes_and_line_ends_in_its_cells(rows, size):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    result = read(text.getvalue().encode(), "csv", size)
    assert problems(result) == {}
    assert values(result) == [{name: cell for name, cell in zip("ab", row, strict=True) if cell} for row in rows]


@settings(deadline=None)
@given(JSON_VALUES, st.text(max_size=5), BLOCK_SIZES)
def test_the_end_of_a_value_is_where_its_brackets_close(value, rest, size):
    text = json.dumps({"a": value})
    scanner, position = StructureScanner(), 0
    whole = text + rest
    for start in range(0, len(whole), size):
        end = scanner.feed(whole[start : start + size])
        if end is not None:
            position = start + end
            break
    assert position == len(text)


CASES = {
    "NaN": (b'{"a":NaN}\n{"b":1}', "NaN is no JSON value"),
    "infinity": (b'{"a":1e999}\n{"b":1}', "too large"),
    "a member twice": (b'{"a":1,"a":2}\n{"b":1}', "'a' stands twice"),
    "a member twice inside": (b'{"x":{"a":1,"a":2}}\n{"b":1}', "'a' stands twice"),
    "a damaged line": (b'{"a":1\n{"b":1}', "not JSON"),
    "two records on a line": (b'{"a":1} {"c":1}\n{"b":1}', "stands behind the record"),
    "NUL": (b'\0\0\0\n{"b":1}', "not JSON"),
    "NUL in a text": (b'{"a":"\0"}\n{"b":1}', "not JSON"),
    "Latin-1": ('{"a":"é"}\n'.encode("latin-1") + b'{"b":1}', "not UTF-8: the byte 0xe9"),
    "too deep": (b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b'}\n{"b":1}', "nests too deeply"),
    "a number without end": (b'{"a":' + b"7" * 5000 + b'}\n{"b":1}', "cannot be read"),
    "longer than memory": (b'{"a":"' + b"x" * LONG + b'"}\n{"b":1}', "longer than"),
}


ABOUT_LINES = {"a damaged line": "array", "two records on a line": "array values"}


@pytest.mark.parametrize("form", ["line", "values", "array"])
@pytest.mark.parametrize("name", CASES)
def test_a_damaged_record_is_set_apart_and_the_next_one_is_read(name, form):
    content, problem = CASES[name]
    if form in ABOUT_LINES.get(name, ""):
        pytest.skip("about lines")
    if form == "array":
        content = b"[" + content.replace(b"\n", b",") + b"]"
    spool = Spool()
    size = 1 << 16 if len(content) > LONG else 7
    result = read(content, "ndjson" if form == "line" else "json", size, spool=spool)
    assert problem in problems(result)[1]
    assert result[-1].value == {"b": 1}
    lost = result[0].content if result[0].content is not None else spool.contents[1]
    assert lost.strip() == content.strip(b"[]\n").removesuffix(b'{"b":1}').rstrip(b"\n,")


def test_an_array_that_is_cut_gives_its_whole_records_and_says_so():
    result = read(b'[{"a":1},{"b":2},{"c":')
    assert values(result[:2]) == [{"a": 1}, {"b": 2}]
    assert "ends inside the record" in result[2].problem
    assert problems(read(b'[{"a":1},')) == {2: "the file ends inside its array"}


def test_a_line_of_gigabytes_takes_flat_memory():
    class Counter:
        size = 0

        def write(self, content):
            Counter.size += len(content)

        def close(self):
            return None

    blocks = (b"x" * (1 << 20) for _ in range(200))
    records = list(single_records(read_records(blocks, "ndjson", {}, lambda _: Counter())))
    assert [bool(record.problem) for record in records] == [True]
    assert Counter.size == 200 << 20


PIECES = [
    '{"a":1}',
    '{"a" : 1}',
    '{"a":1,"a":2}',
    '{"a":1,"a" :2}',
    '{"a":{"b":1,"b":2}}',
    '{"a":[{"b":1}]}',
    '{"":":"}',
    '{"a":"b\\":"}',
    '{"a":"x : y"}',
    '{"a":"\\ud800"}',
    '{"a":NaN}',
    '{"a":1e999}',
    '{"a":1},{"b":2}',
    '{"a":[{}',
    '{"b":1}]}',
    "[1]",
    "1",
    "{}",
    '{"a":"\udce4"}',
    '{"a":"\\u0000"}',
    "{",
    '{"a":"x" ,"a"\t:1}',
    '{"a":' + "[" * 2000 + "]" * 2000 + "}",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | RECORDS.map(json.dumps), min_size=1, max_size=4))
def test_lines_read_at_once_are_what_they_are_one_by_one(texts):
    batch = read_batch(texts, 1)
    exact = [parse_record(text, number) for number, text in enumerate(texts, 1)]
    if batch is not None:
        assert [record.problem for record in exact] == [None] * len(texts)
        assert [record.value for record in exact] == batch.values
        assert list(batch.records()) == exact


@pytest.mark.parametrize("text", ['{"a":1}', '{"a": {"b": [{"c": "y:"}]}, "d": "x : y"}', "{}"])
def test_common_lines_are_read_at_once(text):
    assert read_batch([text, text], 5).last == 6


@pytest.mark.parametrize(
    "lines", [b'{"a":1}\r\n  {"a":2}\t\n', b'\n{"a":1}\n \r\n\n{"a":2}', b'{"a":1}\n {broken\n\n{"a":2}\n']
)
def test_spaces_and_empty_lines_are_no_part_of_records(lines):
    records = [record for record in read(lines, "ndjson") if record.problem is None]
    assert [record.text for record in records] == ['{"a":1}', '{"a":2}']
    assert [record.number for record in records] == ([1, 3] if b"broken" in lines else [1, 2])


def test_a_number_beyond_64_bits_is_noticed():
    assert read_batch(['{"a":123456789012345678901}'], 1).has_long_number()
    assert not read_batch(['{"a":1.5}'], 1).has_long_number()


def test_cells_take_the_type_of_their_column():
    columns = {"i": "int", "l": "long", "r": "real", "b": "boolean", "d": "dynamic", "s": "string", "t": "datetime"}
    text = b'i,l,r,b,d,s,t\n7,8,1.5,TRUE,"[1,2]",007,2026-01-01T00:00:00Z\nx,,9,maybe,plain,,\n'
    assert values(read(text, "csv", columns=columns)) == [
        {"i": 7, "l": 8, "r": 1.5, "b": True, "d": [1, 2], "s": "007", "t": "2026-01-01T00:00:00Z"},
        {"i": "x", "r": 9.0, "b": "maybe", "d": "plain"},
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_of_a_table_is_seen(separator):
    assert values(read(separator.join("ab").encode() + b"\n" + separator.join("12").encode(), "csv")) == [
        {"a": "1", "b": "2"}
    ]


def test_a_row_of_another_width_is_set_apart():
    assert problems(read(b"a,b\n1\n1,2\n1,2,3\n", "csv")) == {
        1: "it has 1 cells, and the head has 2",
        3: "it has 3 cells, and the head has 2",
    }


def test_yaml_is_read_by_the_rules_of_1_2_and_one_bad_record_does_not_stop_it():
    items = "{a: no, b: 2026-01-01, c: 010, d: 7}", "{a: .nan}", "&x {k: 1}", "{l: *x}", "{[1]: 2}", "{k: 1, k: 2}"
    text = "".join(f"- {item}\n" for item in items).encode() + b"---\nz: 1\n"
    result = read(text, "yaml", 5)
    assert values(result) == [
        {"a": "no", "b": "2026-01-01", "c": "010", "d": 7}, None, {"k": 1}, {"l": {"k": 1}}, None, None, {"z": 1},
    ]  # fmt: skip
    assert problems(result) == {2: ".nan is no JSON value", 5: "a key is no text", 6: "the member 'k' stands twice"}
    assert result[1].content == b"{a: .nan}"


def test_aliases_of_aliases_do_not_fill_the_memory():
    lines = ["- &a0 {k: 1}", *(f"- &a{n} {{l: *a{n - 1}, r: *a{n - 1}}}" for n in range(1, 40)), "- {end: 1}"]
    result = read("\n".join(lines).encode(), "yaml")
    assert "values" in next(iter(problems(result).values()))
    assert result[-1].value == {"end": 1}


def test_text_that_is_no_yaml_ends_the_input_with_the_place():
    with pytest.raises(BrokenInput, match="line 3"):
        read(b"- {a: 1}\n- {a: \n]", "yaml")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.json", "json"), ("a.ndjson.gz", "ndjson"), ("A.JSONL", "ndjson"), ("a.csv.gzip", "csv"), ("a.tsv", "csv"),
        ("a.yml", "yaml"), ("a.log", None), ("gz", None), ("standard input", None),
    ],
)  # fmt: skip
def test_a_name_says_the_format(name, expected):
    assert format_of_name(name) == expected


def test_an_unnamed_format_is_seen_or_asked_for():
    assert values(read(b'\n [{"a":1}]')) == [{"a": 1}]
    assert values(read(b'{"a":1}\n{"b":2}\n')) == [{"a": 1}, {"b": 2}]
    assert values(read(b'{\n"a":1}\n{"b":2}\n')) == [{"a": 1}, {"b": 2}]
    with pytest.raises(BrokenInput, match="--input-format"):
        read(b"a,b\n1,2\n")


def unzip(content, size=7):
    return b"".join(_decompressed(iter([content[start : start + size] for start in range(0, len(content), size)])))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4), BLOCK_SIZES)
def test_gzip_of_several_members_and_padding_comes_back(members, size):
    assert unzip(b"".join(map(gzip.compress, members)) + b"\0" * 9, size) == b"".join(members)


def test_cut_and_damaged_gzip_is_told():
    content = gzip.compress(b"x" * 10_000)
    with pytest.raises(BrokenInput, match="ends too early"):
        unzip(content[:-9])
    with pytest.raises(BrokenInput, match="damaged"):
        unzip(content[:12] + b"\xff\xff\xff" + content[15:])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path, encoding):
    file = tmp_path / "a.ndjson"
    mark = "" if encoding.startswith("utf-8") else "\ufeff"
    file.write_bytes((mark + '{"a":"é"}\n').encode(encoding))
    (source,) = expand_inputs([str(file)])
    assert b"".join(InputBlocks(source)) == '{"a":"é"}\n'.encode()


def test_half_a_character_of_utf_16_is_told(tmp_path):
    (tmp_path / "a").write_bytes("\ufeff{}".encode("utf-16-le") + b"x")
    with pytest.raises(BrokenInput, match="UTF-16"):
        list(InputBlocks(Input("a", tmp_path / "a")))
