"""What is done with each input: it is read, and what the audit reads first of a Scene is asked of it."""

from __future__ import annotations


def read(data: bytes, format_: str) -> None:
    """Raises whatever no reader may raise."""
    from sceneproof import io
    from sceneproof.derived.world import bounds
    from sceneproof.errors import SceneproofError

    try:
        scene = io.load(data, uri=f"fuzz.{format_}")
        bounds(scene)
    except SceneproofError as error:
        text = str(error)
        assert "\n" not in text, "an error of more than one line"
        assert len(text) < 2000, "an error that is no line any more"
