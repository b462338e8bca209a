"""One text to one canonical value: addresses, phones, countries, languages, dates in words.

Each function returns None when the text cannot be that value; callers apply them to a column's
distinct values, never row by row.
"""

import datetime as dt
import re
from functools import cache

from copilot.text import fold

_COUNTRY_ALIASES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "britain": "GB", "usa": "US", "u.s.a.": "US", "u.s.": "US",
    "united states of america": "US", "america": "US", "holland": "NL", "brd": "DE", "d": "DE",
    "a": "AT", "f": "FR", "e": "ES", "i": "IT", "eire": "IE", "republic of ireland": "IE",
    "czech republic": "CZ", "russia": "RU", "south korea": "KR", "estados unidos": "US",
    "vereinigte staaten": "US", "grossbritannien": "GB", "royaume-uni": "GB", "reino unido": "GB",
}  # fmt: skip
_MONTHS = {
    1: "january jan januar janner janvier janv enero ene",
    2: "february feb februar fevrier fevr febrero",
    3: "march mar marz maerz mrz mars marzo",
    4: "april apr avril avr abril abr",
    5: "may mai mayo",
    6: "june jun juni juin junio",
    7: "july jul juli juillet juil julio",
    8: "august aug aout agosto ago",
    9: "september sep sept septembre septiembre",
    10: "october oct oktober okt octobre octubre",
    11: "november nov novembre noviembre",
    12: "december dec dezember dez decembre diciembre dic",
}
_MONTH = {name: number for number, names in _MONTHS.items() for name in names.split()}
_DAY_FIRST = re.compile(
    r"^(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th|er|\.)?[ -](?:de )?([a-z]+)\.?,?[ -](?:de |del )?"
    r"(\d{4}|\d{2})\b(.*)$"
)
_MONTH_FIRST = re.compile(
    r"^(?:[a-z]{3,9}day,? |[a-z]{3},? )?([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b(.*)$"
)
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})(?::(\d{2}))?\s*([ap]m)?")


def email(text: str) -> str | None:
    """The address, its domain in lower case; None when it is not one (nothing is looked up)."""
    from email_validator import EmailNotValidError, validate_email

    bare = text.strip().removeprefix("mailto:").strip("<>")
    try:
        found = validate_email(bare, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        return None
    return None if found.local_part[0] in "=+-@" else found.normalized


def phone(text: str, region: str | None) -> str | None:
    """E.164; None when it is no possible number or its country is not known."""
    import phonenumbers

    bare = text.strip().lstrip("'")
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@cache
def phone_pattern(region: str) -> tuple[str, str] | None:
    """Calling code and a pattern whose first group is the national number, for plain forms.

    From the library's own metadata; None for countries whose numbering is not a simple prefix.
    """
    import phonenumbers

    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if plan is None or plan.general_desc is None or plan.national_prefix_transform_rule:
        return None
    parsed = (plan.national_prefix_for_parsing or "").split("|")[0]
    if plan.national_prefix not in {"0", "1", None} or parsed != (plan.national_prefix or ""):
        return None
    digits = "|".join(f"\\d{{{n - 1}}}" for n in plan.general_desc.possible_length)
    code = str(plan.country_code)
    optional = "" if plan.national_prefix == "0" else "?"
    first = "2-9" if plan.national_prefix == "1" else "1-9"
    starts = f"(?:\\+|00){code}" + (f"|{plan.national_prefix}" if plan.national_prefix else "")
    return code, f"(?:{starts}){optional}([{first}](?:{digits}))"


def calling_region(text: str) -> str | None:
    """The country of a number written with its country prefix; None without one."""
    import phonenumbers

    if not text.strip().startswith(("+", "00")):
        return None
    bare = "+" + text.strip().lstrip("+0")
    try:
        number = phonenumbers.parse(bare, None)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return None if region in {"ZZ", "001"} else str(region)


def country(text: str) -> str | None:
    """ISO 3166 alpha-2 from a code or a name in English, German, French, Spanish or its own."""
    word = text.strip()
    if word.upper() in _country_codes():
        return _country_codes()[word.upper()]
    return _country_names().get(fold(word))


def language(text: str) -> str | None:
    """ISO 639-1 (639-2 where there is none) from a code, a locale or a name."""
    word = re.split(r"[-_,;]", text.strip().lower())[0]
    if word in _short_languages():
        return word
    name = fold(text)
    return _language_names().get(name) or _long_languages().get(word) or _own_names().get(name)


def date_in_words(text: str) -> dt.datetime | None:
    """A date whose month is written out in English, German, French or Spanish."""
    plain = fold(text)
    match = _DAY_FIRST.match(plain)
    if match:
        day, month, year, rest = match.groups()
    else:
        match = _MONTH_FIRST.match(plain)
        if not match:
            return None
        month, day, year, rest = match.groups()
    if month not in _MONTH:
        return None
    full = int(year) if len(year) == 4 else 2000 + int(year)
    clock = _CLOCK.search(rest)
    hour, minute, second = (int(clock[i] or 0) for i in (1, 2, 3)) if clock else (0, 0, 0)
    if clock and clock[4]:
        hour = hour % 12 + (12 if clock[4] == "pm" else 0)
    try:
        return dt.datetime(full, _MONTH[month], int(day), hour, minute, second)
    except ValueError:
        return None


@cache
def _country_codes() -> dict[str, str]:
    import pycountry

    codes = {c.alpha_2: c.alpha_2 for c in pycountry.countries}
    return {**{c.alpha_3: c.alpha_2 for c in pycountry.countries}, **codes}


@cache
def _country_names() -> dict[str, str]:
    from babel import Locale

    names = dict(_COUNTRY_ALIASES)
    for code in ("en", "de", "fr", "es", "it", "pl", "nl", "pt"):
        for territory, name in Locale(code).territories.items():
            if len(territory) == 2 and territory in _country_codes():
                names.setdefault(fold(str(name)), territory)
    return names


@cache
def _short_languages() -> frozenset[str]:
    from babel import Locale

    return frozenset(code for code in map(str, Locale("en").languages) if len(code) == 2)


@cache
def _long_languages() -> dict[str, str]:
    import pycountry

    found: dict[str, str] = {}
    for item in pycountry.languages:
        for key in (item.alpha_3, getattr(item, "bibliographic", None)):
            if key:
                found[key] = getattr(item, "alpha_2", None) or item.alpha_3
    return found


@cache
def _language_names() -> dict[str, str]:
    from babel import Locale

    names: dict[str, str] = {}
    for code in ("en", "de", "fr", "es", "it", "pl", "nl", "pt"):
        for short, name in Locale(code).languages.items():
            if short in _short_languages():
                names.setdefault(fold(str(name)), short)
    return names


@cache
def _own_names() -> dict[str, str]:
    """Every language's name in itself; only looked at when nothing else fits (it is slow)."""
    from babel import Locale
    from babel.core import UnknownLocaleError

    names: dict[str, str] = {}
    for short in sorted(_short_languages()):
        try:
            own = Locale(short).get_display_name()
        except (UnknownLocaleError, ValueError):
            continue
        if own:
            names.setdefault(fold(own), short)
    return names
