"""The file bears an AIGC record in its metadata.

What it checks
    An ``AIGC`` value in the asset's ``KHR_xmp_json_ld`` packet or in ``asset.extras``.
Why
    Article 16 asks the provider to mark everything that was generated or edited; the Labelling Measures, Art. 5, put
    that mark into the file's metadata.
Example
    A GLB from a text-to-3D service without any packet: fail, once origin, role, market and publicness are declared.
How to fix
    ``sceneproof mark FILE --output OUT --declaration FILE.declaration.toml``
Limits
    No official carrier for 3D files exists: ours is a mapping. A record in a sidecar is not looked for yet.
Source
    Provisions Art. 16; Labelling Measures Art. 5; GB 45438-2025, 6.1 a and Annex E.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State

ID = "DS-16.1"
TITLE = Text("AIGC record in the metadata", "文件元数据含 AIGC 隐式标识")

FIX = Text(
    "Declare origin, producer and content_id, then: sceneproof mark FILE --output OUT --marks metadata",
    "声明 origin、producer 和 content_id 后运行：sceneproof mark FILE --output OUT --marks metadata",
)


def check(case: Case) -> Iterator[Outcome]:
    """One outcome: the record is there, or a provider needs one."""
    if case.metadata.found:
        places = [copy.pointer for copy in case.metadata.copies]
        message = Text("The metadata holds an AIGC record.", "元数据中含有 AIGC 隐式标识。")
        yield Outcome(State.OK, message, places[0], {"places": places})
        return
    message = Text(
        "The metadata holds no AIGC record; a provider of this content needs one.",
        "元数据中没有 AIGC 隐式标识；该内容的服务提供者需要添加。",
    )
    yield Outcome(State.VIOLATED, message, "/asset", {"origin": case.declaration.origin}, FIX)
