"""Pages under Streamlit's AppTest: opening one, waiting for its work, reading what it says."""

import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from copilot import Copilot

ROOT = Path(__file__).parent.parent.parent
Open = Callable[[str], AppTest]


def opened(copilot: Copilot, page: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "copilot" / "app" / f"{page}.py"), default_timeout=90)
    at.session_state["copilot"] = copilot
    return at.run()


def settled(at: AppTest) -> AppTest:
    """Run the page again until no work is under way, as its fragment does in a browser."""
    for _ in range(600):
        if not at.get("progress"):
            return at
        time.sleep(0.1)
        at.run()
    raise AssertionError("the work did not end")


def words(at: AppTest) -> str:
    """Everything the page says in Markdown, captions, boxes and badges."""
    kinds = ("markdown", "caption", "success", "info", "warning", "error", "title", "html")
    return "\n".join(str(one.value) for kind in kinds for one in at.get(kind))


def labels(at: AppTest, kind: str) -> list[str]:
    return [one.label for one in at.get(kind)]
