"""Dates and times: orders, words, serials, impossible days."""

import datetime as dt
from typing import Any

from tests.customers.importing.nasty.case import Nasty, text


def _times(
    name: str,
    values: dict[str, dt.datetime | None],
    rejected: int = 0,
    sep: str = "\t",
    **more: Any,
) -> Nasty:
    """A file of transactions at these times; the truth beside each text."""
    body = sep.join(("transaction_id", "customer_id", "at", "amount")) + "\n"
    for i, value in enumerate(values):
        body += sep.join((f"T{i}", "C1", value, f"{i}.50")) + "\n"
    cells = {f"T{i}": {"at": truth} for i, truth in enumerate(values.values()) if truth}
    return text(name, body, len(values), rejected, table="transactions", cells=cells, **more)


def _day(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, s: int = 0
) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, s)


def european() -> Nasty:
    return _times("eu.tsv", {"31/12/2025": _day(2025, 12, 31), "03/04/2026": _day(2026, 4, 3)})


def american() -> Nasty:
    return _times("us.tsv", {"12/31/2025": _day(2025, 12, 31), "3/4/2026": _day(2026, 3, 4)})


def ambiguous() -> Nasty:
    return _times(
        "either.tsv",
        {"03/04/2026": _day(2026, 4, 3), "05/06/2026": _day(2026, 6, 5)},
        said=("fit day/month and month/day", "@mdy"),
    )


def ambiguous_american() -> Nasty:
    return _times(
        "either_us.tsv",
        {"03/04/2026": _day(2026, 3, 4), "05/06/2026": _day(2026, 5, 6)},
        options={"country": "US"},
        said=("usual in US",),
    )


def mixed_orders() -> Nasty:
    return _times(
        "mixed_orders.tsv",
        {"31/12/2025": _day(2025, 12, 31), "12/30/2025": _day(2025, 12, 30),
         "25/11/2025": _day(2025, 11, 25), "03/04/2026": _day(2026, 4, 3)},
        said=("mixes day/month (2) and month/day (1)",),
    )  # fmt: skip


def decided_late() -> Nasty:
    """Only the last of thirty thousand dates tells that the month comes first."""
    lines = "".join(f"T{i},C1,0{i % 9 + 1}/02/2026,1.50\n" for i in range(30_000))
    body = "transaction_id,customer_id,at,amount\n" + lines + "X,C1,02/25/2026,1.50\n"
    return text(
        "late_us.csv",
        body,
        30_001,
        table="transactions",
        cells={"X": {"at": _day(2026, 2, 25)}, "T1": {"at": _day(2026, 2, 2)},
               "T3": {"at": _day(2026, 4, 2)}},
    )  # fmt: skip


def dotted() -> Nasty:
    return _times(
        "dots.tsv",
        {"03.04.2026": _day(2026, 4, 3), "3.4.2026 14:05": _day(2026, 4, 3, 14, 5),
         "03.04.26": _day(2026, 4, 3), "03.04.2026, 14:05:09 Uhr": _day(2026, 4, 3, 14, 5, 9)},
    )  # fmt: skip


def iso() -> Nasty:
    return _times(
        "iso.tsv",
        {"2026-03-03": _day(2026, 3, 3), "2026-03-03T08:05": _day(2026, 3, 3, 8, 5),
         "2026-03-03 08:05:09": _day(2026, 3, 3, 8, 5, 9),
         "2026-03-03T08:05:09.123456": dt.datetime(2026, 3, 3, 8, 5, 9, 123456),
         "2026/03/03": _day(2026, 3, 3), "2026.3.3": _day(2026, 3, 3)},
    )  # fmt: skip


def offsets() -> Nasty:
    """The clock of the shop is what a day's pattern needs: the time as it was written."""
    return _times(
        "offsets.tsv",
        {"2026-03-03T08:05:00+02:00": _day(2026, 3, 3, 8, 5),
         "2026-03-03T23:30:00-0500": _day(2026, 3, 3, 23, 30),
         "2026-03-03 08:05:09 +0100": _day(2026, 3, 3, 8, 5, 9)},
        said=("offset",),
    )  # fmt: skip


def zulu() -> Nasty:
    return _times(
        "zulu.tsv",
        {"2026-03-03T08:05:00Z": _day(2026, 3, 3, 8, 5),
         "2026-03-03 08:05:00 UTC": _day(2026, 3, 3, 8, 5),
         "2026-03-03T08:05:00.250Z": dt.datetime(2026, 3, 3, 8, 5, 0, 250000)},
    )  # fmt: skip


def compact() -> Nasty:
    return _times(
        "compact.tsv",
        {"20260303": _day(2026, 3, 3), "20260303142509": _day(2026, 3, 3, 14, 25, 9),
         "20260303T142509": _day(2026, 3, 3, 14, 25, 9)},
    )  # fmt: skip


def words_english() -> Nasty:
    return _times(
        "words_en.tsv",
        {"Mar 3, 2026": _day(2026, 3, 3), "3 March 2026": _day(2026, 3, 3),
         "March 3rd, 2026": _day(2026, 3, 3), "3-Mar-2026": _day(2026, 3, 3),
         "03-MAR-26": _day(2026, 3, 3), "Tuesday, 3 March 2026": _day(2026, 3, 3),
         "Mar 3, 2026 8:05 PM": _day(2026, 3, 3, 20, 5), "2026 Mar 3": _day(2026, 3, 3),
         "3/Mar/2026": _day(2026, 3, 3), "Tuesday, March 3, 2026": _day(2026, 3, 3)},
    )  # fmt: skip


