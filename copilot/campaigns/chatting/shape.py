"""The shape of a campaign in a chat message: channels, languages, level, versions, holdout."""

import re
from typing import get_args

from copilot.campaigns.chatting.scan import Scan
from copilot.campaigns.chatting.speech import Speech, compiled
from copilot.campaigns.check.lexicon import number_words
from copilot.records import Channel, Language, Level
from copilot.records.campaigns import Method

_MOST_VARIANTS = 5
_MOST_HELD = 50.0
_CHANNELS: tuple[Channel, ...] = get_args(Channel)


def read_variants(scan: Scan) -> int | None:
    """How many versions, 1 to 5."""
    if scan.took("ab"):
        return 2
    for voice, each in list(scan.takes("variants")):
        number = int(each["n"]) if each["n"].isdigit() else _spelled(voice, each["n"])
        if 1 <= number <= _MOST_VARIANTS:
            return number
        if number:
            scan.problems.append(scan.say("need_versions", text=number))
    return None


def _spelled(voice: Speech, word: str) -> int:
    if re.fullmatch(voice.patterns["variants_one"][0], word):
        return 1
    return number_words(voice.language).get(word, 0)


def read_holdout(scan: Scan) -> float | None:
    """The share of the audience that is kept back, 0 to 0.5."""
    found = scan.took("holdout")
    if found is None:
        return None
    said = float(found["n"].replace(",", "."))
    if said > _MOST_HELD:
        scan.problems.append(scan.say("need_holdout", text=f"{said:g}"))
        return None
    return said / 100


def read_languages(scan: Scan) -> tuple[tuple[Language | str, ...], bool] | None:
    """The languages, and whether they are added to those there are."""
    if scan.took("language_own"):
        return ("local",), False
    for voice, found in list(scan.takes("language"))[:1]:
        groups = found.groupdict()
        said = [_language(voice, each[0]) for each in _tongues(voice, found["l"])]
        return tuple(dict.fromkeys(said)), bool(groups.get("also") or groups.get("too"))
    for voice, other in list(scan.takes("language_other"))[:1]:
        known = ", ".join(voice.say[f"in_{each}"] for each in get_args(Language))
        scan.problems.append(
            scan.say("need_language", text=scan.text(other, "o").title(), known=known)
        )
    return None


def _tongues(voice: Speech, text: str) -> list[re.Match[str]]:
    return list(compiled("|".join(voice.languages.values())).finditer(text))


def _language(voice: Speech, word: str) -> Language:
    return next(name for name, each in voice.languages.items() if re.fullmatch(each, word))


def read_level(scan: Scan) -> tuple[Level, str | None] | None:
    """How fine to go, and by what."""
    for voice in scan.voices:
        for by, names in voice.places.items():
            each = rf"{voice.parts['each']} (?:{names})"
            one = names.split("|")[0]
            if scan.take(rf"{each}|{one} by {one}"):
                scan.took("individual_too")
                return "local", by
    if scan.took("local"):
        return "local", "neighbourhood"
    if found := scan.took("segment"):
        return "segment", "lifecycle" if "life" in (found["s"] or "") else "rfm"
    personal = [scan.take(each) for v in scan.voices for each in v.patterns["individual"]]
    if any(personal):
        return "individual", "neighbourhood"
    return ("mass", None) if scan.took("mass") else None


def read_method(scan: Scan) -> Method | None:
    """Whether every customer's message is put together anew or from checked options."""
    method: Method
    for method in get_args(Method):
        if scan.took(method):
            return method
    return None


def read_channels(scan: Scan, before: tuple[Channel, ...]) -> tuple[Channel, ...] | None:
    """The channels, in the order said; `more` and `away` words change those there were before."""
    more = scan.has("more") is not None
    gone = [name for voice, found in list(scan.takes("away")) for name in _named(voice, found["c"])]
    said: list[tuple[int, Channel]] = []
    for name in _CHANNELS:
        for voice in scan.voices:
            taken = scan.take(voice.channels[name])
            said += [(found.start(), name) for found in taken]
            scan.channels += [found.span() for found in taken]
    named = tuple(dict.fromkeys(name for _, name in sorted(said)))
    if not named and not gone:
        return None
    start = before if more or not named else ()
    kept = tuple(name for name in dict.fromkeys((*start, *named)) if name not in gone)
    if not kept:
        scan.problems.append(scan.say("need_channel"))
    return kept or None


def _named(voice: Speech, text: str) -> list[Channel]:
    return [name for name, pattern in voice.channels.items() if re.fullmatch(pattern, text)]
