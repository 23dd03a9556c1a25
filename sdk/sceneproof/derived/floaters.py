"""Floaters: tiny pieces of surface that hang apart from the rest, as reconstructions leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._memo import derived
from .pieces import pieces
from .places import SHOWN, between, folded, pointers
from .welded import world_surface

if TYPE_CHECKING:
    from sceneproof.scene import Scene

AREA = 0.001  # of the whole area: a piece below it is tiny
EXTENT = 0.05  # of the whole extent


@derived
def floaters(scene: Scene) -> dict[str, Any]:
    """Pieces with less than 0.1 % of the drawn area and less than 5 % of the extent, largest area first.

    Small props of a built scene (screws, leaves, letters) are such pieces too: only the artist knows which are meant.

    Returns
    -------
    ``pieces``, ``count``, ``area_m2``, ``area_share`` of all floaters, and ``largest``: each with ``faces``,
    ``area_m2``, ``centre_m``, ``size_m``, ``pointer``, ``node``; ``more`` counts those not listed.
    """
    surface, found = world_surface(scene), pieces(scene)
    whole = float(found.areas.sum())
    tiny = (found.areas <= AREA * whole) & (found.sizes <= EXTENT * surface.extent)
    chosen = np.flatnonzero(tiny) if len(found.areas) > 1 else np.zeros(0, np.int64)
    chosen = chosen[np.lexsort((chosen, -found.areas[chosen]))]
    area = float(found.areas[chosen].sum())
    entries = [
        {
            "faces": int(found.faces[n]),
            "area_m2": float(found.areas[n]),
            **between(found.low[n], found.high[n]),
            **pointers(scene, int(surface.part[found.first[n]])),
        }
        for n in chosen[:SHOWN]
    ]
    share = area / whole if whole > 0 else 0.0
    return {"pieces": len(found.areas), "area_m2": area, "area_share": share, **folded(entries, len(chosen))}
