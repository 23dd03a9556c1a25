from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from unittest.mock import patch

import pytest

from sceneproof import registry
from sceneproof.errors import UsageError


@pytest.fixture(autouse=True)
def _forget():
    """Each test discovers anew, and leaves no part behind."""
    registry._modules.cache_clear()
    yield
    registry._modules.cache_clear()
    for name in [name for name in sys.modules if name.startswith("sceneproof_local_")]:
        del sys.modules[name]


def write(folder: Path, name: str, text: str = "ID = 'X'\n") -> None:
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("identifier", "stem"), [("DS-16.1", "ds_16_1"), ("edge-regularity", "edge_regularity"), ("A-14b", "a_14b")]
)
def test_an_id_is_a_file_name_with_dashes(identifier, stem):
    assert registry.slug(identifier) == stem


@pytest.mark.parametrize("kind", ["signals", "rules", "report"])
def test_parts_are_the_public_files_sub_folders_included(kind):
    root = Path(registry.__file__).parent / kind
    public = {
        path.stem
        for path in root.rglob("*.py")
        if not any(step.startswith("_") for step in path.relative_to(root).parts)
        and all((above / "__init__.py").is_file() for above in path.parents if above.is_relative_to(root))
    }
    assert public
    assert set(registry.stems(kind)) == public


def test_a_folder_with_a_file_of_its_own_name_is_one_part():
    assert {"label", "metadata", "watermark"} <= set(registry.stems("marks"))
    assert "read" not in registry.stems("marks")
    assert registry.module("marks", "label").__name__ == "sceneproof.marks.label.label"


def test_listing_imports_nothing():
    before = {name for name in sys.modules if name.startswith("sceneproof.rules.")}
    assert registry.stems("rules")
    assert {name for name in sys.modules if name.startswith("sceneproof.rules.")} == before


def test_every_rule_says_the_id_that_its_file_is_named_for():
    for found in registry.modules("rules"):
        assert registry.slug(found.ID) == found.__name__.rpartition(".")[2]


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UsageError, match=r"unknown signal 'texel.densty'; did you mean 'texel-density'"):
        registry.module("signals", "texel.densty")


def test_entry_points_add_parts_under_their_ids():
    points = [EntryPoint("XX-1.2", "json", "sceneproof.rules"), EntryPoint("xx-2", "json:loads", "sceneproof.rules")]
    with patch.object(registry, "entry_points", lambda group: points if group == "sceneproof.rules" else []):
        assert "xx_1_2" in registry.stems("rules")
        assert registry.module("rules", "XX-1.2").__name__ == "json"
        assert registry.module("rules", "xx-2").__name__ == "json"


def test_entry_points_do_not_replace_what_is_there():
    stem = registry.stems("rules")[0]
    registry._modules.cache_clear()
    with patch.object(registry, "entry_points", lambda group: [EntryPoint(stem, "json", group)]):
        assert registry.module("rules", stem).__name__ != "json"


def test_a_folder_that_the_user_names_adds_its_public_files(tmp_path):
    write(tmp_path, "own_rule.py")
    write(tmp_path, "_helper.py", "raise RuntimeError")
    assert registry.add_folder("rules", tmp_path) == ("own_rule",)
    assert registry.module("rules", "own-rule").ID == "X"


def test_a_taken_id_is_refused_before_its_code_runs(tmp_path):
    stem = registry.stems("rules")[0]
    write(tmp_path, f"{stem}.py", f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(UsageError, match="is taken"):
        registry.add_folder("rules", tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", ["def broken(:", "import no_such_module_at_all", "1 / 0"])
def test_a_part_that_does_not_load_is_a_usage_error_in_one_line(text, tmp_path):
    write(tmp_path, "own_rule.py", text)
    with pytest.raises(UsageError, match=r"own_rule\.py: does not load") as caught:
        registry.add_folder("rules", tmp_path)
    assert "\n" not in str(caught.value)
    assert "own_rule" not in registry.stems("rules")


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        registry.add_folder("rules", tmp_path / "none")
