"""STL, binary and ASCII: facets to arrays and back."""
