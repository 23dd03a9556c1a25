"""Whether a digital human is in the scene."""
