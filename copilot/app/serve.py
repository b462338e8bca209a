"""Start the pages: one Streamlit process with our options, on one address."""

import os
import signal
import subprocess
import sys
from types import FrameType

from copilot.settings import PREFIX, Settings, data_folder

# The same as .streamlit/config.toml, which only a checkout has beside the entry script.
OPTIONS: dict[str, dict[str, str | bool | int]] = {
    "browser": {"gatherUsageStats": False},
    "client": {"showErrorDetails": "none", "showErrorLinks": False, "toolbarMode": "minimal"},
    "server": {"fileWatcherType": "none", "headless": True, "maxUploadSize": 500},
    "theme": {"baseRadius": "0.5rem", "primaryColor": "#2f6f5e"},
}
PATIENCE_S = 10


def serve(settings: Settings, host: str, port: int) -> int:
    """Serve the pages of a workspace until interrupted; returns the exit code (130: Ctrl-C)."""
    home = settings.home.resolve()
    sys.stderr.write(f"Marketing Copilot: http://{host}:{port} (workspace {home}), Ctrl-C stops\n")
    sys.stderr.flush()
    environment = os.environ | {f"{PREFIX}HOME": str(home)}  # noqa: TID251 - the child inherits it
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _wait(subprocess.Popen(command(host, port), env=environment))  # noqa: S603 - our own
    finally:
        signal.signal(signal.SIGTERM, before)


def command(host: str, port: int) -> list[str]:
    """The command line that serves the pages."""
    options = [
        f"--{section}.{name}={str(value).lower() if isinstance(value, bool) else value}"
        for section, values in OPTIONS.items()
        for name, value in values.items()
    ]
    script = str(data_folder("streamlit_app.py"))
    address = [f"--server.address={host}", f"--server.port={port}"]
    return [sys.executable, "-m", "streamlit", "run", script, *address, *options]


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait(child: "subprocess.Popen[bytes]") -> int:
    """The child's exit code; it never outlives us."""
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        try:
            child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        return 130
