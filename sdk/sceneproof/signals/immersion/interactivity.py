"""What in the file a participant could act on, hear or see move.

What it measures
    Names what is declared: behaviour graphs, physics, audio, seats, spawn points and portals by their extensions;
    animations and lights by count; face and body controls of VRM. ``value`` is the number of kinds found.
Unit
    count. Score towards immersive: 0.5 with behaviour, physics, audio or a place to enter; 0.2 with animation alone;
    else ``None``.
Confounders
    Interaction usually lives in the engine, not in the file; turntable animations move without being acted on.
Not evidence of
    its absence: a file without any of these can stand in a game.
"""

from __future__ import annotations

from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "immersion"
UNIT = "count"
COST = "cheap"
TESTS = ("immersive",)

KINDS: dict[str, tuple[str, ...]] = {
    "behaviour": ("KHR_interactivity", "KHR_node_selectability", "KHR_node_hoverability", "EXT_interactivity"),
    "physics": ("KHR_physics_rigid_bodies", "MSFT_physics_rigid_bodies", "OMI_physics_body", "OMI_collider"),
    "audio": ("KHR_audio_emitter", "KHR_audio", "MSFT_audio_emitter", "OMI_audio_emitter", "MOZ_hubs_components"),
    "entry": ("OMI_spawn_point", "OMI_seat", "OMI_link", "OMI_portal", "MX_portal", "OMI_personality"),
    "avatar": ("VRM", "VRMC_vrm", "VRMC_springBone"),
}
ACTING = {"behaviour", "physics", "audio", "entry"}


def measure(scene: Scene) -> Signal:
    """Value 0 when nothing is declared."""
    declared = set(scene.extensions_used) | set(scene.extensions)
    found = {kind: sorted(declared & set(names)) for kind, names in KINDS.items() if declared & set(names)}
    kinds = set(found)
    if scene.animations:
        kinds.add("animation")
    if scene.lights:
        kinds.add("light")
    score = 0.5 if kinds & ACTING else 0.2 if "animation" in kinds else None
    return Signal(
        "interactivity",
        len(kinds),
        UNIT,
        score=score,
        confidence=0.4,
        pointers=tuple(animation.pointer for animation in scene.animations)[:16],
        detail={
            "kinds": sorted(kinds),
            "extensions": sorted(name for names in found.values() for name in names),
            "animations": len(scene.animations),
            "lights": scene.lights,
        },
    )
