"""Run by test_killed.py in a process of its own: change a store, and die at a named point.

Usage: python dying.py POINT VERB STORE ARGUMENT
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from copilot.campaigns.store import CampaignStore
from copilot.customers import store
from copilot.customers.importing import load
from copilot.forgetting import forget_everywhere

BEFORE_COMMIT, BEFORE_RENAME, AFTER_RENAME, IN_SWEEP = "commit", "rename", "renamed", "sweep"
POINTS = (*load.PHASES, BEFORE_COMMIT, BEFORE_RENAME, AFTER_RENAME, IN_SWEEP)


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    """Have this process killed when it comes to the point."""
    replace, sweep = Path.replace, store.Store._sweep

    def renaming(path: Path, target: Path) -> Path:
        if point == BEFORE_RENAME and Path(target).name == store.MANIFEST:
            die()
        done = replace(path, target)
        if point == AFTER_RENAME and Path(target).name == store.MANIFEST:
            die()
        return done

    def sweeping(self: store.Store, keep: set[str]) -> None:
        if point == IN_SWEEP:
            die()
        sweep(self, keep)

    if point == BEFORE_COMMIT:
        store.Store.commit = die  # type: ignore[method-assign]
    Path.replace = renaming  # type: ignore[method-assign]
    store.Store._sweep = sweeping  # type: ignore[method-assign]


def main() -> None:
    point, verb, folder, argument = sys.argv[1:]
    arm(point)
    place = store.Store(Path(folder))
    if verb == "forget":
        drafted = CampaignStore(f"sqlite:///{place.folder.parent / 'campaigns.db'}")
        forget_everywhere(place.folder.parent, place, lambda: drafted, argument)
    else:
        load.import_file(
            place,
            Path(argument),
            table="suppressions" if verb == "suppress" else None,
            progress=lambda phase, _: die() if phase == point else None,
        )


if __name__ == "__main__":
    main()
