"""Ctrl-C ends the run with one line, also where a compiled kernel turns it into another error."""

from __future__ import annotations

import pytest

from sceneproof import _inspect


def in_a_kernel(*_):
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as stop:
        raise SystemError("CPUDispatcher(<function f>) returned a result with an exception set") from stop


def plainly(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("stop", [in_a_kernel, plainly])
def test_an_interrupt_is_one_line_and_exit_code_130(cli, work, monkeypatch, stop):
    monkeypatch.setattr(_inspect, "inspect", stop)
    ran = cli("inspect", "low.glb", "marked.glb")
    assert (ran.code, ran.out, ran.err) == (130, "", "sceneproof: interrupted\n")


def test_an_interrupt_outside_the_assets_is_one_too(cli, work, monkeypatch):
    monkeypatch.setattr("sceneproof._warmup.warmup", in_a_kernel)
    ran = cli("warmup")
    assert (ran.code, ran.err) == (130, "sceneproof: interrupted\n")


def test_another_system_error_is_that_asset_s_record(cli, work, monkeypatch):
    def broken(*_):
        raise SystemError("bad call")

    monkeypatch.setattr(_inspect, "inspect", broken)
    ran = cli("inspect", "low.glb", "--format", "json")
    assert ran.code == 3
    assert "SystemError: bad call" in ran.json["error"]["message"]


def test_the_help_names_exit_130_and_json_lines(cli):
    assert "130" in cli("--help").out
    for verb in ("audit", "mark", "verify", "inspect"):
        assert "JSON Lines when there are several inputs" in " ".join(cli(verb, "--help").out.split())
