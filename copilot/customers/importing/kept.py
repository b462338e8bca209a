"""Mappings a person made, kept for the next file with the same columns.

One YAML file a source under the store's `mappings`, so that a person can read and edit it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from copilot.customers.importing.headers import plain
from copilot.customers.importing.mapping import REJECT_COLUMNS
from copilot.errors import DataError
from copilot.records import SavedMapping
from copilot.text import content_id, write_whole

FOLDER = "mappings"
NEARLY = 0.6


@dataclass(frozen=True)
class Reuse:
    """A kept mapping that fits a file's columns, and what to say of it."""

    table: str | None
    columns: dict[str, str]
    warning: str


def load_mapping(path: Path) -> dict[str, str]:
    """A mapping file (YAML, `column: field`; null or "" leaves the column out)."""
    return _columns(_read(path), path)


def source_key(header: Sequence[str]) -> str:
    """The key under which a mapping is kept: the same set of columns is the same source."""
    return content_id(*sorted(plain(name) for name in header if name not in REJECT_COLUMNS))


def save(
    folder: Path,
    header: Sequence[str],
    mapping: Mapping[str, str],
    *,
    table: str | None = None,
    source: str = "",
) -> Path:
    """Keep a mapping for files with these columns; `folder` is the store's. All or nothing."""
    path = folder / FOLDER / f"{source_key(header)}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in header if name not in REJECT_COLUMNS]
    data = {"table": table, "source": source, "header": wanted, "columns": dict(mapping)}
    write_whole(path, yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    return path


def fitting(folder: Path, header: Sequence[str]) -> Reuse | None:
    """The mapping kept for these columns, else one kept for nearly the same; None for neither.

    Of nearly the same columns those still there keep what was said of them, and the warning
    names those that came and went.
    """
    key = source_key(header)
    exact = _saved(folder / FOLDER / f"{key}.yaml")
    if exact is not None:
        return Reuse(
            exact.table,
            exact.columns,
            f"Used the mapping saved for these columns ({key}); see customers mappings.",
        )
    now = {plain(name): name for name in header if name not in REJECT_COLUMNS}
    best, share = None, 0.0
    for other in listed(folder):
        names = {plain(name) for name in other.header}
        common = len(names & now.keys()) / max(1, len(names | now.keys()))
        if common >= NEARLY and common > share:
            best, share = other, common
    if best is None:
        return None
    before = {plain(name): name for name in best.header}
    new = ", ".join(repr(now[name]) for name in now if name not in before)
    gone = ", ".join(repr(before[name]) for name in before if name not in now)
    columns = {name: field for name, field in best.columns.items() if plain(name) in now}
    told = "; ".join(part for part in (new and f"new: {new}", gone and f"gone: {gone}") if part)
    return Reuse(
        best.table,
        columns,
        f"The columns have changed since the mapping {best.key} was saved ({told}); it was used"
        " for the columns still there.",
    )


def listed(folder: Path) -> list[SavedMapping]:
    """Every mapping kept in a store's folder, by key."""
    found = (_saved(path) for path in sorted((folder / FOLDER).glob("*.yaml")))
    return [one for one in found if one is not None]


def remove(folder: Path, key: str) -> SavedMapping:
    """Forget a kept mapping and give it; raises DataError when there is none of that key."""
    one = show(folder, key)
    (folder / FOLDER / f"{one.key}.yaml").unlink(missing_ok=True)
    return one


def show(folder: Path, key: str) -> SavedMapping:
    """The kept mapping of a key or its beginning; raises DataError naming the known keys."""
    there = listed(folder)
    found = [one for one in there if key and one.key.startswith(key)]
    if len(found) != 1:
        known = ", ".join(one.key for one in there) or "none is saved"
        raise DataError(f"No one mapping is saved under {key!r}.", hint=f"Keys: {known}.")
    return found[0]


def _saved(path: Path) -> SavedMapping | None:
    if not path.is_file():
        return None
    data = _read(path)
    columns = _columns(data.get("columns"), path)
    return SavedMapping(
        key=path.stem,
        table=data.get("table"),
        source=str(data.get("source") or ""),
        header=tuple(map(str, data.get("header") or columns)),
        columns=columns,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"Cannot read the mapping {str(path)!r}: {error}.") from error
    if not isinstance(data, dict):
        raise DataError(f"{str(path)!r} is not a mapping.", hint="Write lines of column: field.")
    return data


def _columns(data: object, path: Path) -> dict[str, str]:
    if not isinstance(data, dict):
        raise DataError(f"{str(path)!r} is not a mapping.", hint="Write lines of column: field.")
    return {str(key): "" if value is None else str(value) for key, value in data.items()}
