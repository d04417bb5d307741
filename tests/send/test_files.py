"""Files and their dead letters, the checkpoint, and the run that goes on where another ended."""

from __future__ import annotations

import gzip
import json
import os
import stat
from pathlib import Path

import pytest

from provisioner.errors import BadRequestFile, SendStopped, StateLocked
from provisioner.send import SendOptions
from provisioner.send.checkpoint import Checkpoint, SettledRecords, directory_lock
from provisioner.send.input_blocks import expand_inputs
from provisioner.send.line_file import LineFile
from provisioner.send.record_batch import RecordBatch
from provisioner.send.record_sources import FileSource
from provisioner.send.send_result import ChunkResult
from tests.send.conftest import orders

INGESTION = "POST */streams/*"


def run(shop, *names, directory, wait=False, input_format=None, **options):
    """A send of files into a directory of dead letters; its result."""
    sources = [FileSource(source, input_format) for source in expand_inputs([str(name) for name in names])]
    job = shop.project.send_job("Custom-Plain", sources, SendOptions(dead_letters=directory, **options))
    counter = shop.project.arrival_counter(job, shop.azure) if wait else None
    try:
        for _ in shop.project.send_to_files(job, shop.azure):
            pass
    except SendStopped as error:
        job.result.notes.append(str(error))
    if counter is not None:
        job.result.tables = counter.wait_for(job.result.tables, 10)
    return job.result


def dead_letters(result):
    return [json.loads(line) for line in result.dead_letters.read_text().splitlines()]


def test_several_files_of_several_formats_arrive_and_are_counted(shop, tmp_path):
    records = orders(40)
    shop.file("a.ndjson", records[:10])
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps(records[10:20], indent=2).encode()))
    lines = [",".join(records[0]), *(",".join(map(str, record.values())) for record in records[20:30])]
    (tmp_path / "c.csv").write_text("\n".join(lines))
    (tmp_path / "d.yaml").write_text(json.dumps(records[30:]))
    result = run(shop, str(tmp_path / "[a-c].*"), tmp_path / "d.yaml", directory=tmp_path / "dead", wait=True)
    assert (result.read, result.sent, result.dead_count, result.warnings.items()) == (40, 40, 0, [])
    assert [(table.expected, table.arrived) for table in result.tables] == [(40, 40)]
    assert result.ok
    assert [path.name for path in (tmp_path / "dead").iterdir()] == ["send.lock"]


def test_dead_records_are_kept_with_their_reason_for_their_owner_alone(shop, tmp_path):
    file = tmp_path / "a.ndjson"
    good = json.dumps(orders(1)[0]).encode()
    file.write_bytes(b"\n".join([b"{bad", good, b'{"a":"\xff"}', b"x" * (5 << 20), b"[1]", good]))
    result = run(shop, file, directory=tmp_path / "dead")
    assert (result.read, result.sent, result.dead_count, result.ok) == (6, 2, 4, False)
    letters = dead_letters(result)
    assert [letter["record"] for letter in letters] == [1, 3, 4, 5]
    assert letters[0]["content"] == "{bad"
    assert "base64" in letters[1]
    assert (tmp_path / "dead" / letters[2]["content_file"]).stat().st_size == 5 << 20
    assert letters[3]["content"] == "[1]"
    if os.name == "posix":
        assert stat.S_IMODE(result.dead_letters.stat().st_mode) == 0o600


def test_what_a_cut_file_holds_is_sent_and_the_cut_is_told(shop, tmp_path):
    content = gzip.compress("".join(f"{json.dumps(record)}\n" for record in orders(2000)).encode())
    (tmp_path / "a.ndjson.gz").write_bytes(content[:-200])
    result = run(shop, tmp_path / "a.ndjson.gz", directory=tmp_path / "dead")
    assert result.sent > 100
    assert result.sent + result.dead_count == result.read
    assert "ends too early" in result.failures[0]
    assert not result.ok


def test_a_file_that_grows_is_read_to_its_end_and_told(shop, tmp_path):
    file = shop.file("a.ndjson", orders(5000))
    (source,) = expand_inputs([str(file)])
    sources = [FileSource(source)]
    job = shop.project.send_job("Custom-Plain", sources, SendOptions(dead_letters=tmp_path / "dead", parallelism=1))
    records = sources[0].records

    def growing(columns, open_oversize):
        for record in records(columns, open_oversize):
            if isinstance(record, RecordBatch) and record.first == 1:
                with file.open("a") as more:
                    more.write(json.dumps(orders(1, first=7000)[0]) + "\n")
            yield record

    sources[0].records = growing
    list(shop.project.send_to_files(job, shop.azure))
    assert job.result.sent == 5001
    assert "grew while it was read" in job.result.notes[0]


