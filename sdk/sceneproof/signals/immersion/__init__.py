"""Whether one can be inside the scene or act on it."""
