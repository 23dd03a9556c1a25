"""One module per sample asset; each has ``make() -> bytes``."""