def words_german() -> Nasty:
    return _times(
        "words_de.tsv",
        {"12. Mai 2026": _day(2026, 5, 12), "3. März 2026": _day(2026, 3, 3),
         "3. Maerz 2026, 14:05 Uhr": _day(2026, 3, 3, 14, 5), "01. Dez. 2025": _day(2025, 12, 1),
         "Dienstag, 3. März 2026": _day(2026, 3, 3), "1. Jänner 2026": _day(2026, 1, 1)},
    )  # fmt: skip


def words_french() -> Nasty:
    return _times(
        "words_fr.tsv",
        {"3 mars 2026": _day(2026, 3, 3), "1er août 2026": _day(2026, 8, 1),
         "mardi 3 mars 2026": _day(2026, 3, 3), "3 févr. 2026 à 14h05": _day(2026, 2, 3, 14, 5),
         "15 déc. 2025": _day(2025, 12, 15)},
    )  # fmt: skip


def words_spanish() -> Nasty:
    return _times(
        "words_es.tsv",
        {"3 de marzo de 2026": _day(2026, 3, 3), "1 ene. 2026": _day(2026, 1, 1),
         "15 de agosto del 2026": _day(2026, 8, 15), "martes, 3 de marzo de 2026": _day(2026, 3, 3),
         "3-sept-2026": _day(2026, 9, 3)},
    )  # fmt: skip


def mail_style() -> Nasty:
    return _times(
        "rfc2822.tsv",
        {"Tue, 03 Mar 2026 08:05:09 +0000": _day(2026, 3, 3, 8, 5, 9),
         "Tue Mar  3 08:05:09 2026": _day(2026, 3, 3, 8, 5, 9)},
    )  # fmt: skip


def halves_of_the_day() -> Nasty:
    return _times(
        "ampm.tsv",
        {"12/31/2025 8:05 PM": _day(2025, 12, 31, 20, 5),
         "3/4/2026 12:00 AM": _day(2026, 3, 4), 
         "3/4/2026 12:30:15 pm": _day(2026, 3, 4, 12, 30, 15),
         "3/4/2026, 8:05 a.m.": _day(2026, 3, 4, 8, 5), "3/4/2026 8:05PM": _day(2026, 3, 4, 20, 5)},
    )  # fmt: skip


def iso_halves_of_the_day() -> Nasty:
    return _times("iso_ampm.tsv", {"2026-03-03 8:05 PM": _day(2026, 3, 3, 20, 5)})


def serials() -> Nasty:
    return _times(
        "serials.tsv",
        {"45717": _day(2025, 3, 1), "45717.5": _day(2025, 3, 1, 12),
         "45717.25001": _day(2025, 3, 1, 6, 0, 1)},
    )  # fmt: skip


def epochs() -> Nasty:
    return _times(
        "epochs.tsv",
        {"1772524800": _day(2026, 3, 3, 8), "1772524800000": _day(2026, 3, 3, 8),
         "1772524800.5": dt.datetime(2026, 3, 3, 8, 0, 0, 500000)},
    )  # fmt: skip


def impossible() -> Nasty:
    return _times(
        "impossible.tsv",
        {"31/02/2026": None, "2026-02-30": None, "30 February 2026": None, "32/01/2026": None,
         "28/02/2026": _day(2026, 2, 28), "soon": None, "2026-13-01": None},
        6,
        reasons=("not a date or time",) * 6,
    )  # fmt: skip


def impossible_birth() -> Nasty:
    body = "id,first_name,birth_date\nC1,Ann,31/02/1980\nC2,Bob,28/02/1980\n"
    return text(
        "impossible_birth.csv",
        body,
        2,
        cells={"C1": {"birth_date": None}, "C2": {"birth_date": dt.date(1980, 2, 28)}},
        said=("not a usable birth_date",),
    )


def two_digit_births() -> Nasty:
    body = (
        "id,first_name,birth_date\nC1,Ann,25/04/68\nC2,Bob,03/12/26\nC3,Cy,17/05/01\n"
        "C4,Di,30-Jun-49\nC5,Ed,31.12.99\n"
    )
    return text(
        "births.csv",
        body,
        5,
        cells={
            "C1": {"birth_date": dt.date(1968, 4, 25)},
            "C2": {"birth_date": dt.date(1926, 12, 3)},
            "C3": {"birth_date": dt.date(2001, 5, 17)},
            "C4": {"birth_date": dt.date(1949, 6, 30)},
            "C5": {"birth_date": dt.date(1999, 12, 31)},
        },
    )


def zero_dates() -> Nasty:
    body = "id,first_name,birth_date,joined_at\nC1,Ann,0000-00-00,0000-00-00 00:00:00\n"
    body += "C2,Bob,1980-02-28,2020-01-31 10:00:00\n"
    return text(
        "zero_dates.csv",
        body,
        2,
        cells={
            "C1": {"birth_date": None, "joined_at": None, "attributes": None},
            "C2": {"birth_date": dt.date(1980, 2, 28)},
        },
    )


def births_in_the_future() -> Nasty:
    body = "id,first_name,birth_date\nC1,Ann,2068-04-25\nC2,Bob,1980-02-28\nC3,Cy,25/04/2068\n"
    return text(
        "future_births.csv",
        body,
        3,
        cells={"C1": {"birth_date": None}, "C3": {"birth_date": None}},
        said=("not a usable birth_date",),
    )


def mixed_kinds() -> Nasty:
    return _times(
        "mixed_kinds.tsv",
        {"2026-03-03": _day(2026, 3, 3), "25/12/2025": _day(2025, 12, 25),
         "3 March 2026": _day(2026, 3, 3), "45717": _day(2025, 3, 1)},
    )  # fmt: skip
