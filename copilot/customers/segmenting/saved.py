"""Segments a person saved: names and audience expressions, in one YAML file of the workspace."""

import yaml

from copilot.customers.filters import permitted
from copilot.customers.segmenting.reach import WHO
from copilot.customers.store import Store
from copilot.errors import DataError, FilterError
from copilot.records import SavedSegment
from copilot.text import squeeze, write_whole

FILE = "segments.yaml"
LONGEST_NAME = 80


def saved(store: Store) -> tuple[SavedSegment, ...]:
    """Every saved segment, by name. Raises DataError for a file gone wrong."""
    return tuple(SavedSegment(name=name, where=where) for name, where in _read(store).items())


def save(store: Store, name: str, where: str) -> SavedSegment:
    """Keep an expression under a name; one of the same name is replaced. All or nothing.

    Raises FilterError for an expression that is not understood, is empty, or says who somebody
    is: a person who is forgotten must not live on in a file of rules.
    """
    name, where = squeeze(name), where.strip()
    if not name or len(name) > LONGEST_NAME:
        raise DataError(
            f"{name!r} is no name for a segment.", hint=f"Give 1 to {LONGEST_NAME} characters."
        )
    chosen = permitted(store, where)
    if chosen.node is None:
        raise FilterError("There is no rule to save.", hint="Give one, such as: city = 'Leeds'")
    who = sorted(chosen.fields & WHO)
    if who:
        raise FilterError(
            f"A saved segment names nobody; this one tests {', '.join(who)}.",
            hint="Choose by place, purchases, language or consent.",
        )
    with store.writing():
        _keep(store, {**_read(store), name: where})
    return SavedSegment(name=name, where=where)


def remove(store: Store, name: str) -> SavedSegment:
    """Take a saved segment away and give it; raises DataError naming the ones there are."""
    with store.writing():
        found = _read(store)
        if name not in found:
            known = ", ".join(found) or "none is saved"
            raise DataError(f"No segment is saved as {name!r}.", hint=f"There are: {known}.")
        one = SavedSegment(name=name, where=found.pop(name))
        _keep(store, found)
    return one


def _read(store: Store) -> dict[str, str]:
    path = store.folder / FILE
    if not path.is_file():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path} cannot be read: {error}.", hint="Correct or remove it.") from error
    if not isinstance(data, dict) or not all(isinstance(one, str) for one in data.values()):
        raise DataError(f"{path} is not lines of name: rule.", hint="Correct or remove it.")
    return {str(name): where for name, where in sorted(data.items(), key=lambda one: str(one[0]))}


def _keep(store: Store, segments: dict[str, str]) -> None:
    text = yaml.safe_dump(segments, allow_unicode=True, sort_keys=True)
    write_whole(store.folder / FILE, text)
