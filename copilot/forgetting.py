"""Forgetting a person everywhere the product writes: tables, drafts, uploads, jobs.

The one place that knows all of them. Files inside the workspace lose the person's rows; files
that drafts were written to outside it are named, because they are not ours to change.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from copilot.campaigns.exporting.outputs import outputs
from copilot.customers.privacy import erase, rows
from copilot.customers.privacy.erase import TELLING_ID, Person
from copilot.customers.store import Store
from copilot.records import Forgotten

if TYPE_CHECKING:
    from copilot.campaigns.store import CampaignStore

Campaigns = Callable[[], "CampaignStore"]
"""Opens the drafted campaigns: only when somebody has to be forgotten in them."""

_PHONE_LIKE = re.compile(r"\+?\d[\d\s()./-]{5,}\d")


class Forgets(Protocol):
    """Something kept, out of which whatever text names a person can be erased."""

    def forget(self, names_them: Callable[[str], bool]) -> int:
        """Erase it; returns how much."""


Kept = Callable[[], Mapping[str, Forgets]]


def forget_everywhere(
    home: Path, store: Store, campaigns: Campaigns, who: str, *, kept: Kept = dict
) -> Forgotten:
    """Erase the person with this id, e-mail or phone from the workspace.

    Killed in the middle, it is finished by `finish`. Raises DataError when nobody, or more than
    one person, is meant.
    """
    finish(home, store, campaigns, kept)
    person = erase.find(store, who)
    erase.begin(store, person)
    return _forget(home, store, campaigns, person, kept)


def finish(home: Path, store: Store, campaigns: Campaigns, kept: Kept = dict) -> Forgotten | None:
    """Finish what a killed process had begun to forget; None when there is nothing."""
    person = erase.unfinished(store)
    return None if person is None else _forget(home, store, campaigns, person, kept)


def _forget(
    home: Path, store: Store, campaigns: Campaigns, person: Person, kept: Kept
) -> Forgotten:
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
    drafted = campaigns().forget(_own_units(person), lambda text: names_person(text, person))
    if drafted:
        changed["campaigns"] = drafted
    for name, each in kept().items():
        gone = each.forget(lambda text: names_person(text, person))
        if gone:
            changed[name] = gone
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


def names_person(text: str, person: Person) -> bool:
    """Whether a text names the person by address, phone however written, unit or id.

    A short id of digits counts only after a word for a customer: it may be any number.
    """
    if person.in_text(text) or any(unit in text for unit in _own_units(person)):
        return True
    if any(person.in_cell(found[0], "") for found in _PHONE_LIKE.finditer(text)):
        return True
    return any(_id_in(text, each) for each in person.ids)


def _id_in(text: str, customer_id: str) -> bool:
    telling = len(customer_id) >= TELLING_ID or not customer_id.isdigit()
    before = "" if telling else r"(?:customer|client|kund|cliente?)\w*\W{1,12}"
    return bool(re.search(rf"(?i)\b{before}(?<!\w){re.escape(customer_id)}(?!\w)", text))


def _own_units(person: Person) -> set[str]:
    """How the units are called that `bespoke` gives the person."""
    from copilot.campaigns.merging.modules import own_unit  # takes long, and is seldom needed

    return {own_unit(each) for each in person.ids}


def _ours(home: Path) -> list[Path]:
    """Files of drafts, and uploads that have not been loaded yet."""
    found = [path for path in (home / "drafts").rglob("*") if path.suffix in rows.SUFFIXES]
    found += (home / "customers" / "rejects").glob("*.csv")
    found += [path for path in (home / "uploads" / "data").rglob("*") if path.is_file()]
    found += [path for path in outputs(home) if path.is_relative_to(home.resolve())]
    return sorted({path.resolve() for path in found if path.is_file()})


def _names(path: Path, person: Person) -> bool:
    """Whether a file names the person, or is of a kind that only its own program can search."""
    return path.suffix not in rows.SUFFIXES or rows.count_rows(path, person) > 0
