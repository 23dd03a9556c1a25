"""Several assets at a time through the command line: the same records, the same files, the same exit code."""

from __future__ import annotations

import json

import pytest

from tests._marked import bytes_of, low, marked_low
from tests.cli._run import DECLARED, Runner
from tests.makers.hostile import FILES


@pytest.fixture
def cli(capfd) -> Runner:
    return Runner(capfd)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.glb").write_bytes(low())
    (tmp_path / "in" / "bad.glb").write_bytes(FILES["node_cycle"]())
    (tmp_path / "in" / "marked.glb").write_bytes(bytes_of(marked_low()))
    (tmp_path / "in" / "sub" / "a.glb").write_bytes(low())
    return tmp_path


def lines(ran):
    """The records without what changes from run to run, as JSON, sorted."""
    return sorted(json.dumps(without(record), ensure_ascii=False) for record in ran.lines)


def without(record):
    return {name: value for name, value in record.items() if name not in ("seconds", "time_utc")}


@pytest.mark.parametrize("verb", ["audit", "verify", "inspect"])
def test_json_lines_of_two_processes_are_those_of_one(cli, folder, verb):
    alone = cli(verb, "in", "--format", "json")
    together = cli(verb, "in", "--format", "json", "--jobs", 2)
    assert lines(together) == lines(alone)
    assert len(lines(alone)) == 4
    assert together.code == alone.code == 3
    assert sorted(together.err.splitlines()) == sorted(alone.err.splitlines())


def test_marking_in_two_processes_writes_the_same_files_and_receipts(cli, folder):
    for name, jobs in (("one", 1), ("two", "auto")):
        ran = cli(
            "mark", "in", "--output", f"{name}/", "--receipt", f"{name}.jsonl", "--marks", "metadata,label",
            "--jobs", jobs, *DECLARED,
        )  # fmt: skip
        assert ran.code == 3
        assert ran.out.count("in/bad.glb") >= 1
    written = {path.relative_to(folder / "one") for path in (folder / "one").rglob("*") if path.is_file()}
    assert {path.as_posix() for path in written} == {"a.glb", "marked.glb", "sub/a.glb"}
    for path in written:
        assert (folder / "two" / path).read_bytes() == (folder / "one" / path).read_bytes()
    assert {path for path in (folder / "two").rglob("*") if path.is_file()} == {
        folder / "two" / path for path in written
    }
    one, two = ((folder / f"{name}.jsonl").read_text("utf-8").replace("two/", "one/") for name in ("one", "two"))
    stated = [[without(json.loads(line)) for line in text.splitlines()] for text in (one, two)]
    assert stated[0] == stated[1]
    assert [entry["asset"]["before"]["uri"] for entry in stated[0]] == [
        "in/a.glb", "in/bad.glb", "in/marked.glb", "in/sub/a.glb",
    ]  # fmt: skip


def test_the_console_and_every_document_keep_the_order_of_the_inputs(cli, folder):
    for form in ("console", "csv", "sarif"):
        alone = cli("audit", "in", "--format", form, "--lang", "en", "--depth", "cheap")
        together = cli("audit", "in", "--format", form, "--lang", "en", "--depth", "cheap", "--jobs", 2)
        assert together.code == alone.code == 3
        if form != "console":  # which shows the time that it took
            assert together.out == alone.out
        assert together.out.index("in/bad.glb") < together.out.index("in/sub/a.glb")


def test_the_pictures_of_a_page_come_from_the_processes(cli, folder):
    ran = cli("audit", "in/a.glb", "in/marked.glb", "--format", "html", "--jobs", 2)
    assert ran.code == 0
    assert ran.out.count("data:image/png;base64,") >= 2


def test_two_inputs_are_never_written_to_one_file(cli, folder):
    (folder / "in" / "link.glb").symlink_to(folder / "in" / "a.glb")
    ran = cli("mark", "in/a.glb", "in/link.glb", "--in-place", "--jobs", 2, *DECLARED)
    assert (ran.code, ran.out) == (2, "")
    assert "in/a.glb and in/link.glb would both be written to" in ran.err
    assert (folder / "in" / "a.glb").read_bytes() == low()


@pytest.mark.parametrize("jobs", ["-1", "two", "1.5", ""])
def test_a_number_of_jobs_that_is_none_is_wrong_usage(cli, folder, jobs):
    ran = cli("audit", "in", f"--jobs={jobs}")
    assert ran.code == 2
    assert "a number of processes, or auto" in ran.err
