"""The whole way once with the real codec, from the command line: two small meshes, six attacks, one trial."""

from __future__ import annotations

import csv
import json

import jsonschema
import pytest

from sceneproof.cli import main
from sceneproof.report.schemas import schema
from tests.bench._fakes import install


@pytest.mark.slow
def test_the_smoke_run_reads_what_it_marked(tmp_path, capfd):
    assert main(["bench", "watermark", "--smoke", "--output", str(tmp_path)]) == 0
    printed = capfd.readouterr()
    assert "12 of 12 cells to measure" in printed.err
    assert str(tmp_path / "table.csv") in printed.out.splitlines()
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    exact = {(row["asset"], row["attack"]) for row in rows if row["exact"] == "True"}
    # a sheet without volume has no frame of its own, so that a similarity need not be survived there
    for attack in ("file-reorder", "soup", "noise", "quantise", "crop"):
        assert ("made:bumpy-sphere-small", attack) in exact
        assert ("made:cloth-small", attack) in exact
    assert ("made:bumpy-sphere-small", "similarity") in exact
    assert not any(row["false_payload"] == "True" for row in rows)
    for row in rows:
        assert float(row["log10_p"]) < -9 or row["exact"] == "False"
        assert float(row["seconds_detect"]) > 0


def test_the_json_of_the_command_fits_its_schema(tmp_path, monkeypatch, capfd):
    install(monkeypatch)
    command = ["bench", "watermark", "--smoke", "--baseline", "--strength", "Q,R", "--output", str(tmp_path)]
    assert main([*command, "--format", "json"]) == 0
    printed = json.loads(capfd.readouterr().out)
    jsonschema.Draft202012Validator(schema("sceneproof.bench/1")).validate(printed)
    assert printed["cells"]["measured"] == 48
    assert {(rate["strength"], rate["method"]) for rate in printed["rates"]} == {
        (strength, method) for strength in "QR" for method in ("blind", "cho-2007")
    }
    assert all(rate["rate"] == 1.0 for rate in printed["rates"] if rate["method"] == "blind")


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    assert main(["bench", "watermark", "--output", str(tmp_path)]) == 2
    assert "nothing to measure" in capsys.readouterr().err
    assert main(["bench", "watermark", "--smoke", "--output", str(tmp_path), "--attack", "nose"]) == 2
    assert "did you mean 'noise'" in capsys.readouterr().err
