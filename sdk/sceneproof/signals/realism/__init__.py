"""How real the surfaces look."""
