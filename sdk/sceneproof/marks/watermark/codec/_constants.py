"""Constants of scheme flux-qim/2. Writer and reader must agree on all of them."""

from __future__ import annotations

RAW, CANONICAL = 0, 1  # layer tags
CANDIDATES = 18  # functionals drawn per lattice cell; those that suit the surface there are used
RADIUS = 1.1  # of the bump, in cells
LADDER = 4.0  # cell sizes per octave
# Cells that the surface occupies, by layer: the cell is that of the ladder that comes nearest. A layer that may lose
# parts of the surface needs many functionals, one that sees all of it few and strong ones.
OCCUPIED = (250.0, 140.0)
WAVELENGTHS = (0.8, 1.5)  # of the carrier, in cells
POINT_SPACING = 0.1  # longest edge of a quadrature triangle, in cells: an eighth of the shortest wave
STEEPEST, STEEP = 0.20, 0.10  # share of the surface that faces along a wave: above it is not used; below it counts full
TOUCHED = 0.05  # smallest area within a bump, in cells, that is looked at
PILOTS = 0.10  # share of functionals that carry a known symbol
UNIT_GAIN = 0.6  # by which every flux is divided: the gain of a functional that fits well
GAIN_LOW, GAIN_FULL = 0.35, 0.50  # gain below which a functional is not used, and from which it counts full
BORDER_SCALE = 0.15  # open edges within a bump, in cells, at which its weight falls by e
COARSE_EDGE = 0.45  # edge, in cells, at which triangles stop following the waves: their functionals weigh half
OPEN_IGNORED = 0.20  # share of open edges above which they say nothing (triangle soup)
BORDER_MEANS_LITTLE = 0.75  # mean border factor below which the surface is also read without it
RIDGE = 0.2  # times the median diagonal of the normal matrix
STEPS = tuple(0.0021 * 2.0 ** (k / 6.0) for k in range(20))  # quantiser steps, in cells: .0021 to .0189
WRITTEN = STEPS[:-4]  # those of the writer's raw layer: the lifts lead to the others
LIFTS = (2.0 ** (1.0 / 3.0), 2.0 ** (2.0 / 3.0))  # by which a canonical layer's step is larger, as it is sparser
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
