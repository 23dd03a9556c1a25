"""``python -m sceneproof``."""

from __future__ import annotations

import sys

from sceneproof.cli import main

if __name__ == "__main__":
    sys.exit(main())
