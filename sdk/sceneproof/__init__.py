"""Audit, mark and verify 3D scenes, reconstructions and digital humans.

>>> import sceneproof as sp
>>> report = sp.audit("scene.glb")          # doctest: +SKIP
>>> receipt = sp.mark("scene.glb", "marked.glb", key="studio.key")  # doctest: +SKIP
>>> sp.verify("marked.glb", key="studio.key")["watermark"]["found"]  # doctest: +SKIP
True

Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from ._audit import audit
    from ._explain import explain
    from ._mark import mark
    from ._survive import survive
    from ._verify import verify
    from .declaration import Declaration
    from .errors import InputError, LimitError, MarkError, MissingExtraError, SceneproofError, UsageError
    from .findings import Finding, Receipt, Report, Severity, Signal, Survival, Verdict, Verification
    from .io import load
    from .scene import Scene

_HOMES = {
    "audit": "_audit",
    "explain": "_explain",
    "mark": "_mark",
    "survive": "_survive",
    "verify": "_verify",
    "load": "io",
    "Declaration": "declaration",
    "Scene": "scene",
    "Finding": "findings",
    "Receipt": "findings",
    "Report": "findings",
    "Severity": "findings",
    "Signal": "findings",
    "Survival": "findings",
    "Verdict": "findings",
    "Verification": "findings",
    "SceneproofError": "errors",
    "UsageError": "errors",
    "InputError": "errors",
    "LimitError": "errors",
    "MarkError": "errors",
    "MissingExtraError": "errors",
}

__all__ = [
    "Declaration",
    "Finding",
    "InputError",
    "LimitError",
    "MarkError",
    "MissingExtraError",
    "Receipt",
    "Report",
    "Scene",
    "SceneproofError",
    "Severity",
    "Signal",
    "Survival",
    "UsageError",
    "Verdict",
    "Verification",
    "__version__",
    "audit",
    "explain",
    "load",
    "mark",
    "survive",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sceneproof' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
