"""What a renderer is told besides the results. Every renderer has ``text(results, shown)``, and takes what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sceneproof.findings import Severity

if TYPE_CHECKING:
    from ._pictures import Picture


@dataclass(frozen=True)
class Shown:
    """How results are shown.

    Attributes
    ----------
    lang : ``en``, ``zh`` or ``both``.
    gate : severity from which a fail counts (``--fail-on``), ``never``, or ``None`` where nothing gates.
    gate_reviews : whether a review counts like a fail.
    pictures : start pictures by the asset's URI.
    bom : whether a table begins with a byte order mark.
    """

    lang: str = "both"
    gate: str | None = None
    gate_reviews: bool = False
    pictures: Mapping[str, Sequence[Picture]] = field(default_factory=dict)
    bom: bool = False

    def gates(self, finding: Mapping[str, Any]) -> bool:
        """Whether a finding counts for the exit code."""
        order = [str(item) for item in Severity]
        verdicts = ("fail", "review") if self.gate_reviews else ("fail",)
        if finding["verdict"] not in verdicts or self.gate not in order or finding["severity"] not in order:
            return False
        return order.index(finding["severity"]) <= order.index(self.gate)


AS_IS = Shown()
