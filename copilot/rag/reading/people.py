"""Whether a table is a list of people: such a file is data, and no document for the library."""

import re
from collections.abc import Iterable

FEWEST = 10
SHARE = 0.5
SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xls", ".xlsm", ".ods")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d ()/-]{7,16}\d")


def lists_people(texts: Iterable[str]) -> bool:
    """Whether at least ten rows, and half of all, hold a different e-mail or phone number.

    >>> lists_people(f"| {n} | p{n}@example.org |" for n in range(12))
    True
    >>> lists_people(f"| Loaf {n} | 4.20 | ask us: hello@example.org |" for n in range(12))
    False
    """
    rows = {line for text in texts for line in text.splitlines() if line.startswith("|")}
    told = {found[0].lower() for row in rows if (found := _ADDRESS.search(row))}
    return len(told) >= FEWEST and len(told) >= SHARE * len(rows)
