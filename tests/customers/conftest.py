"""A store to import into, and a way to write the odd files people really have."""

from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.customers.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty customer store."""
    return Store(tmp_path / "customers")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write text or bytes to a file and give its path."""

    def _write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write
