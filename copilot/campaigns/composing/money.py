"""Sums, percentages and clock times, read in any of the languages and written as one writes them.

Formats are CLDR's, by babel; a whole sum is written without decimals.
"""

import datetime as dt
import functools
import re
from decimal import Decimal, InvalidOperation

from copilot.records import Language

LOCALES: dict[Language, str] = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
SUM = (
    r"(?:[£€$¥] ?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)* ?"
    r"(?:[£€$¥]|euros?|eur|pounds?|gbp|pfund|livres?|libras?|usd|dollars?|dolares|chf))(?!\w)"
)
"""A sum of money in folded text, as part of a pattern."""

TIME = (
    r"(?:las? )?\d{1,2}(?:[:.h]\d{2})?(?: ?(?:a\.?m\.?|p\.?m\.?|uhr|h|heures|horas|o'?clock))?|noon"
    r"|midday|mittag|midi|mediodia"
)
"""A clock time in folded text, as part of a pattern."""

_SYMBOLS = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY"}
_WORDS = {
    "eur": "EUR",
    "gbp": "GBP",
    "pou": "GBP",
    "pfu": "GBP",
    "liv": "GBP",
    "lib": "GBP",
    "usd": "USD",
    "dol": "USD",
    "chf": "CHF",
}
_SIGNS = {code: sign for sign, code in _SYMBOLS.items()}
_GROUP, _NOON, _HOURS, _MINUTES = 3, 12, 24, 60


def read_sum(text: str) -> tuple[Decimal, str] | None:
    """A sum and its currency code; None when it cannot be told.

    >>> read_sum("1.250,50 €"), read_sum("£2")
    ((Decimal('1250.50'), 'EUR'), (Decimal('2'), 'GBP'))
    """
    figures = re.search(r"\d+(?:[.,]\d+)*", text)
    sign = next((code for mark, code in _SYMBOLS.items() if mark in text), "")
    word = re.search(r"[a-z]{3}", text.lower())
    code = sign or _WORDS.get(word[0] if word else "", "")
    if not figures or not code:
        return None
    whole, mark, rest = figures[0].replace(".", ",").rpartition(",")
    number = f"{whole.replace(',', '')}.{rest}" if mark and len(rest) != _GROUP else ""
    try:
        return Decimal(number or re.sub(r"[.,]", "", figures[0])), code
    except InvalidOperation:
        return None


@functools.lru_cache(maxsize=1024)
def sum_text(amount: Decimal, code: str, language: Language) -> str:
    """A sum as the language writes it.

    >>> sum_text(Decimal("1250"), "EUR", "de"), sum_text(Decimal("2.5"), "GBP", "en")
    ('1.250 €', '£2.50')
    """
    from babel.numbers import format_decimal

    whole = amount == amount.to_integral_value()
    figures = format_decimal(amount, "#,##0" if whole else "#,##0.00", locale=LOCALES[language])
    sign = _SIGNS.get(code, code)
    text = f"{sign}{figures}" if language == "en" else f"{figures} {sign}"
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def number_text(figures: str, language: Language) -> str:
    """A plain number with the language's own decimal mark.

    >>> number_text("12.5", "de"), number_text("12,5", "en")
    ('12,5', '12.5')
    """
    return figures.replace(",", ".") if language == "en" else figures.replace(".", ",")


def read_time(text: str) -> dt.time | None:
    """A clock time of any of the languages; an hour without a half of the day is as it stands.

    >>> read_time("10 a.m."), read_time("15h30"), read_time("18 Uhr")
    (datetime.time(10, 0), datetime.time(15, 30), datetime.time(18, 0))
    """
    low = text.lower()
    if re.search(r"noon|midday|mittag|midi|mediod", low):
        return dt.time(_NOON)
    found = re.search(r"(\d{1,2})(?:[:.h](\d{2}))?", low)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if re.search(r"p\.?m", low) and hour < _NOON:
        hour += _NOON
    if hour >= _HOURS or minute >= _MINUTES:
        return None
    return dt.time(hour, minute)


def time_text(time: dt.time, language: Language) -> str:
    """A clock time as the language writes it in running text.

    >>> [time_text(dt.time(15, 30), each) for each in ("en", "de", "fr", "es")]
    ['3:30 p.m.', '15:30 Uhr', '15 h 30', 'las 15:30']
    """
    if language == "en":
        half = "a.m." if time.hour < _NOON else "p.m."
        hour = time.hour % _NOON or _NOON
        return f"{hour}:{time.minute:02d} {half}" if time.minute else f"{hour} {half}"
    if language == "de":
        return f"{time.hour}:{time.minute:02d} Uhr" if time.minute else f"{time.hour} Uhr"
    if language == "fr":
        return f"{time.hour} h {time.minute:02d}" if time.minute else f"{time.hour} h"
    article = "la" if time.hour == 1 else "las"
    return f"{article} {time.hour}:{time.minute:02d}"
