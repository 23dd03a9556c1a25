"""The SPZ format of Niantic: its container, and the numbers in its streams."""
