"""A TOML table that must be spelt right: every value is checked as it is taken, and what is left over is an error."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NoReturn, TypeVar

from sceneproof.errors import SceneproofError, nearest
from sceneproof.findings import Text

T = TypeVar("T")


class Table:
    """One table with its place, a JSON Pointer into the file."""

    def __init__(self, data: object, file: str, place: str = "") -> None:
        self.file, self.place = file, place
        if not isinstance(data, Mapping):
            self.fail("", "must be a table")
        self._left: dict[str, Any] = dict(data)
        self._known: set[str] = set()

    def fail(self, key: str, reason: str) -> NoReturn:
        """Raise `SceneproofError` with the place of `key` in this table."""
        pointer = f"{self.place}/{key}" if key else self.place or "/"
        raise SceneproofError(f"policy {self.file}#{pointer}: {reason}")

    def take(self, key: str, kind: type[T]) -> T:
        """The value of a required key."""
        value = self.maybe(key, kind)
        if value is None:
            self.fail(key, "is missing")
        return value

    def maybe(self, key: str, kind: type[T]) -> T | None:
        """The value of a key that may be absent."""
        self._known.add(key)
        value: object = self._left.pop(key, None)
        if value is None:
            return None
        # bool is an int and datetime a date in Python, but not in a policy.
        odd = isinstance(value, datetime) or (kind is int and isinstance(value, bool))
        if odd or not isinstance(value, kind):
            self.fail(key, f"must be {_WORDS.get(kind, kind.__name__)}, not {value!r}")
        if value == "":
            self.fail(key, "is empty")
        return value

    def number(self, key: str) -> float:
        """A required number above zero."""
        self._known.add(key)
        value = self._left.pop(key, None)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            self.fail(key, "is missing" if value is None else f"must be a number above zero, not {value!r}")
        return float(value)

    def text(self, key: str) -> Text:
        """A required bilingual text."""
        table = self.table(key)
        text = Text(table.take("en", str), table.take("zh", str))
        table.done()
        return text

    def choice(self, key: str, among: Collection[str], default: str | None = None) -> str:
        """One of the known words."""
        value = self.maybe(key, str) or default
        if value is None:
            self.fail(key, "is missing")
        self._check(key, value, among)
        return value

    def words(self, key: str, among: Collection[str] | None = None, *, required: bool = False) -> tuple[str, ...]:
        """A list of different words, each among the known ones when these are given."""
        values = self.maybe(key, list) or []
        if required and not values:
            self.fail(key, "is missing or empty")
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value:
                self.fail(f"{key}/{index}", f"must be a text, not {value!r}")
            if among is not None:
                self._check(f"{key}/{index}", value, among)
            if value in values[:index]:
                self.fail(f"{key}/{index}", f"{value!r} stands twice")
        return tuple(values)

    def day(self, key: str) -> date | None:
        """A date that may be absent."""
        return self.maybe(key, date)

    def table(self, key: str) -> Table:
        """A required table."""
        self._known.add(key)
        if key not in self._left:
            self.fail(key, "is missing")
        return Table(self._left.pop(key), self.file, f"{self.place}/{key}")

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of an array, none when it is absent."""
        for index, entry in enumerate(self.maybe(key, list) or []):
            yield Table(entry, self.file, f"{self.place}/{key}/{index}")

    def items(self) -> Iterator[tuple[str, Any]]:
        """Everything that is left, for a table whose keys are free."""
        while self._left:
            key = next(iter(self._left))
            self._known.add(key)
            yield key, self._left.pop(key)

    def has(self, key: str) -> bool:
        """Whether the key stands in the table."""
        self._known.add(key)
        return key in self._left

    def done(self) -> None:
        """Nothing may be left over."""
        for key in self._left:
            guess = nearest(key, self._known)
            self.fail(key, "unknown key" + (f"; did you mean {guess!r}?" if guess else ""))

    def _check(self, key: str, value: str, among: Collection[str]) -> None:
        if value not in among:
            guess = nearest(value, among)
            hint = f"did you mean {guess!r}?" if guess else f"known: {', '.join(sorted(among))}"
            self.fail(key, f"unknown value {value!r}; {hint}")


_WORDS: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", date: "a date"}
