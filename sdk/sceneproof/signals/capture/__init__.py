"""Traces of capture and generation in the geometry."""
