"""What a decoder can do right and wrong, for the decoder process to be tested with."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from sceneproof.io import _sandbox
from sceneproof.io._sandbox_child import Refused


def echo(value):
    return value


def process():
    return os.getpid()


def refuse():
    raise Refused("the stream is damaged")


def fault():
    return 1 // 0


def absent():
    import a_package_that_nobody_has  # noqa: F401


def crash():
    os.kill(os.getpid(), signal.SIGSEGV if os.name == "posix" else signal.SIGTERM)
    time.sleep(60)


def leave():
    os._exit(3)


def hang():
    while True:
        pass


def swell(size):
    return np.ones(size, np.uint8)


def zeros(size):
    return np.zeros(size, np.uint8)


def prints():
    os.write(1, b"noise on standard output\n")
    print("more noise", flush=True)
    return "done"


def write(path):
    Path(path).write_bytes(bytes(1000))
    return Path(path).stat().st_size


def through_the_sandbox(_number):
    """The id of the decoder process of whoever calls."""
    return _sandbox.run(f"{__name__}:process", what="the test decoder")
