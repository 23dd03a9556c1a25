"""Constants of scheme flux-qim/1. Writer and reader must agree on all of them."""

from __future__ import annotations

FIELDS = 4  # functionals per lattice cell
RADIUS = 1.1  # of the bump, in cells
CELLS_PER_AREA = 260.0  # the cell is the power of sqrt 2 nearest to sqrt(area / 260)
WAVELENGTHS = (0.8, 1.5)  # of the carrier, in cells
POINT_SPACING = 0.1  # longest edge of a quadrature triangle, in cells: an eighth of the shortest wave
NORMAL_FLOOR = 0.1  # diversity of directions: 0 would be fully tangential
PILOTS = 0.12  # share of functionals that carry a known symbol
GAIN_WRITE = 0.30  # smallest gain that is written, and read: the reader's is lower, for the surface has changed
GAIN_READ = 0.27
BORDER_SCALE = 0.15  # open edges within a bump, in cells, at which its weight falls by e
COARSE_EDGE = 0.45  # edge, in cells, at which triangles stop following the waves: their functionals weigh half
OPEN_IGNORED = 0.20  # share of open edges above which they say nothing (triangle soup)
BORDER_MEANS_LITTLE = 0.75  # mean border factor below which the surface is also read without it
RIDGE = 0.3  # times the median diagonal of the normal matrix
STEPS = tuple(0.0034 * 2.0 ** (k / 4.0) for k in range(12))  # quantiser steps, in cells: .0034 to .0229
RAW, CANONICAL = 0, 1  # layer tags
CRC_BITS = 32
MEMORY = 10  # K = 11, 1024 states, closed on itself: no tail
# Rate 1/32, free distance 225. Found by random search and hill climbing on the transfer function at the weight .955,
# that of a symbol under 1000 functionals with three of ten read wrong; each taps both ends, which the decoder needs.
POLYNOMIALS = (
    0o2135, 0o2153, 0o2177, 0o2233, 0o2273, 0o2315, 0o2343, 0o2375,
    0o2455, 0o2525, 0o2545, 0o2565, 0o2637, 0o2677, 0o2727, 0o2767,
    0o3061, 0o3117, 0o3147, 0o3223, 0o3251, 0o3321, 0o3345, 0o3361,
    0o3471, 0o3511, 0o3555, 0o3563, 0o3613, 0o3653, 0o3731, 0o3757,
)  # fmt: skip
