"""The parts of the PLY handler."""
