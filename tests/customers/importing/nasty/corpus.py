"""Every nasty file, by kind."""

from tests.customers.importing.nasty import (
    books,
    dates,
    delimiters,
    encodings,
    jsons,
    numbers,
    old_books,
    packed,
    parquets,
    shapes,
    values,
)
from tests.customers.importing.nasty.case import cases_of

KINDS = (
    delimiters, encodings, numbers, dates, shapes, values,
    jsons, parquets, books, old_books, packed,
)  # fmt: skip
CASES = [case for kind in KINDS for case in cases_of(kind)]
NAMES = [f"{case.__module__.rsplit('.')[-1]}-{case.__name__}" for case in CASES]
