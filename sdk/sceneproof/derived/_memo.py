"""One memory for all derived values: computed once per Scene, on demand, dropped with it or when it grows too big."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from sceneproof.scene import Scene

T = TypeVar("T")

BUDGET_BYTES = 1 << 30
_lock = threading.RLock()
_values: WeakKeyDictionary[Scene, OrderedDict[tuple[str, tuple[Any, ...]], tuple[Any, int]]] = WeakKeyDictionary()


def derived(function: Callable[..., T]) -> Callable[..., T]:
    """Remember ``function(scene, *arguments)`` for as long as the Scene lives.

    Further arguments must be hashable. When the arrays of one Scene's values pass `BUDGET_BYTES`, those used longest
    ago go first. A value must not hold the Scene itself, or it would never be freed.
    """

    @wraps(function)
    def wrapper(scene: Scene, *arguments: Any) -> T:
        key = (f"{function.__module__}.{function.__qualname__}", arguments)
        with _lock:
            kept = _values.setdefault(scene, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                value: T = kept[key][0]
                return value
            value = function(scene, *arguments)
            kept[key] = (value, size_of(value))
            while len(kept) > 1 and sum(size for _, size in kept.values()) > BUDGET_BYTES:
                kept.popitem(last=False)
            return value

    return wrapper


def size_of(value: Any) -> int:
    """Bytes of the arrays in a value; other things count as nothing."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, dict):
        return sum(size_of(item) for item in value.values())
    if isinstance(value, list | tuple):
        return sum(size_of(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return sum(size_of(getattr(value, item.name)) for item in fields(value))
    return 0
