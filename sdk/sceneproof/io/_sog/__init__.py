"""The SOG format of PlayCanvas: its archive, and the numbers in its images."""
