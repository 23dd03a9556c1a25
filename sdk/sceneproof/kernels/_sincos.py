"""Sine and cosine together, by polynomials: the same bits on every machine, and loops over them vectorise."""

from __future__ import annotations

from sceneproof.kernels._kernel import kernel

_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding and subtracting it rounds to the nearest integer
_INVERSE_PI = 0.3183098861837907
_PI_HIGH = 3.1415926534682512  # pi with its last 20 bits zero: products with integers below a million are exact
_PI_LOW = 1.2154201013012384e-10


@kernel
def sincos(angle: float) -> tuple[float, float]:
    """Sine and cosine of an angle in radians, to 1e-13 for angles up to some thousands.

    Reduced by multiples of pi in two parts (W. J. Cody and W. Waite, Software Manual for the Elementary Functions,
    1980, chapter 8), then the Taylor polynomials up to the 17th and 18th power. No branches.
    """
    turns = (angle * _INVERSE_PI + _ROUND) - _ROUND
    r = (angle - turns * _PI_HIGH) - turns * _PI_LOW
    half = (turns * 0.5 + _ROUND) - _ROUND
    sign = 1.0 - 2.0 * abs(turns - 2.0 * half)
    x = r * r
    sine = 2.8114572543455206e-15
    sine = sine * x - 7.647163731819816e-13
    sine = sine * x + 1.6059043836821613e-10
    sine = sine * x - 2.505210838544172e-08
    sine = sine * x + 2.7557319223985893e-06
    sine = sine * x - 1.984126984126984e-04
    sine = sine * x + 8.333333333333333e-03
    sine = sine * x - 1.6666666666666666e-01
    sine = sine * x + 1.0
    cosine = -1.5619206968586225e-16
    cosine = cosine * x + 4.779477332387385e-14
    cosine = cosine * x - 1.1470745597729725e-11
    cosine = cosine * x + 2.08767569878681e-09
    cosine = cosine * x - 2.755731922398589e-07
    cosine = cosine * x + 2.48015873015873e-05
    cosine = cosine * x - 1.388888888888889e-03
    cosine = cosine * x + 4.1666666666666664e-02
    cosine = cosine * x - 0.5
    cosine = cosine * x + 1.0
    return sign * (sine * r), sign * cosine
