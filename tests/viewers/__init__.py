"""The common web viewers and Blender, which show whether a person can read the label."""
