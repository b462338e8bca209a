"""The lines that law and the brand kit want in a message, by channel and country."""

import datetime as dt
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from copilot.campaigns.check.finding import Case, Text, missing
from copilot.campaigns.check.lexicon import LANGUAGES, lexicon, words
from copilot.campaigns.check.links import canonical_url, links
from copilot.campaigns.check.view import folded
from copilot.records import BrandKit, Channel, Finding
from copilot.records.base import Record
from copilot.text import shipped_yaml, squeeze

_ADVERT = re.compile(r"(?<!\w)publi(?:cidad)?(?!\w)|comunicacion comercial")
_STOP_NUMBER = re.compile(r"(?<!\w)stop(?: sms)?(?: au| a)? ?:? ?\d{4,5}(?!\d)")
_CONTACT = re.compile(r"@\w|(?<!\d)\+?[\d(][\d ()/-]{6,}\d")
_OBJECTION = re.compile(
    r"(?:if you (?:would rather|do not|don't|no longer|prefer)|to stop|prefer not|no longer|"
    r"keine? (?:werbung|post|briefe)|nicht mehr|widersprechen|ne plus recevoir|ne souhaitez plus|"
    r"no (?:quieres?|quiera|desea|deseas) recibir|no recibir|dejar de recibir|opt[- ]out|opposer)"
)

Want = Literal["sender", "address", "contact", "unsubscribe", "opt_out", "stop_number", "advert"]


class Law(Record):
    """One thing that messages must hold; without `hold` it is advice."""

    want: Want
    channels: tuple[Channel, ...]
    countries: tuple[str, ...]
    hold: bool
    as_of: dt.date
    source: str


class Laws(Record):
    countries: dict[str, tuple[str, ...]]
    claims: dict[str, str]
    laws: tuple[Law, ...]


_RULES: dict[Want, str] = {
    "sender": "legal.sender",
    "address": "legal.address",
    "contact": "legal.contact",
    "unsubscribe": "legal.unsubscribe",
    "opt_out": "legal.opt-out",
    "stop_number": "legal.opt-out-number",
    "advert": "legal.advertising",
}


@functools.cache
def laws() -> Laws:
    """The rules of laws.yaml, shipped with the package."""
    path = Path(__file__).parent / "laws.yaml"
    return Laws.model_validate(shipped_yaml(path))


def claim_source(rule: str) -> str:
    """Where the need to prove a claim of a rule comes from, such as `claim.organic`."""
    law = laws().claims.get(rule.removeprefix("claim."))
    return f"brand.claims; {law}" if law else "facts"


def country_of(brand: BrandKit) -> str:
    """The ISO 3166 code whose law applies: the brand kit's, or the one its address ends with.

    >>> country_of(BrandKit(name="A", address="1 High Street, Leeds, United Kingdom"))
    'GB'
    """
    if brand.country:
        return brand.country.strip().upper()
    last = folded((brand.address or "").rpartition(",")[2]).strip(" .")
    return next((code for code, names in laws().countries.items() if last in names), "")


def legal(text: Text, case: Case) -> Iterator[Finding]:
    """Missing sender, postal address, way out and required lines; advice on a mere fragment."""
    brand, channel = case.assignment.brief.brand, case.assignment.channel
    plain = squeeze(text.low)
    for law in _applicable(channel, country_of(brand)):
        if not _holds(law.want, text, plain, case):
            message, fix = _words(law.want, brand, channel)
            hold = law.hold and not case.fragment
            yield missing(_RULES[law.want], message, origin=law.source, fix=fix, hold=hold)
    line = brand.required.get(channel)
    if line and not _has(plain, line):
        yield missing(
            "brand.required",
            f"The required line “{line}” is missing.",
            origin=f"brand.required.{channel}",
            fix=f"Add: {line}",
            hold=not case.fragment,
        )


@functools.cache
def _applicable(channel: Channel, country: str) -> tuple[Law, ...]:
    """The law for each thing wanted on a channel: the country's own before any other's."""
    found: dict[Want, Law] = {}
    for law in laws().laws:
        if channel in law.channels and {country, "*"} & {*law.countries}:
            found.setdefault(law.want, law)
    return tuple(found.values())


def _holds(want: Want, text: Text, plain: str, case: Case) -> bool:
    brand = case.assignment.brief.brand
    if want == "sender":
        names = (brand.name, brand.legal_name or "", brand.sender or "")
        return any(name and _has(plain, name) for name in names)
    if want == "address":
        return bool(brand.address) and _has(plain, brand.address or "")
    if want == "contact":
        return bool(_CONTACT.search(plain))
    if want == "unsubscribe":
        return _can_unsubscribe(text, plain, case)
    if want == "stop_number":
        return bool(_STOP_NUMBER.search(plain))
    if want == "advert":
        return bool(_ADVERT.search(plain))
    if case.assignment.channel == "letter":
        return bool(_OBJECTION.search(plain))
    return any(words(lexicon(each).opt_out).search(plain) for each in LANGUAGES)


def _words(want: Want, brand: BrandKit, channel: str) -> tuple[str, str]:
    """What is wrong when something wanted is missing, and the remedy."""
    kind = "email" if channel == "email" else "message"
    if want == "address" and not brand.address:
        return (
            f"The brand kit has no postal address, which every commercial {kind} must show.",
            "Add `address` to the brand kit.",
        )
    url = brand.unsubscribe_url or "(add unsubscribe_url to the kit)"
    told: dict[Want, tuple[str, str]] = {
        "sender": (
            f"The {kind} does not say who sends it.",
            f"Name {brand.legal_name or brand.name}.",
        ),
        "address": ("The sender's postal address is missing.", f"Add: {brand.address}"),
        "contact": (
            "There is no e-mail address or telephone number of the sender.",
            "Add one of the brand kit's, as providers' details need it.",
        ),
        "unsubscribe": (
            "The email does not say how to unsubscribe.",
            f"Add: Unsubscribe: {url}",
        ),
        "opt_out": (
            "The message does not say how to stop such messages.",
            "Add a line such as “Reply STOP to opt out”.",
        ),
        "stop_number": (
            "French texts name the number that STOP is sent to.",
            "Add “STOP au 36XXX” with your provider's number.",
        ),
        "advert": (
            "The message does not say that it is advertising.",
            "Add the word “Publicidad”.",
        ),
    }
    return told[want]


def _can_unsubscribe(text: Text, plain: str, case: Case) -> bool:
    url = case.assignment.brief.brand.unsubscribe_url
    said = any(words(lexicon(each).unsubscribe).search(plain) for each in LANGUAGES)
    if not said:
        return False
    if not url:
        return bool(re.search(r"https?://|@|\bstop\b", plain))
    written = {span.values[0] for span in links(text.view, text.low)[0]}
    return canonical_url(url) in written | {canonical_url(link.href) for link in text.links}


def _has(plain: str, wanted: str) -> bool:
    """Whether the text holds the words, whatever commas, line breaks and stops part them."""
    return bool(_said(wanted).search(plain))


@functools.lru_cache(maxsize=512)
def _said(wanted: str) -> re.Pattern[str]:
    body = r"[\W_]+".join(map(re.escape, re.findall(r"\w+", folded(wanted))))
    return re.compile(rf"(?<!\w){body}(?!\w)")
