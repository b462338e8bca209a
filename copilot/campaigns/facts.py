"""What one message may state: every fact of the brief, the brand kit and the unit, with origin.

Texts are searched with the same extractor the checks run over a draft, so a number, date or claim
is a fact exactly where a writer may repeat it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from copilot.campaigns.check.extract import canonical, extract_text
from copilot.campaigns.check.links import canonical_url
from copilot.campaigns.check.view import folded
from copilot.campaigns.phrases import bank
from copilot.campaigns.wording import SMALL_CELL, date_text, is_sensitive, written_in
from copilot.records import BrandKit, Brief, Fact, FactKind, Language, Unit
from copilot.text import content_id, squeeze

_PARTS_FROM = 2


def facts_for(brief: Brief, unit: Unit | None, *, language: Language) -> tuple[Fact, ...]:
    """Every statable fact of a message; without a unit, those of the brief and the brand alone.

    `value` is the canonical form that a draft's statement is compared with; `origin` names the
    place a fact comes from, such as `brief.offer.code` or `locality:Headingley.top[0]`. A unit
    of fewer than 10 customers lends its place and its shops, not what it buys.
    """
    first: Language = next((each for each in brief.languages if each != "local"), "en")
    found = [
        *_brand(brief.brand, first),
        *_offer(brief, language, first),
        *_texts(brief, first),
        *(_unit(unit) if unit is not None else ()),
    ]
    return tuple({fact.id: fact for fact in found}.values())


def _brand(brand: BrandKit, first: Language) -> Iterator[Fact]:
    yield _fact("brand", brand.name, "brand.name")
    if brand.legal_name:
        yield _fact("brand", brand.legal_name, "brand.legal_name")
    if brand.address:
        yield from _address(brand.address, "brand.address")
    for name in ("website", "unsubscribe_url"):
        if url := getattr(brand, name):
            yield _fact("url", url, f"brand.{name}", canonical_url(url))
    if brand.reply_to:
        yield _fact("email", brand.reply_to, "brand.reply_to", brand.reply_to.lower())
    if brand.phone:
        digits = "".join(each for each in brand.phone if each.isdigit())[-9:]
        yield _fact("phone", brand.phone, "brand.phone", digits)
    yield from _statements(brand.voice.examples, "brand.voice.examples", first)
    yield from _statements(brand.exemplars, "brand.exemplars", first)
    for number, claim in enumerate(brand.claims):
        origin = f"brand.claims[{number}]"
        yield _fact("claim", claim.text, origin)
        yield from _spans(claim.text, origin, first)
    for channel, line in brand.required.items():
        yield _fact("required", line, f"brand.required.{channel}")
        yield from _spans(line, f"brand.required.{channel}", first)


def _offer(brief: Brief, language: Language, first: Language) -> Iterator[Fact]:
    offer = brief.offer
    if offer is None:
        return
    yield from _spans(offer.text, "brief.offer.text", first)
    if offer.code:
        yield _fact("code", offer.code, "brief.offer.code", offer.code)
    for name in ("starts", "ends"):
        day: dt.date | None = getattr(offer, name)
        if day:
            text = date_text(day, bank(language), today=day)
            yield _fact("date", text, f"brief.offer.{name}", day.isoformat())
    if offer.terms:
        yield _fact("terms", offer.terms, "brief.offer.terms")
        yield from _spans(offer.terms, "brief.offer.terms", first)


def _texts(brief: Brief, first: Language) -> Iterator[Fact]:
    yield from _statements(brief.facts, "brief.facts", first)
    action = brief.call_to_action
    if action:
        yield _fact("call_to_action", action.text, "brief.call_to_action.text")
        yield from _spans(action.text, "brief.call_to_action.text", first)
        if action.url:
            url = canonical_url(action.url)
            yield _fact("url", action.url, "brief.call_to_action.url", url)


def _unit(unit: Unit) -> Iterator[Fact]:
    owner = "locality" if unit.level == "local" else unit.level
    origin = f"{owner}:{unit.place or unit.name}"
    if unit.place:
        yield _fact("place", unit.place, origin)
    for number, store in enumerate(unit.stores):
        yield _fact("place", store.name, f"{origin}.stores[{number}].name")
        if store.address:
            yield from _address(store.address, f"{origin}.stores[{number}].address")
    if unit.customers >= SMALL_CELL:
        for number, item in enumerate(unit.top):
            if not is_sensitive(item.name):
                kind: FactKind = "product" if item.kind == "product" else "category"
                yield _fact(kind, item.name, f"{origin}.top[{number}]")
    affinities: tuple[tuple[FactKind, str | None], ...] = (
        ("product", unit.product),
        ("category", unit.category),
    )
    for kind, name in affinities:
        if name and not is_sensitive(name):
            yield _fact(kind, name, f"{origin}.{kind}")


def _statements(texts: Sequence[str], origin: str, first: Language) -> Iterator[Fact]:
    for number, text in enumerate(texts):
        yield _fact("statement", squeeze(text), f"{origin}[{number}]")
        yield from _spans(text, f"{origin}[{number}]", first)


def _address(address: str, origin: str) -> Iterator[Fact]:
    yield _fact("address", address, origin)
    parts = [part.strip() for part in address.split(",")]
    if len(parts) >= _PARTS_FROM:
        for part in parts:
            yield _fact("address", part, origin)
    for span in extract_text(address, "en"):
        if span.kind == "address":
            yield _fact("address", span.text, origin, span.values[0])


def _spans(text: str, origin: str, first: Language) -> Iterator[Fact]:
    """The hard statements inside a text, read in the language the text is written in."""
    for span in extract_text(text, written_in(text, first)):
        values = canonical(span)
        certain = span.kind == "date" or (span.kind == "time" and ":" in span.text)
        for value in values[:1] if certain else values:
            yield _fact(span.kind, span.text, origin, value)


def _fact(kind: FactKind, text: str, origin: str, value: str = "") -> Fact:
    value = value or folded(squeeze(text))
    return Fact(
        id=content_id(kind, value, origin), kind=kind, text=text, value=value, origin=origin
    )
