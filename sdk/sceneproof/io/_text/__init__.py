"""Formats of text lines (OBJ, OFF, ASCII STL): finding lines and numbers without a loop over lines, and changing
single tokens while every other byte stays."""
