"""A run: every cell once, resumed where it ended, in one process or two, and what its files hold."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from sceneproof.bench import Options, run
from sceneproof.bench._cells import Store
from sceneproof.bench._copy_types import payload_of
from sceneproof.errors import UsageError
from tests.bench._fakes import install

ATTACKS = ("noise:0.1", "soup", "crop:50")


def options(tmp_path, **changes) -> Options:
    fields = {"output": tmp_path / "out", "sets": ("smoke",), "attacks": ATTACKS, "trials": 2}
    return Options(**(fields | changes))


def table(result, name="table.csv"):
    path = next(path for path in result.files if path.name == name)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_measures_every_cell_once_and_a_second_one_nothing(tmp_path, monkeypatch):
    fake = install(monkeypatch)
    first = run(options(tmp_path))
    assert (first.measured, first.left, first.faults) == (12, 0, 0)  # 2 assets, 3 attacks, 2 trials
    assert (fake.embedded, fake.detected) == (4, 12)
    again = run(options(tmp_path))
    assert (again.measured, again.left) == (0, 0)
    assert (fake.embedded, fake.detected) == (4, 12)
    assert table(again) == table(first)
    assert {row["exact"] for row in table(again)} == {"True"}


def test_a_further_trial_or_attack_measures_only_what_is_new(tmp_path, monkeypatch):
    fake = install(monkeypatch)
    run(options(tmp_path, trials=1))
    result = run(options(tmp_path, trials=2, attacks=(*ATTACKS, "seams")))
    assert result.measured == 2 * (1 + 4)
    assert fake.embedded == 4  # the copies of the first trial are kept


def test_a_line_cut_off_by_a_kill_is_measured_again(tmp_path, monkeypatch):
    install(monkeypatch)
    run(options(tmp_path))
    path = sorted((tmp_path / "out" / "cells").iterdir())[0]
    path.write_bytes(path.read_bytes()[:-30])
    result = run(options(tmp_path))
    assert (result.measured, len(result.rows)) == (1, 12)
    assert run(options(tmp_path)).measured == 0


def test_a_time_limit_ends_between_cells_and_the_next_run_goes_on(tmp_path, monkeypatch):
    fake = install(monkeypatch)
    clock = iter(range(10_000))
    monkeypatch.setattr("time.time", lambda: float(next(clock)))
    short = run(options(tmp_path, seconds=8.0))
    assert 0 < short.measured < 12
    assert short.left == 12 - short.measured
    assert fake.detected == short.measured
    assert len(run(options(tmp_path)).rows) == 12
    assert fake.detected == 12


def test_cells_of_other_codec_sources_do_not_count_unless_asked_for(tmp_path, monkeypatch):
    fake = install(monkeypatch)
    run(options(tmp_path))
    for path in (tmp_path / "out" / "cells").iterdir():
        rows = [json.loads(line) | {"code": "older"} for line in path.read_text("utf-8").splitlines()]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    kept = run(options(tmp_path, other_code=True))
    assert (kept.measured, kept.other) == (0, 0)
    fresh = run(options(tmp_path))
    assert (fresh.measured, fresh.other) == (12, 0)  # all of the older ones are measured anew
    assert fake.detected == 24


def test_what_is_refused_is_written_down_with_the_reason_and_not_attacked(tmp_path, monkeypatch):
    fake = install(monkeypatch, refuse=True)
    result = run(options(tmp_path))
    assert fake.detected == 0
    assert {(row["exact"], row["refused"]) for row in table(result)} == {("False", "too coarse")}
    assert "made:cloth-small, Q: too coarse" in (tmp_path / "out" / "summary.md").read_text("utf-8")


def test_a_payload_that_is_not_the_one_put_in_is_no_success(tmp_path, monkeypatch):
    install(monkeypatch)
    monkeypatch.setattr("sceneproof.bench._measure.payload_of", lambda trial, bits: bytes(bits // 8))
    result = run(options(tmp_path, trials=1))
    read = np.unpackbits(np.frombuffer(payload_of(0, 64), np.uint8))
    for row in table(result):
        assert (row["exact"], row["found"], row["false_payload"]) == ("False", "True", "True")
        assert float(row["bit_accuracy"]) == pytest.approx(1 - read.mean())
    assert "not the one put in: 6" in (tmp_path / "out" / "summary.md").read_text("utf-8")


def test_the_attack_is_what_is_read(tmp_path, monkeypatch):
    install(monkeypatch, reads=lambda positions: len(positions) > 5000)
    result = run(options(tmp_path, trials=1))
    by_attack = {(row["attack"], row["asset"]): row["exact"] for row in table(result)}
    assert by_attack["crop", "made:cloth-small"] == "False"  # half of 5,184 vertices is left
    assert by_attack["noise", "made:cloth-small"] == "True"


def test_a_fault_is_told_and_tried_again(tmp_path, monkeypatch, capsys):
    fake = install(monkeypatch)

    def broken(*_, **__):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("sceneproof.marks.watermark.codec.detect", broken)
    result = run(options(tmp_path, trials=1))
    assert (result.measured, result.faults) == (0, 6)
    assert "ZeroDivisionError: of ours" in capsys.readouterr().err
    monkeypatch.setattr("sceneproof.marks.watermark.codec.detect", fake.detect)
    assert run(options(tmp_path, trials=1)).measured == 6


def test_a_release_takes_more_trials_where_a_rate_is_near_its_target(tmp_path, monkeypatch):
    install(monkeypatch, reads=lambda positions: len(positions) > 5000)  # half of what is cut is not read
    monkeypatch.setattr("sceneproof.bench._run.classes", lambda asset: frozenset({"dense"}))
    cells = ("crop:70", "crop:50", "noise:0.1")
    result = run(options(tmp_path, attacks=cells, release=True, trials=1))
    trials: dict[tuple[str, str], set[int]] = {}
    for row in result.rows:
        if row["method"] == "blind" and row["strength"] == "Q":
            trials.setdefault((row["attack"], row["amount"]), set()).add(row["trial"])
    counts = {key: len(found) for key, found in trials.items()}
    # 50 % aimed at and 0 read; 95 % aimed at and 0 read; 100 % aimed at and all read
    assert counts == {("crop", "70"): 1, ("crop", "50"): 1, ("noise", "0.1"): 1}
    install(monkeypatch, reads=lambda positions: len(positions) > 1600)  # 30 % of the larger mesh alone
    result = run(options(tmp_path, output=tmp_path / "near", attacks=cells, release=True, trials=1))
    seen = {row["trial"] for row in result.rows if (row["amount"], row["strength"]) == ("70", "Q")}
    assert seen == set(range(20))  # 50 % aimed at, one of two read
    assert {row["strength"] for row in result.rows} == {"Q", "R"}
    assert {row["method"] for row in result.rows} == {"blind", "assisted", "cho-2007"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sets": ()}, "nothing to measure"),
        ({"strengths": ("X",)}, "unknown strength"),
        ({"effort": "hard"}, "unknown effort"),
        ({"sets": ("mad",)}, "did you mean 'made'"),
        ({"trials": 0}, "at least 1"),
        ({"seconds": 0.0}, "more than 0"),
        ({"attacks": ("nose",)}, "did you mean 'noise'"),
    ],
)
def test_what_cannot_be_asked_for_is_an_error_before_any_work(tmp_path, changes, message):
    with pytest.raises(UsageError, match=message):
        run(options(tmp_path, **changes))


def test_the_real_set_needs_its_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("SCENEPROOF_DATA", raising=False)
    with pytest.raises(UsageError, match="SCENEPROOF_DATA"):
        run(options(tmp_path, sets=("real",)))


def test_rows_of_a_store_survive_a_line_of_nonsense(tmp_path):
    store = Store(tmp_path)
    store.folder.mkdir()
    (store.folder / "x.jsonl").write_text('{"attack": 1}\nnot json\n[]\n', "utf-8")
    assert store.rows() == []
