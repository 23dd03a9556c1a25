"""Both paths of every kernel wrapper are tested: the compiled one and the NumPy one."""

from __future__ import annotations

import pytest

from sceneproof.kernels import components, duplicates, loops, neighbours, surface, topology


@pytest.fixture(params=["numpy", "compiled"])
def path(request, monkeypatch):
    """Force one of the two paths."""
    for module in (components, duplicates, loops, neighbours, surface, topology):
        monkeypatch.setattr(module, "compiled", lambda rows: request.param == "compiled")
    return request.param
