"""The parts of the glTF handler: container, raw JSON, accessors, scene building, edits, writing."""
