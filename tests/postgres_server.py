"""A PostgreSQL of our own on a free port of this machine, for tests that share a database."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import POSTGRES

NOBODY = 65534


@contextmanager
def postgres_server() -> Iterator[str]:
    """Its URL, until the block ends; nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="copilot-postgres-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    _run(folder, "initdb", "-D", data, "-A", "trust", "-U", "copilot", "--locale=C.UTF-8")
    _run(folder, "pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql://copilot@127.0.0.1:{port}/postgres"
    finally:
        _run(folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _run(folder: Path, tool: str, *arguments: str) -> None:
    """One of its tools, as nobody in particular: it refuses to run as root."""
    command = [str(POSTGRES[-1].with_name(tool)), *arguments]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    with (folder / "said").open("w+", encoding="utf-8") as said:
        done = subprocess.run(command, cwd=folder, stdout=said, stderr=said, check=False)
        said.seek(0)
        assert done.returncode == 0, said.read()
