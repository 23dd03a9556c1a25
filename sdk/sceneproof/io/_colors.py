"""Display colours to linear light: most formats store what a screen shows (sRGB), a Scene what glTF stores.

Source: IEC 61966-2-1, section 5.2.
"""

from __future__ import annotations

import numpy as np

from sceneproof.scene import Array


def linear_of(display: Array) -> Array:
    """Linear 0..1 of display colours, float32, in any shape; what lies outside of 0..1 counts as its end."""
    held = np.clip(np.asarray(display, np.float64), 0.0, 1.0)
    found: Array = np.where(held <= 0.04045, held / 12.92, ((held + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return found


def linear(display: float) -> float:
    """The same of one channel, in double precision."""
    held = min(max(display, 0.0), 1.0)
    return float(held / 12.92 if held <= 0.04045 else ((held + 0.055) / 1.055) ** 2.4)
