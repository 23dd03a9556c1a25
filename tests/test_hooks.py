"""The hook for pre-commit and the action for GitHub call options that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sceneproof.cli import _parsed
from sceneproof.io import extensions

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / ".pre-commit-hooks.yaml"
ACTION = ROOT / "action.yml"


def field(path: Path, name: str) -> str:
    """The text of the one plain field of that name (neither file has need of more of YAML)."""
    (found,) = re.findall(rf"^[ -]*{name}: (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return found


def test_the_hook_calls_the_audit_as_it_is():
    program, *arguments = shlex.split(field(HOOKS, "entry"))
    assert program == "sceneproof"
    assert _parsed([*arguments, "a.glb", "b.gltf"]).verb == "audit"


@pytest.mark.parametrize("name", ["a.glb", "sub/b.gltf", "c.VRM", "d.ply"])
def test_the_hook_takes_assets(name):
    assert re.search(field(HOOKS, "files"), name)


def test_the_hook_takes_only_what_is_read():
    endings = re.search(r"\(([^?].*)\)\$", field(HOOKS, "files")).group(1).split("|")
    assert {f".{ending}" for ending in endings} <= set(extensions())
    assert not re.search(field(HOOKS, "files"), "notes.txt")


def test_the_action_calls_the_audit_with_its_inputs():
    text = ACTION.read_text("utf-8")
    commands = re.findall(r"^ +run: (sceneproof .+)$", text, re.MULTILINE)
    values = {
        "SCENEPROOF_PATHS": "a.glb b.glb",
        "SCENEPROOF_FORMAT": "github",
        "SCENEPROOF_ARGUMENTS": "--fail-on never",
    }
    (command,) = commands
    filled = re.sub(r"\$(\w+)", lambda found: values[found.group(1)], command)
    parsed = _parsed(shlex.split(filled)[1:])
    assert (parsed.verb, parsed.format, parsed.paths, parsed.fail_on) == (
        "audit",
        "github",
        ["a.glb", "b.glb"],
        "never",
    )
    used = set(re.findall(r"inputs\.(\w+)", text))
    assert used == {"paths", "format", "arguments"}
    assert all(re.search(rf"^  {name}:$", text, re.MULTILINE) for name in used)
