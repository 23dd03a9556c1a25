"""Marks: what is disclosed. Each returns edits (`sceneproof.edits`) and reads itself back; none writes a file."""
