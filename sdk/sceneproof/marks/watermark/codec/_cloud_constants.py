"""Constants of the carriers in clouds, scheme cloud-qim/1. Writer and reader must agree on all of them."""

from __future__ import annotations

CLOUD_METHOD = "cloud-qim/1"
REACH = 1.1  # of the bump, in cells
CELLS = 400.0  # cells that hold the weight at the writer's cell size
LADDER = 24  # exponents below the extent that are looked at
FEWEST_IN_BUMP = 12  # points, below which a cell bears nothing
WAVES = 2  # per cell
WAVELENGTHS = (0.6, 1.2)  # of the carrier, in cells
ACROSS = 0.1  # diversity of directions: 0 would follow the points' own spread alone
SHARE_READ, SHARE_WRITE = 0.08, 0.10  # least part of a bump's weight that a wave's square has once trends are out
LOSS = 0.5  # variance that thinning adds, in parts of the variance that a sample of so many points has
FAINT = 0.10  # expected cosine below which a functional is not worth writing
RIDGE = 0.3  # of a functional's own square
ROUGH = 0.15  # ratio of the two smallest principal moments from which points are no surface
COLOR_LAYER, HEIGHT_LAYER = 8, 10  # tags in the key stream; the canonical frame's is one more
COLOR_STEPS = tuple(0.004 * 2.0 ** (k / 2.0) for k in range(7))  # in colour, 0..1: 1 to 8 levels of 255
HEIGHT_STEPS = tuple(0.004 * 2.0 ** (k / 2.0) for k in range(8))  # in cells
