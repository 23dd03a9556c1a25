"""The survival bench: marks meshes, attacks the copies, reads them with file and key alone, and counts what lived.

`run` does it all for `Options`; the command is ``sceneproof bench watermark``. Every cell of the table (asset, attack,
amount, strength, method, trial) is written down as soon as it is measured, so that a run that ends goes on later.
"""

from __future__ import annotations

from ._options import Options
from ._run import Result, run

__all__ = ["Options", "Result", "run"]
