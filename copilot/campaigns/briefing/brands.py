"""The brand kit as it stands at one place on one day: local overrides in, lapsed claims out."""

import datetime as dt
import re
from collections.abc import Iterator

from copilot.records import BrandKit, LocalBrand, SubstantiatedClaim
from copilot.text import fold

_REPLACED = ("sender", "address", "website", "reply_to", "phone", "voice", "emoji", "exemplars")
_BRITISH = re.compile(r"^(?P<city>\D+?),? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$")
_CONTINENTAL = re.compile(r"^(?:[A-Z]{1,2}-)?\d{4,5} (?P<city>\D+)$")
_AMERICAN = re.compile(r"^[A-Z]{2} \d{5}(?:-\d{4})?$")


def brand_for(brand: BrandKit, place: str = "", *, today: dt.date | None = None) -> BrandKit:
    """The kit as a message for a place uses it; only that place's overrides stay in it.

    What the locality gives replaces the brand's own, but banned words, required lines and claims,
    which it adds to. Claims past their `until`, or of other places, are left out; without a day
    none has passed. Applying it twice changes nothing.
    """
    name, local = local_brand(brand, place)
    claims = {claim.text: claim for _, claim in claims_of(brand, place, today=today)}
    changed: dict[str, object] = {
        "claims": tuple(claims.values()),
        "localities": {name: local} if local else {},
    }
    if local:
        given = {each: getattr(local, each) for each in _REPLACED}
        changed |= {each: value for each, value in given.items() if value}
        changed["formality"] = {**brand.formality, **local.formality}
        changed["banned"] = tuple(dict.fromkeys([*brand.banned, *local.banned]))
        changed["required"] = {**brand.required, **local.required}
    return brand.model_copy(update=changed)


def local_brand(brand: BrandKit, place: str) -> tuple[str, LocalBrand | None]:
    """The overrides of a place and the name they are under, whatever its capitals and accents."""
    wanted = fold(place)
    for name, local in brand.localities.items():
        if place and fold(name) == wanted:
            return name, local
    return place, None


def claims_of(
    brand: BrandKit, place: str, *, today: dt.date | None = None
) -> Iterator[tuple[str, SubstantiatedClaim]]:
    """What the brand can prove at a place on a day, each with where the kit says it."""
    name, local = local_brand(brand, place)
    said = [(f"brand.claims[{number}]", claim) for number, claim in enumerate(brand.claims)]
    if local:
        origin = f"brand.localities[{name}].claims"
        said += [(f"{origin}[{number}]", claim) for number, claim in enumerate(local.claims)]
    for origin, claim in said:
        lapsed = claim.until is not None and today is not None and claim.until < today
        here = not claim.places or fold(place) in {fold(each) for each in claim.places}
        if not lapsed and here:
            yield origin, claim


def origin_of(brand: BrandKit, place: str, field: str) -> str:
    """Where a value of the kit comes from at a place: the brand's own field or the locality's."""
    name, local = local_brand(brand, place)
    return (
        f"brand.localities[{name}].{field}" if local and getattr(local, field) else f"brand.{field}"
    )


def city_of(address: str | None) -> str:
    """The town of a postal address, empty when its form is not a known one.

    >>> city_of("12 Mill Lane, Leeds LS1 4AB, United Kingdom"), city_of("Weg 1, 80331 München")
    ('Leeds', 'München')
    """
    parts = [part.strip() for part in (address or "").split(",")]
    for number, part in enumerate(parts):
        if found := _BRITISH.match(part) or _CONTINENTAL.match(part):
            return found["city"].strip()
        if _AMERICAN.match(part) and number:
            return parts[number - 1]
    return ""
