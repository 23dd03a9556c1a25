"""The steps of a chain, one after the other: run the tool, read what it wrote, say what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sceneproof.errors import InputError
from sceneproof.findings import Text
from sceneproof.io import extensions, load
from sceneproof.scene import Scene

from ._chain import Step
from ._process import Ended, run
from ._reading import NOTHING

Read = Callable[[Scene, Path], Mapping[str, Any]]


@dataclass(frozen=True)
class File:
    """What a step takes or wrote: its counts are ``None`` where it is of a format that is not read here."""

    path: Path
    counts: Mapping[str, int] | None


@dataclass
class Walk:
    """Runs steps in numbered folders of `root`.

    Attributes
    ----------
    read : says what is left in a file.
    limit : seconds for one step.
    taken : what the next step takes; ``None`` after a failure, and then nothing is run.
    """

    root: Path
    read: Read
    limit: float
    taken: File | None
    number: int = 0

    def step(self, step: Step) -> dict[str, Any]:
        """Run one command and return its row."""
        self.number += 1
        row = self._head(step)
        if self.taken is None:
            row["state"] = "not_run"
        else:
            self.taken = self._run(step, self.taken, row)
        return row

    def _head(self, step: Step) -> dict[str, Any]:
        return {
            "step": self.number,
            "chain": step.chain,
            "command": step.shown(),
            "tool": step.tool,
            "state": "ok",
            "seconds": None,
            "before": None,
            **NOTHING,
            "failure": None,
        }

    def _run(self, step: Step, taken: File, row: dict[str, Any]) -> File | None:
        """The file that the tool left; the row says what is in it, or what failed."""
        folder = self.root / f"{self.number}-{step.tool}"
        folder.mkdir()
        source = _under(taken.path, step.taken, folder)
        target = folder / (taken.path.stem + (step.given or taken.path.suffix))
        held = source.read_bytes()
        ended = run(step.arguments(source, target), self.limit)
        row |= {"seconds": round(ended.seconds, 4), "before": taken.counts}
        fault = self._fault(ended, target)
        if not source.is_file() or source.read_bytes() != held:
            source.write_bytes(held)  # other chains begin with it
            fault = fault or ("input", "it wrote over its input", "它改写了输入文件")
        if fault is None and target.suffix.lower() not in extensions():
            row["state"] = "unread"
            return File(target, None)
        if fault is None:
            try:
                row |= self.read(load(target), target)
                return File(target, row["counts"])
            except InputError as error:
                fault = (
                    "unreadable",
                    f"what it wrote cannot be read: {error.reason}",
                    f"写出的文件无法读取：{error.reason}",
                )
        row["state"] = "failed"
        row["failure"] = {
            "reason": fault[0],
            "message": Text(fault[1], fault[2]).to_dict(),
            "exit_code": ended.code,
            "line": ended.line.replace(str(source), "{in}").replace(str(target), "{out}") or None,
        }
        return None

    def _fault(self, ended: Ended, target: Path) -> tuple[str, str, str] | None:
        """What went wrong in one word, in English and in Chinese; ``None`` when there is a file to read."""
        if ended.fault:
            return "start", f"it could not be started ({ended.fault})", f"无法启动（{ended.fault}）"
        if ended.timed_out:
            return "time", f"stopped after {self.limit:g} seconds", f"超过 {self.limit:g} 秒，已终止"
        if ended.code:
            return "exit", f"it ended with exit code {ended.code}", f"退出码为 {ended.code}"
        if not target.is_file() or not target.stat().st_size:
            others = sorted(path.name for path in target.parent.iterdir() if path.is_file() and path.stat().st_size)
            instead = f"; it wrote {', '.join(others[:3])}" if others else ""
            zh = f"；写出的是 {'、'.join(others[:3])}" if others else ""
            return "nothing", f"it wrote no {{out}} ({target.name}){instead}", f"未写出 {{out}}（{target.name}）{zh}"
        return None


def _under(path: Path, ending: str, folder: Path) -> Path:
    """The file, or a copy of it under another ending, for a tool that goes by it."""
    if not ending or path.suffix == ending:
        return path
    copy = folder / "in" / f"{path.stem}{ending}"
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    return copy
