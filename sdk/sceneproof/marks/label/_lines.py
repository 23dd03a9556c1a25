"""Where a text is broken into lines."""

from __future__ import annotations

from itertools import pairwise


def broken(text: str, lines: int) -> str | None:
    """`text` in that many lines of about the same length, broken after spaces or hyphens or between Chinese signs.

    A hyphen is the last choice. ``None`` where that cannot be; a text that comes with line breaks keeps them.
    """
    if lines == 1 or "\n" in text:
        return text if lines == 1 else None
    breaks = [k for k in range(1, len(text)) if text[k - 1] in " -" or (text[k - 1] > "⺀" and text[k] > "⺀")]
    cuts: list[int] = []
    for number in range(1, lines):
        ahead = [k for k in breaks if k > (cuts[-1] if cuts else 0)]
        if not ahead:
            return None
        even = number * len(text) / lines
        cuts.append(min(ahead, key=lambda k: abs(k - even) + (len(text) / 4 if text[k - 1] == "-" else 0.0)))
    ends = [0, *cuts, len(text)]
    return "\n".join(text[a:b].strip() for a, b in pairwise(ends))
