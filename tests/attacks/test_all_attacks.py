"""What holds for every attack: what its file says, one result for a seed, no matter the unit of length."""

from __future__ import annotations

import numpy as np
import pytest

import sceneproof as sp
from sceneproof import attacks, registry
from sceneproof.attacks import AttackError, Geometry
from sceneproof.errors import UsageError

from ._shapes import ball, dome

COARSE = {
    "remesh-sdf": ("32",),
    "remesh-poisson": ("5",),
    "remesh-isotropic": ("5",),
}  # their own amounts take seconds
SURFACE = [
    (name, amount) for name in attacks.names("surface") for amount in COARSE.get(name, attacks.module(name).AMOUNTS)
]


@pytest.fixture(autouse=True)
def _coarse_chain(monkeypatch):
    """Chain C on a grid that takes no seconds; its own is looked at in a test of its own."""
    chain = attacks.module("chain-c")
    monkeypatch.setattr(chain, "STEPS", (("remesh-sdf", "32"), *chain.STEPS[1:]))


@pytest.fixture(autouse=True)
def _open3d():
    pytest.importorskip("open3d", reason="Open3D does not load here", exc_type=ImportError)


@pytest.mark.parametrize("name", attacks.names())
def test_a_file_says_id_kind_amounts_and_a_summary_in_both_languages(name):
    module = attacks.module(name)
    assert name == module.ID
    assert module.KIND in {"surface", "splats", "scene"}
    assert module.AMOUNTS
    assert len(set(module.AMOUNTS)) == len(module.AMOUNTS)
    assert all(isinstance(amount, str) for amount in module.AMOUNTS)
    assert set(module.SUMMARY) == {"en", "zh"}
    assert any("\u4e00" <= c <= "\u9fff" for c in module.SUMMARY["zh"])


@pytest.mark.parametrize("name", attacks.names())
def test_every_attack_has_a_page_with_definition_and_limits(name):
    page = sp.explain(name)
    assert page.startswith(f"{name} (attack on a ")
    for section in ("What it models:", "Definition:"):
        assert section in page


def test_no_attack_takes_the_id_of_another_part():
    others = {stem for kind in ("signals", "rules", "marks") for stem in registry.stems(kind)}
    assert not others & set(registry.stems("attacks"))


@pytest.mark.parametrize(("name", "amount"), SURFACE)
def test_a_seed_gives_one_result_in_every_unit_of_length(name, amount):
    shape = ball(18)
    first = attacks.run(name, shape, amount, 5)
    again = attacks.run(name, shape, amount, 5)
    large = attacks.run(name, Geometry(shape.positions * 1024.0, shape.faces), amount, 5)
    np.testing.assert_array_equal(first.positions, again.positions)
    np.testing.assert_array_equal(first.faces, again.faces)
    np.testing.assert_array_equal(first.faces, large.faces)
    np.testing.assert_allclose(first.positions * 1024.0, large.positions, rtol=0, atol=1e-9 * 1024.0)
    assert np.isfinite(first.positions).all()
    assert len(first.faces)


@pytest.mark.parametrize(("name", "amount"), SURFACE)
def test_an_open_surface_is_attacked_too(name, amount):
    after = attacks.run(name, dome(14), amount, 3)
    assert len(after.faces)
    assert np.isfinite(after.positions).all()


@pytest.mark.parametrize(("name", "amount"), list(dict(SURFACE).items()))
def test_the_subject_is_left_alone(name, amount):
    shape = ball(10)
    positions, faces = shape.positions.copy(), shape.faces.copy()
    attacks.run(name, shape, amount, 1)
    np.testing.assert_array_equal(shape.positions, positions)
    np.testing.assert_array_equal(shape.faces, faces)


@pytest.mark.parametrize("name", [n for n in attacks.names("surface") if getattr(attacks.module(n), "WELDS", True)])
@pytest.mark.parametrize(
    "empty",
    [
        Geometry(np.zeros((0, 3)), np.zeros((0, 3), np.int64)),
        Geometry(np.ones((3, 3)), np.array([[0, 1, 2]])),
        Geometry(np.array([[0.0, 0, 0], [1, 0, 0], [0, np.nan, 0]]), np.array([[0, 1, 2]])),
    ],
    ids=["empty", "one place", "NaN"],
)
def test_what_has_no_surface_is_refused_in_one_line(name, empty):
    with pytest.raises(AttackError) as caught:
        attacks.run(name, empty, "", 0)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [n for n in attacks.names("surface") if attacks.module(n).AMOUNTS != ("",)])
def test_an_amount_that_means_nothing_is_refused(name):
    with pytest.raises(AttackError, match=f"{name}|crop|simplify"):
        attacks.run(name, ball(6), "plenty", 0)


def test_an_unknown_attack_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'laplacian'"):
        attacks.run("laplacean", ball(4))


def test_an_attack_on_another_kind_of_subject_is_refused():
    with pytest.raises(AttackError, match="is for surface, not for a Parts"):
        attacks.run("noise", attacks.Parts(()), "1")


def test_a_chain_is_its_steps_with_one_generator():
    shape = ball(12)
    rng = np.random.default_rng(9)
    one = attacks.chain([("noise", "0.1"), ("crop", "30")])(shape, rng)
    rng = np.random.default_rng(9)
    two = attacks.chain([("crop", "30")])(attacks.chain([("noise", "0.1")])(shape, rng), rng)
    np.testing.assert_array_equal(one.positions, two.positions)
    assert not np.array_equal(one.positions, attacks.run("crop", shape, "30", 9).positions)


def test_chain_c_has_the_grid_of_the_protocol():
    text = attacks.module("chain-c").__doc__ or ""
    assert text.startswith("Chain C: SDF 200, simplify 80, similarity, 10 bit.")


def test_a_face_that_names_no_vertex_is_refused():
    with pytest.raises(AttackError, match="a face names vertex 3"):
        Geometry(np.zeros((3, 3)), np.array([[0, 1, 3]]))
