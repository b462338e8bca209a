"""Forgetting a person everywhere the product writes: tables, drafts, uploads, jobs.

The one place that knows all of them. Files inside the workspace lose the person's rows; files
that drafts were written to outside it are named, because they are not ours to change.
"""

from collections.abc import Callable
from pathlib import Path

from copilot.campaigns.modules import own_unit
from copilot.campaigns.outputs import outputs
from copilot.campaigns.store import CampaignStore
from copilot.customers.privacy import erase, rows
from copilot.customers.privacy.erase import Person
from copilot.customers.store import Store
from copilot.records import Forgotten

Campaigns = Callable[[], CampaignStore]
"""Opens the drafted campaigns: only when somebody has to be forgotten in them."""


def forget_everywhere(home: Path, store: Store, campaigns: Campaigns, who: str) -> Forgotten:
    """Erase the person with this id, e-mail or phone from the workspace.

    Killed in the middle, it is finished by `finish`. Raises DataError when nobody, or more than
    one person, is meant.
    """
    finish(home, store, campaigns)
    person = erase.find(store, who)
    erase.begin(store, person)
    return _forget(home, store, campaigns, person)


def finish(home: Path, store: Store, campaigns: Campaigns) -> Forgotten | None:
    """Finish what a killed process had begun to forget; None when there is nothing."""
    person = erase.unfinished(store)
    return None if person is None else _forget(home, store, campaigns, person)


def _forget(home: Path, store: Store, campaigns: Campaigns, person: Person) -> Forgotten:
    changed: dict[str, int] = {}
    removed: list[str] = []
    for path in _ours(home):
        if path.suffix in rows.SUFFIXES:
            gone = rows.scrub_file(path, person)
            if gone:
                changed[path.relative_to(home).as_posix()] = gone
        else:  # a workbook waiting to be loaded, from which no row can be taken
            path.unlink()
            removed.append(path.relative_to(home).as_posix())
    drafted = campaigns().forget({own_unit(each) for each in person.ids}, person.in_text)
    if drafted:
        changed["campaigns"] = drafted
    erased = erase.erase(store, person)
    elsewhere = [path for path in outputs(home) if not path.is_relative_to(home.resolve())]
    erase.done(store)
    return Forgotten(
        customer_id=person.ids[0],
        erased=erased,
        files=changed,
        removed=tuple(removed),
        outside=tuple(str(path) for path in elsewhere if _names(path, person)),
    )


def _ours(home: Path) -> list[Path]:
    """Files of drafts, and uploads that have not been loaded yet."""
    found = [path for path in (home / "drafts").rglob("*") if path.suffix in rows.SUFFIXES]
    found += (home / "customers" / "rejects").glob("*.csv")
    found += [path for path in (home / "uploads" / "data").rglob("*") if path.is_file()]
    found += [path for path in outputs(home) if path.is_relative_to(home.resolve())]
    return sorted({path.resolve() for path in found if path.is_file()})


def _names(path: Path, person: Person) -> bool:
    return path.suffix in rows.SUFFIXES and rows.count_rows(path, person) > 0
