"""Headless Chromium over its debugging pipe, and a server on localhost that gives it a viewer and one asset."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
VIEWERS = ("three", "model-viewer", "babylon")
SIZE = (1280, 720)
FLAGS = (
    "--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run",
    "--hide-scrollbars", "--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe",
    "--ignore-gpu-blocklist", "--mute-audio",
)  # fmt: skip
STYLE = "<style>body{{margin:0;overflow:hidden}}</style>"
PAGE = f'<!doctype html><meta charset="utf-8">{STYLE}<script src="/{{0}}.js"></script>'


def chromium() -> str | None:
    """The browser's program; ``None`` where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return os.environ.get("SCENEPROOF_CHROMIUM") or found


def modules() -> Path | None:
    """The folder of the npm packages, beside the tests or where SCENEPROOF_NPM says; ``None`` without esbuild."""
    named = os.environ.get("SCENEPROOF_NPM")
    for above in [Path(named)] if named else [HERE.parent, *HERE.parent.parents]:
        if (above / "node_modules" / ".bin" / "esbuild").exists() and (above / "node_modules" / "three").exists():
            return above / "node_modules"
    return None


def bundle(folder: Path) -> None:
    """Each viewer's page and script into `folder`."""
    packages = modules()
    assert packages is not None
    command = [
        str(packages / ".bin" / "esbuild"),
        "--bundle",
        "--format=iife",
        "--log-level=error",
        f"--outdir={folder}",
    ]
    done = subprocess.run(
        [*command, *(str(HERE / f"{name}.js") for name in VIEWERS)],
        capture_output=True, text=True, check=False, env={**os.environ, "NODE_PATH": str(packages)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    for name in VIEWERS:
        (folder / f"{name}.html").write_text(PAGE.format(name), encoding="utf-8")
    (folder / "node_modules").symlink_to(packages)


class Browser:
    """One Chromium and one server for many pictures; a context manager."""

    def __enter__(self) -> Browser:
        self._folder = tempfile.TemporaryDirectory(prefix="viewers-", ignore_cleanup_errors=True)
        self.root = Path(self._folder.name)
        bundle(self.root)
        handler = partial(_Quiet, directory=str(self.root))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        to_read, self._to = os.pipe()
        self._back, from_write = os.pipe()
        program = chromium()
        assert program is not None
        command = [program, *FLAGS, f"--user-data-dir={self.root / 'profile'}", f"--window-size={SIZE[0]},{SIZE[1]}"]
        # The browser reads file descriptor 3 and writes 4.
        script = f'exec "$@" 3<&{to_read} 4>&{from_write}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", *command, "about:blank"],
            pass_fds=(to_read, from_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(from_write)
        self._count, self._rest = 0, b""
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        self._server.shutdown()
        os.close(self._to)
        os.close(self._back)
        self._folder.cleanup()

    def picture(self, viewer: str, glb: bytes) -> bytes:
        """A PNG of what `viewer` shows of an asset when it has loaded. Raises `RuntimeError` where it shows nothing."""
        (self.root / "asset.glb").write_bytes(glb)
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        try:
            width, height = SIZE
            self._call(
                "Emulation.setDeviceMetricsOverride",
                session,
                width=width,
                height=height,
                deviceScaleFactor=1,
                mobile=False,
            )
            port = self._server.server_address[1]
            self._call("Page.navigate", session, url=f"http://127.0.0.1:{port}/{viewer}.html")
            script = (
                "(async () => { while (!window.show) await new Promise(r => setTimeout(r, 50));"
                f" return JSON.stringify(await window.show('/asset.glb', {width}, {height})); }})()"
            )
            told = self._call("Runtime.evaluate", session, expression=script, awaitPromise=True, timeout=60000)
            if "exceptionDetails" in told:
                raise RuntimeError(str(told["exceptionDetails"])[:900])
            shot = self._call("Page.captureScreenshot", session, format="png")
            return base64.b64decode(shot["data"])
        finally:
            self._call("Target.closeTarget", targetId=target)

    def _call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                part = os.read(self._back, 1 << 16)
                if not part:
                    raise RuntimeError("the browser has ended")
                self._rest += part
            line, _, self._rest = self._rest.partition(b"\0")
            answer = json.loads(line)
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error'].get('message')}")
                return dict(answer["result"])


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""
