"""A small glTF 2.0 builder: arrays in, GLB or .gltf out, the same bytes every time.

    b = Builder()
    wood = b.material("wood", color=(0.5, 0.3, 0.1, 1), texture=b.texture(b.image(pixels)))
    b.node("table", mesh=b.mesh(shapes.box(), material=wood), translation=(0, 1, 0))
    data = b.glb()

Every method that adds something returns its index. ``b.doc`` is the plain JSON: edit it for what has no helper.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.makers._pack import COMPONENT, KIND, dump_json, jpeg, pack_glb, padded, png, storable
from tests.makers.shapes import Shape

ARRAY_BUFFER = 34962
INDEX_BUFFER = 34963
POINTS, LINES, TRIANGLES = 0, 1, 4


class Builder:
    """Collects a document (``doc``) and its binary (``binary``); ``glb()`` and ``gltf()`` may be called repeatedly."""

    def __init__(self, *, generator: str = "sceneproof sample maker", rights: str | None = None) -> None:
        self.doc: dict[str, Any] = {"asset": {"version": "2.0", "generator": generator}}
        if rights:
            self.doc["asset"]["copyright"] = rights
        self.binary = bytearray()
        self._images: list[tuple[bytes, str]] = []

    # -- buffers ------------------------------------------------------------------------------------------------

    def add(self, key: str, entry: Mapping[str, Any]) -> int:
        """Append ``entry`` (its ``None`` values left out) to the root list ``key``; its index."""
        items = self.doc.setdefault(key, [])
        items.append({name: value for name, value in entry.items() if value is not None})
        return len(items) - 1

    def view(self, data: bytes, *, target: int | None = None, stride: int | None = None) -> int:
        offset = len(self.binary)
        self.binary += padded(data)
        entry = {"buffer": 0, "byteOffset": offset, "byteLength": len(data), "byteStride": stride, "target": target}
        return self.add("bufferViews", entry)

    def accessor(
        self, array: np.ndarray, *, target: int | None = None, normalized: bool = False, bounds: bool = False
    ) -> int:
        """An accessor on a view of its own; rows of attributes are padded to four bytes as the format asks."""
        array = storable(array)
        data, stride = array.tobytes(), None
        if target == ARRAY_BUFFER and array.ndim > 1 and array[0:1].nbytes % 4:
            rows = array.reshape(len(array), -1).view(np.uint8).reshape(len(array), -1)
            stride = rows.shape[1] + -rows.shape[1] % 4
            data = np.pad(rows, ((0, 0), (0, stride - rows.shape[1]))).tobytes()
        entry = self._accessor_entry(array, bounds)
        entry |= {"bufferView": self.view(data, target=target, stride=stride), "normalized": normalized or None}
        return self.add("accessors", entry)

    def sparse_accessor(self, array: np.ndarray, *, bounds: bool = False) -> int:
        """An accessor of zeros with only the rows that differ from zero stored (morph targets)."""
        array = storable(array)
        rows = np.flatnonzero(np.any(array != 0, axis=tuple(range(1, array.ndim))))
        entry = self._accessor_entry(array, bounds)
        if len(rows):
            small = rows.astype(np.uint16 if len(array) <= 0xFFFF else np.uint32)
            entry["sparse"] = {
                "count": len(rows),
                "indices": {"bufferView": self.view(small.tobytes()), "componentType": COMPONENT[small.dtype]},
                "values": {"bufferView": self.view(array[rows].tobytes())},
            }
        return self.add("accessors", entry)

    @staticmethod
    def _accessor_entry(array: np.ndarray, bounds: bool) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "componentType": COMPONENT[array.dtype],
            "count": len(array),
            "type": KIND[array.shape[1:]],
        }
        if bounds and len(array):
            flat = array.reshape(len(array), -1)
            entry |= {"min": flat.min(axis=0).tolist(), "max": flat.max(axis=0).tolist()}
        return entry

    # -- geometry -----------------------------------------------------------------------------------------------

    def primitive(
        self,
        shape: Shape | Mapping[str, np.ndarray],
        *,
        material: int | None = None,
        targets: Sequence[Mapping[str, np.ndarray]] = (),
        mode: int = TRIANGLES,
        extensions: dict[str, Any] | None = None,
        extras: Any = None,
    ) -> dict[str, Any]:
        """A primitive from a ``Shape`` or a mapping of attribute semantics (and ``indices``) to arrays.

        Integer ``COLOR_n`` and ``WEIGHTS_n`` are stored normalised. Morph ``targets`` are stored sparse.
        """
        arrays = dict(shape.attributes() if isinstance(shape, Shape) else shape)
        indices = arrays.pop("indices", None)
        entry: dict[str, Any] = {"attributes": {}}
        for name, array in arrays.items():
            integer = np.asarray(array).dtype.kind != "f"
            entry["attributes"][name] = self.accessor(
                array,
                target=ARRAY_BUFFER,
                normalized=integer and name.split("_")[0] in {"COLOR", "WEIGHTS", "TEXCOORD", "NORMAL", "TANGENT"},
                bounds=name == "POSITION",
            )
        if indices is not None:
            entry["indices"] = self.accessor(np.ravel(indices), target=INDEX_BUFFER)
        if targets:
            entry["targets"] = [
                {name: self.sparse_accessor(array, bounds=name == "POSITION") for name, array in target.items()}
                for target in targets
            ]
        optional = {"material": material, "mode": None if mode == TRIANGLES else mode}
        optional |= {"extensions": extensions, "extras": extras}
        return entry | {name: value for name, value in optional.items() if value is not None}

    def mesh(
        self,
        shape: Shape | Mapping[str, np.ndarray] | Sequence[dict[str, Any]],
        *,
        name: str | None = None,
        material: int | None = None,
        targets: Mapping[str, Mapping[str, np.ndarray] | np.ndarray] | None = None,
        mode: int = TRIANGLES,
        extras: dict[str, Any] | None = None,
    ) -> int:
        """A mesh of one shape, or of a list of primitives. ``targets``: name -> position deltas or a mapping."""
        morphs = {k: v if isinstance(v, Mapping) else {"POSITION": v} for k, v in (targets or {}).items()}
        if isinstance(shape, Shape | Mapping):
            primitives = [self.primitive(shape, material=material, targets=list(morphs.values()), mode=mode)]
        else:
            primitives = list(shape)
        weights = None
        if morphs:
            extras = {"targetNames": list(morphs)} | (extras or {})
            weights = [0.0] * len(morphs)
        return self.add("meshes", {"name": name, "primitives": primitives, "weights": weights, "extras": extras})

    # -- scene --------------------------------------------------------------------------------------------------

    def node(
        self, name: str | None = None, *, parent: int | None = None, light: int | None = None, **fields: Any
    ) -> int:
        """A node; ``fields`` are glTF's own (mesh, camera, skin, translation, rotation, scale, matrix, extras …)."""
        fields = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in fields.items()}
        if light is not None:
            fields["extensions"] = {**fields.get("extensions", {}), "KHR_lights_punctual": {"light": light}}
        index = self.add("nodes", {"name": name, **fields})
        if parent is not None:
            self.doc["nodes"][parent].setdefault("children", []).append(index)
        return index

    def camera(
        self, *, yfov: float = 0.9, aspect: float | None = 16 / 9, znear: float = 0.05, name: str | None = None
    ) -> int:
        lens = {"yfov": yfov, "znear": znear} | ({"aspectRatio": aspect} if aspect else {})
        return self.add("cameras", {"name": name, "type": "perspective", "perspective": lens})

    def light(
        self, kind: str = "point", *, color: Sequence[float] = (1, 1, 1), intensity: float = 1, **fields: Any
    ) -> int:
        self.use("KHR_lights_punctual")
        lights = self.doc.setdefault("extensions", {}).setdefault("KHR_lights_punctual", {"lights": []})["lights"]
        lights.append({"type": kind, "color": list(color), "intensity": intensity, **fields})
        return len(lights) - 1

    def skin(
        self, joints: Sequence[int], inverse_bind: np.ndarray, *, skeleton: int | None = None, name: str | None = None
    ) -> int:
        """``inverse_bind`` [shape=(j, 4, 4)] in row-major (numpy) layout; stored column-major as glTF wants."""
        matrices = self.accessor(np.asarray(inverse_bind, np.float32).transpose(0, 2, 1))
        entry = {"name": name, "joints": list(joints), "inverseBindMatrices": matrices, "skeleton": skeleton}
        return self.add("skins", entry)

    def animation(self, tracks: Iterable[tuple[int, str, np.ndarray, np.ndarray]], *, name: str | None = None) -> int:
        """``tracks``: (node, path, times [shape=(k,)], values [shape=(k, …)]), linear interpolation."""
        channels: list[dict[str, Any]] = []
        samplers: list[dict[str, Any]] = []
        shared: dict[bytes, int] = {}
        for node, path, moments, keys in tracks:
            times, values = np.asarray(moments, np.float32), np.asarray(keys, np.float32)
            if times.tobytes() not in shared:
                shared[times.tobytes()] = self.accessor(times, bounds=True)
            output = self.accessor(values.ravel() if path == "weights" else values)
            samplers.append({"input": shared[times.tobytes()], "output": output, "interpolation": "LINEAR"})
            channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": path}})
        return self.add("animations", {"name": name, "channels": channels, "samplers": samplers})

    # -- materials ----------------------------------------------------------------------------------------------

    def image(self, picture: np.ndarray | bytes, *, quality: int | None = None, name: str | None = None) -> int:
        """An image from pixels (PNG, or JPEG with ``quality``) or from finished PNG/JPEG bytes."""
        if isinstance(picture, np.ndarray):
            picture = png(picture) if quality is None else jpeg(picture, quality)
        mime = "image/png" if picture[:4] == b"\x89PNG" else "image/jpeg"
        self._images.append((picture, mime))
        return self.add("images", {"name": name, "mimeType": mime})

    def texture(self, image: int) -> int:
        if "samplers" not in self.doc:
            self.add("samplers", {"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497})
        return self.add("textures", {"sampler": 0, "source": image})

    def material(
        self,
        name: str | None = None,
        *,
        color: Sequence[float] = (1, 1, 1, 1),
        metallic: float = 0.0,
        roughness: float = 0.8,
        textures: Mapping[str, int] | None = None,
        **fields: Any,
    ) -> int:
        """A PBR material. ``textures``: ``color``, ``rough`` (occlusion-rough-metal), ``normal`` -> texture index.

        ``fields`` are glTF's own (emissiveFactor, alphaMode, doubleSided, extensions …).
        """
        pbr: dict[str, Any] = {"baseColorFactor": list(color), "metallicFactor": metallic, "roughnessFactor": roughness}
        entry: dict[str, Any] = {"name": name, "pbrMetallicRoughness": pbr}
        for role, texture in (textures or {}).items():
            if role == "normal":
                entry["normalTexture"] = {"index": texture}
            else:
                pbr[{"color": "baseColorTexture", "rough": "metallicRoughnessTexture"}[role]] = {"index": texture}
        self.use(*fields.get("extensions", {}))
        return self.add("materials", entry | fields)

    def use(self, *extensions: str, required: bool = False) -> None:
        """Declare extensions as used (and required)."""
        for key in ["extensionsUsed"] + ["extensionsRequired"] * required:
            names = self.doc.setdefault(key, []) if extensions else []
            names.extend(name for name in extensions if name not in names)

    # -- output -------------------------------------------------------------------------------------------------

    def _finished(self) -> dict[str, Any]:
        """The document with a default scene of all parentless nodes, if none was set."""
        doc = copy.deepcopy(self.doc)
        if "scenes" not in doc and "nodes" in doc:
            children = {child for node in doc["nodes"] for child in node.get("children", ())}
            doc["scenes"] = [{"nodes": [i for i in range(len(doc["nodes"])) if i not in children]}]
            doc["scene"] = 0
        return doc

    def glb(self) -> bytes:
        doc, binary = self._finished(), bytearray(self.binary)
        for entry, (data, _) in zip(doc.get("images", ()), self._images, strict=False):
            entry["bufferView"] = len(doc.setdefault("bufferViews", []))
            doc["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)})
            binary += padded(data)
        if binary:
            doc["buffers"] = [{"byteLength": len(binary)}]
        return pack_glb(doc, bytes(binary))

    def gltf(self, folder: str | Path, name: str, *, embed: bool = False) -> Path:
        """Write ``name.gltf`` with ``name.bin`` and one file per image beside it, or all as data URIs (``embed``)."""
        folder, doc = Path(folder), self._finished()
        folder.mkdir(parents=True, exist_ok=True)

        def put(part: str, mime: str, data: bytes) -> str:
            if embed:
                return f"data:{mime};base64," + base64.b64encode(data).decode()
            (folder / part).write_bytes(data)
            return part

        for i, (entry, (data, mime)) in enumerate(zip(doc.get("images", ()), self._images, strict=False)):
            entry.pop("mimeType")
            entry["uri"] = put(f"{name}_{i}.{'png' if mime.endswith('png') else 'jpg'}", mime, data)
        if self.binary:
            uri = put(f"{name}.bin", "application/octet-stream", bytes(self.binary))
            doc["buffers"] = [{"byteLength": len(self.binary), "uri": uri}]
        path = folder / f"{name}.gltf"
        path.write_bytes(dump_json(doc))
        return path
