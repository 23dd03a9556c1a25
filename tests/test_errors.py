from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import errors
from sceneproof.errors import (
    InputError,
    LimitError,
    MarkError,
    MissingExtraError,
    SceneproofError,
    UsageError,
    nearest,
    unknown,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(UsageError, 2), (MissingExtraError, 2), (MarkError, 1), (InputError, 3), (LimitError, 3)],
)
def test_each_kind_has_its_exit_code_and_one_base(kind, code):
    error = kind("why")
    assert error.exit_code == code
    assert isinstance(error, SceneproofError)


def test_every_error_of_the_package_is_under_one_base():
    kinds = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, Exception)]
    assert all(issubclass(kind, SceneproofError) for kind in kinds)


def test_a_message_says_where_then_what():
    assert str(InputError("is empty")) == "<memory>: is empty"
    assert str(InputError("is empty", uri="a.glb")) == "a.glb: is empty"
    assert str(InputError("is empty", uri="a.glb", pointer="/meshes/0")) == "a.glb#/meshes/0: is empty"


def test_a_name_learnt_later_does_not_replace_one_that_is_known():
    assert InputError("x").at("a.glb").uri == "a.glb"
    assert InputError("x", uri="part.bin").at("a.glb").uri == "part.bin"
    moved = LimitError("x", pointer="/p").at("a.glb")
    assert (type(moved), moved.reason, moved.pointer) == (LimitError, "x", "/p")


@given(st.text(st.characters()), st.text(st.characters()), st.text(st.characters()))
def test_whatever_a_file_holds_the_message_is_one_printable_line(reason, uri, pointer):
    text = str(InputError(reason, uri=uri, pointer=pointer))
    assert len(text.splitlines()) == 1
    text.encode("utf-8")


@pytest.mark.parametrize("kind", [UsageError, MarkError])
def test_other_errors_are_one_line_too(kind):
    assert str(kind("a\nb\r\u2028c \ud800 文字　é")) == "a\\nb\\r\\u2028c \\ud800 文字　é"


def test_what_a_stranger_wrote_is_quoted_only_in_part():
    error = InputError("x" * 10_000, pointer="/" + "y" * 10_000)
    assert len(str(error)) < 1000
    assert str(error).endswith("…")


def test_errors_come_out_of_worker_processes_whole():
    error = pickle.loads(pickle.dumps(LimitError("too large", uri="a.glb", pointer="/nodes")))
    assert (type(error), str(error), error.pointer) == (LimitError, "a.glb#/nodes: too large", "/nodes")


@pytest.mark.parametrize(
    ("name", "found"), [("orign", "origin"), ("ROLE", "role"), ("ro_le", "role"), ("zzzz", None), ("", None)]
)
def test_the_nearest_name_is_guessed_only_when_it_is_near(name, found):
    assert nearest(name, ["origin", "role"]) == found


def test_an_unknown_name_brings_the_nearest_or_all_known_ones():
    assert str(unknown("field", "orign", ["role", "origin"], where="a.toml")) == (
        "a.toml: unknown field 'orign'; did you mean 'origin'?"
    )
    assert str(unknown("field", "zzzz", ["role", "origin"])) == "unknown field 'zzzz'; known: origin, role"
    assert "known: none" in str(unknown("field", "x", []))
