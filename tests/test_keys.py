"""Key files: made for the owner only, read strictly, never shown."""

from __future__ import annotations

import base64
import os
import stat
import sys

import pytest

from sceneproof import keys
from sceneproof.errors import UsageError
from sceneproof.keys import Key


def test_a_made_key_loads_and_is_for_its_owner_only(tmp_path):
    made = keys.generate(tmp_path / "studio.key")
    loaded = keys.load(tmp_path / "studio.key")
    assert loaded == made
    assert len(made.secret) == keys.SIZE
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "studio.key").stat().st_mode) == 0o600


def test_two_keys_differ_and_so_do_their_ids(tmp_path):
    one, two = keys.generate(tmp_path / "1"), keys.generate(tmp_path / "2")
    assert one.secret != two.secret
    assert one.id != two.id


def test_the_id_is_that_of_the_secret_and_holds_none_of_it():
    assert Key(bytes(32)).id == Key(bytes(32), "elsewhere").id
    assert Key(b"\xab" * 32).id not in (b"\xab" * 32).hex()


def test_neither_repr_nor_str_shows_the_secret():
    secret = os.urandom(32)
    shown = f"{Key(secret)!r} {Key(secret)!s}"
    assert secret.hex() not in shown
    assert repr(secret) not in shown


def test_an_existing_key_is_never_lost_unasked(tmp_path):
    path = tmp_path / "studio.key"
    first = keys.generate(path)
    with pytest.raises(UsageError, match="exists"):
        keys.generate(path)
    assert keys.load(path) == first
    assert keys.generate(path, overwrite=True) != first


def test_a_key_that_cannot_be_written_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        keys.generate(tmp_path / "none" / "x.key")
    with pytest.raises(UsageError, match="cannot be written"):
        keys.generate(tmp_path, overwrite=True)


def test_bytes_and_keys_are_keys_and_short_ones_are_refused():
    key = Key(bytes(16))
    assert keys.load(key) is key
    assert keys.load(bytes(16)) == key
    with pytest.raises(UsageError, match="15 bytes is too short"):
        keys.load(bytes(15))


@pytest.mark.parametrize(
    "text",
    [
        "not toml =",
        "",
        'schema = "sceneproof.key/2"\nsecret = "AAAA"',
        'schema = "sceneproof.key/1"',
        'schema = "sceneproof.key/1"\nsecret = "not base64!"',
        'schema = "sceneproof.key/1"\nsecret = "AAAA"',
    ],
)
def test_a_file_that_is_no_key_is_named_without_its_content(tmp_path, text):
    path = tmp_path / "x.key"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        keys.load(path)
    assert str(path) in str(caught.value)
    assert "AAAA" not in str(caught.value)


def test_a_missing_key_names_the_nearest_file(tmp_path):
    keys.generate(tmp_path / "studio.key")
    with pytest.raises(UsageError, match=r"did you mean 'studio\.key'"):
        keys.load(tmp_path / "studo.key")
    with pytest.raises(UsageError, match="keygen"):
        keys.load(tmp_path / "none" / "x")


def test_a_ring_is_one_key_or_several(tmp_path):
    made = keys.generate(tmp_path / "a")
    assert keys.ring(None) == ()
    assert keys.ring(str(tmp_path / "a")) == (made,)
    assert keys.ring([tmp_path / "a", bytes(16)]) == (made, Key(bytes(16)))


def test_the_file_holds_the_secret_as_base64(tmp_path):
    made = keys.generate(tmp_path / "a")
    assert base64.b64encode(made.secret).decode() in (tmp_path / "a").read_text()
