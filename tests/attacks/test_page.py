"""The page of all attacks says what their files say."""

from __future__ import annotations

import pytest

from sceneproof import attacks


@pytest.mark.parametrize("name", attacks.names())
def test_the_table_has_id_kind_and_amounts(name, pytestconfig):
    page = (pytestconfig.rootpath / "docs" / "attacks.md").read_text(encoding="utf-8")
    module = attacks.module(name)
    amounts = ", ".join(amount for amount in module.AMOUNTS if amount) or "–"
    assert f"| `{name}` | {module.KIND} | {amounts} |" in page


def test_the_table_has_no_other_rows(pytestconfig):
    page = (pytestconfig.rootpath / "docs" / "attacks.md").read_text(encoding="utf-8")
    assert sum(line.startswith("| `") for line in page.splitlines()) == len(attacks.names())
