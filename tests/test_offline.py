"""Nothing leaves this machine: sockets are blocked, and the guard is seen to block."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

from copilot import Copilot, Settings


@pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")  # the guard's own
def test_a_connection_to_anywhere_else_is_blocked() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection,
        pytest.raises(SocketConnectBlockedError),
    ):
        connection.connect(("192.0.2.1", 80))


def test_opening_asking_and_closing_needs_no_model_and_no_key() -> None:
    copilot = Copilot.open(Settings.load())
    assert copilot.complete is None
    assert copilot.ask("What is micromarketing?").model == "offline"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANONYMIZED_TELEMETRY", "False"),
        ("LANGSMITH_TRACING", "false"),
        ("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false"),
    ],
)
def test_telemetry_is_off_before_any_library_is_imported(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    import os

    monkeypatch.delenv(name, raising=False)
    Settings.load()
    assert os.environ[name] == value
