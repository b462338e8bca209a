"""The app served in a process of its own, and a page of Debian's Chromium that looks at it."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apptest import ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
PICTURES = ROOT / "test-artifacts"


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of the app on a workspace, until it is told to stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "copilot", "app", "--port", port, "--workspace", str(home)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            assert server.wait(20) == 130


def wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not come up")


@contextmanager
def looking(profile: Path, *, height: int, patience_ms: int) -> Iterator[tuple[Any, set[str]]]:
    """A page, and the hosts it has asked for anything so far."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=patience_ms)
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS.split(),
            viewport={"width": 1280, "height": height},
        )
        page = context.pages[0]
        page.set_default_timeout(patience_ms)
        hosts: set[str] = set()
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        yield page, hosts
        context.close()
