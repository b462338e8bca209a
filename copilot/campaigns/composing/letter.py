"""The letter around its text: who writes, where and when, to whom, and how to stop it."""

import datetime as dt
import functools

from babel.dates import format_date

from copilot.campaigns.briefing.brands import city_of
from copilot.campaigns.composing.phrases import Bank, bank_for, fill
from copilot.campaigns.composing.wording import Fields, safe
from copilot.records import Assignment, BrandKit, Language


def letterhead(assignment: Assignment) -> str:
    """The sender's block, the line of place and date, and the reader's block, as paragraphs.

    The reader's block is merged: both names where both are known, else the first, else a neutral
    address; then the town the reader lives in, if known.
    """
    brand, words = assignment.brief.brand, bank_for(assignment.brief.brand, assignment.language)
    sender = [brand.legal_name or brand.name]
    sender += [part.strip() for part in (brand.address or "").split(",") if part.strip()]
    sender += [each for each in (brand.phone, brand.reply_to) if each]
    date = date_line(brand, assignment.language, assignment.today)
    reader = [_reader(assignment, words), *([assignment.unit.place] if _placed(assignment) else [])]
    blocks = ["\n".join(map(safe, sender)), date, "\n".join(reader)]
    return "\n\n".join(blocks)


def date_line(brand: BrandKit, language: Language, today: dt.date) -> str:
    """Town and day as a letter of the language has them.

    >>> date_line(BrandKit(name="X", address="Weg 1, 80331 München"), "de", dt.date(2026, 11, 22))
    'München, den 22. November 2026'
    """
    words, city = bank_for(brand, language), city_of(brand.address)
    day = _day(today, words.dates.letter, words.dates.locale, words.dates.first)
    fields: Fields = {"city": safe(city) or None, "date": day}
    return fill(words.letter.date, fields) or fill(words.letter.date_alone, fields) or day


def stop_line(assignment: Assignment) -> str:
    """How a reader can stop such letters; empty when the brand kit gives no way to."""
    brand = assignment.brief.brand
    words = bank_for(brand, assignment.language)
    contact = brand.reply_to or brand.address or brand.phone
    return fill(words.letter.stop, {"contact": safe(contact) if contact else None}) or ""


@functools.lru_cache(maxsize=64)
def _day(day: dt.date, pattern: str, locale: str, first: str) -> str:
    if day.day == 1 and first:
        pattern = pattern.replace("d ", f"{first} ", 1)
    return format_date(day, pattern, locale=locale)


def _reader(assignment: Assignment, words: Bank) -> str:
    to = words.letter.to
    if "first_name" in assignment.withheld:
        return to
    first = f'{{{{ first_name | default: "{to}" }}}}'
    if "last_name" in assignment.withheld:
        return first
    last = f'{{{{ last_name | default: "{to}" }}}}'
    return f"{{% if first_name and last_name %}}{first} {last}{{% else %}}{first}{{% endif %}}"


def _placed(assignment: Assignment) -> bool:
    return bool(assignment.unit.place) and assignment.unit.level in {"local", "individual"}
