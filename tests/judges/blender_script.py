"""Runs inside a Python that has Blender's module: import a glTF, export it again as GLB."""

import sys

import bpy

source, out = sys.argv[1:3]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=source)
bpy.ops.export_scene.gltf(filepath=out, export_format="GLB", export_extras=True)