def test_a_run_that_was_stopped_goes_on_where_it_was(shop, tmp_path):
    file = shop.file("a.ndjson", orders(20_000))
    directory = tmp_path / "dead"
    shop.monitor.inject_fault("error", match=INGESTION, status=403, code="OperationFailed")
    first = run(shop, file, directory=directory, grant_self=False, patience=0.2)
    # Nothing was taken: there is nothing to go on from, and the next run just begins.
    assert (first.sent, Checkpoint.unfinished(directory)) == (0, None)
    shop.monitor.clear_faults()
    job = shop.project.send_job(
        "Custom-Plain", [FileSource(expand_inputs([str(file)])[0])], SendOptions(dead_letters=directory, parallelism=1)
    )
    results = shop.project.send_to_files(job, shop.azure)
    sent = next(results).sent
    results.close()
    with pytest.raises(BadRequestFile, match="did not finish"):
        run(shop, file, directory=directory)
    second = run(shop, file, directory=directory, resume=True)
    assert second.skipped >= sent
    assert second.skipped + second.read == 20_000
    assert sorted({row["Id"] for row in shop.rows()}) == sorted({record["Id"] for record in orders(20_000)})
    assert len(shop.rows()) == 20_000
    with pytest.raises(BadRequestFile, match="nothing to resume"):
        run(shop, file, directory=directory, resume=True)


def test_a_restart_sends_everything_again(shop, tmp_path):
    file = shop.file("a.ndjson", orders(10))
    inputs = expand_inputs([str(file)])
    directory = tmp_path / "dead"
    directory.mkdir()
    Checkpoint.begin(directory, "Custom-Plain", inputs).close()
    assert run(shop, file, directory=directory, restart=True).sent == 10


@pytest.mark.parametrize("other", ["b.ndjson", "a.ndjson"])
def test_a_checkpoint_of_other_files_is_refused(shop, tmp_path, other):
    file = shop.file("a.ndjson", orders(10))
    directory = tmp_path / "dead"
    directory.mkdir()
    Checkpoint.begin(directory, "Custom-Plain", expand_inputs([str(file)])).close()
    changed = shop.file(other, orders(10, first=5))
    with pytest.raises(BadRequestFile, match="the run to resume"):
        run(shop, changed, directory=directory, resume=True)


def test_a_file_that_has_grown_since_may_be_gone_on_with(tmp_path):
    (tmp_path / "a").write_text("{}\n")
    inputs = expand_inputs([str(tmp_path / "a")])
    checkpoint = Checkpoint.begin(tmp_path, "s", inputs)
    checkpoint.record(0, ChunkResult("a", 1, 1, 1))
    checkpoint.close()
    (tmp_path / "a").write_text("{}\n{}\n")
    again = Checkpoint.resume(tmp_path, "s", inputs)
    assert [number in again.settled(0) for number in (1, 2)] == [True, False]
    again.close()


def test_a_torn_line_of_a_checkpoint_is_taken_off(tmp_path):
    (tmp_path / "a").write_text("{}\n")
    inputs = expand_inputs([str(tmp_path / "a")])
    checkpoint = Checkpoint.begin(tmp_path, "s", inputs)
    checkpoint.record(0, ChunkResult("a", 1, 5, 5))
    checkpoint.close()
    with (tmp_path / "checkpoint.ndjson").open("a") as file:
        file.write('{"source": 0, "fi')
    again = Checkpoint.resume(tmp_path, "s", inputs)
    again.record(0, ChunkResult("a", 6, 9, 4))
    again.close()
    last = Checkpoint.resume(tmp_path, "s", inputs)
    assert [number in last.settled(0) for number in (0, 1, 9, 10)] == [False, True, True, False]
    last.close()


def test_ranges_in_any_order_make_one_answer():
    settled = SettledRecords([(8, 9), (1, 3), (4, 5)])
    assert [number for number in range(12) if number in settled] == [1, 2, 3, 4, 5, 8, 9]


def test_two_runs_do_not_write_to_one_directory(tmp_path):
    with directory_lock(tmp_path), pytest.raises(StateLocked), directory_lock(tmp_path):
        pass


@pytest.mark.parametrize("there", ["file", "missing"])
def test_a_directory_that_cannot_be_written_is_told_before_anything_is_sent(shop, tmp_path, there):
    directory = tmp_path / "dead"
    directory.write_text("") if there == "file" else (tmp_path / "x").write_text("")
    directory = directory if there == "file" else tmp_path / "x" / "dead"
    with pytest.raises(BadRequestFile, match="cannot be written"):
        run(shop, shop.file("a.ndjson", orders(1)), directory=directory)
    assert shop.rows() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_with_the_file(tmp_path):
    file = LineFile(tmp_path / "lines")
    full = Path("/dev/full").open("ab", buffering=0)  # noqa: SIM115 - closed with the file it stands for
    file._file.close()
    file._file = full
    with pytest.raises(BadRequestFile, match="No space left"):
        file.append(b"{}\n")
    file.close()


@pytest.mark.parametrize(
    ("argument", "text"), [("nope.json", "is not there"), (".", "is a directory"), ("*.nope", "no file fits")]
)
def test_a_file_that_is_not_there_is_named(tmp_path, monkeypatch, argument, text):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadRequestFile, match=text):
        expand_inputs([argument])


def test_a_file_named_twice_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(BadRequestFile, match="twice"):
        expand_inputs(["a.json", "*.json"])
