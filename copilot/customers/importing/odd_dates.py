"""Dates in forms that patterns on whole columns leave over, one distinct text at a time."""

import datetime as dt
import re

from copilot.customers.importing.values import date_in_words

_CLOCK = r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?\s*([ap])?\.?(?:m\.?)?(?:\s*uhr)?"
_ISO_HALVES = re.compile(rf"^(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})[ t]+{_CLOCK}$", re.I)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})t(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?z?$", re.I)
_UNIX = re.compile(  # Tue Mar  3 08:05:09 2026, with or without a zone before the year
    r"^(?:[a-z]{3},? )?([a-z]{3,9})\.? +(\d{1,2}),? +(\d{1,2}:\d{2}(?::\d{2})?)"
    r"(?: [a-z]{3,5})? +(\d{4})$",
    re.I,
)
_YEAR_FIRST = re.compile(r"^(\d{4})[ /-]([a-zà-ÿ]+)\.?[ /-](\d{1,2})\b(.*)$", re.I)


def odd_date(text: str) -> dt.datetime | None:
    """The moment a text names, with its month written out or its clock in an unusual form.

    A clock's offset from UTC is left away: the time stays as it was written.
    """
    plain = " ".join(text.split())
    halves = _ISO_HALVES.match(plain)
    if halves:
        year, month, day, hour, minute, second, half = halves.groups()
        return _moment(year, month, day, _hour(hour, half), minute, second)
    compact = _COMPACT.match(plain)
    if compact:
        return _moment(*compact.groups())
    unix = _UNIX.match(plain)
    if unix:
        month, day, clock, year = unix.groups()
        return date_in_words(f"{day} {month} {year} {clock}")
    first = _YEAR_FIRST.match(plain)
    if first:
        year, month, day, rest = first.groups()
        return date_in_words(f"{day} {month} {year}{rest}")
    slashed = re.sub(r"^(\d{1,2})[/.]([A-Za-zÀ-ÿ]+)[/.](\d{2,4})", r"\1-\2-\3", plain)
    return date_in_words(slashed)


def _hour(hour: str, half: str | None) -> int:
    if not half:
        return int(hour)
    return int(hour) % 12 + (12 if half.lower() == "p" else 0)


def _moment(*parts: str | int | None) -> dt.datetime | None:
    try:
        return dt.datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]
    except ValueError:
        return None
