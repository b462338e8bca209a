"""Who gets which message: a brief and the groups of its audience become units and assignments."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, get_args

from copilot.campaigns.briefing.brands import brand_for
from copilot.campaigns.composing.wording import SMALL_CELL
from copilot.campaigns.merging.modules import MessageClass
from copilot.errors import BriefError
from copilot.records import UNKNOWN, Assignment, BrandKit, Brief, Fact, Language, Locality, Unit

Reached = Mapping[str, Collection[tuple[str, str]]]
"""By a unit's name, the channels and variants that somebody of it is to get."""

LANGUAGES: tuple[Language, ...] = get_args(Language)


class FactsFor(Protocol):
    """What may be stated to a unit in a language."""

    def __call__(
        self, brief: Brief, unit: Unit, *, language: Language, today: dt.date | None = None
    ) -> tuple[Fact, ...]: ...


def plan(
    brief: Brief,
    counts: Mapping[str, int],
    *,
    localities: Sequence[Locality] = (),
    classes: Sequence[MessageClass] = (),
) -> tuple[Unit, ...]:
    """The units of a campaign, in a fixed order.

    `counts` is customers per unit name as the recipients carry it (mass, segment and local
    level); `classes` are the combination classes of the individual level. A locality with fewer
    than 10 customers lends no products to its message. Raises BriefError when nobody is left.
    """
    known = {each.name: each for each in localities}
    if brief.level == "individual":
        units = [_class_unit(each, known) for each in sorted(classes, key=lambda each: each.name)]
    else:
        units = [_group_unit(brief, name, counts[name], known) for name in sorted(counts)]
    if not units:
        raise BriefError(
            f"The audience of {brief.name!r} has nobody who can be written to.",
            hint="Widen `audience`, or check consents with: marketing-copilot customers profile",
        )
    return tuple(unit.model_copy(update={"index": number}) for number, unit in enumerate(units))


def must_be_nameable(brief: Brief, withheld: Sequence[str]) -> None:
    """Raise BriefError when the brief goes by a field that copy may not name."""
    if brief.level in ("local", "individual") and brief.by in withheld:
        raise BriefError(
            f"Copy by {brief.by} names it, and it may not be mentioned.",
            hint=f"Allow it (customers fields --set {brief.by}=mention) or go by another place.",
        )


def must_be_measurable(brand: BrandKit) -> None:
    """Raise BriefError when the brand has a drift budget and nothing to measure drift from."""
    if brand.drift_budget is not None and not brand.exemplars:
        raise BriefError(
            f"The brand kit of {brand.name!r} has a drift budget and no exemplars to measure "
            "drift from.",
            hint="Give three or more pieces of approved copy under `exemplars:`, or leave out "
            "`drift_budget`.",
        )


def assignments(
    brief: Brief,
    units: Sequence[Unit],
    facts_for: FactsFor,
    *,
    today: dt.date,
    places: Sequence[str] = (),
    known_products: Sequence[str] = (),
    known_stores: Sequence[str] = (),
    spoken: Sequence[str] = (),
    withheld: Sequence[str] = (),
    reached: Reached | None = None,
) -> list[Assignment]:
    """One assignment per unit, channel, language and variant, in that order.

    `places` are all localities of the business: those that are not the unit's own must not be
    named in its message. `spoken` are the languages of the audience, for units that have none;
    `withheld` the fields that no message may merge. `reached` are the channels and variants that
    somebody of a unit is to get, by its name; without it every unit gets all of the brief's.
    Each assignment's brief has the brand kit as it stands at the unit's place on the day.
    """
    made: list[Assignment] = []
    for unit in units:
        others = tuple(place for place in places if place != unit.place)
        brand = brand_for(brief.brand, unit.place, today=today)
        own = brief.model_copy(update={"brand": brand})
        for channel in dict.fromkeys(brief.channels):
            variants = [
                variant
                for variant in variants_of(brief)
                if reached is None or (channel, variant) in reached.get(unit.name, ())
            ]
            if not variants:
                continue
            for language in languages_for(brief, unit, spoken):
                facts = facts_for(brief, unit, language=language, today=today)
                made += [
                    Assignment(
                        brief=own,
                        unit=unit,
                        channel=channel,
                        language=language,
                        variant=variant,
                        facts=facts,
                        other_places=others,
                        known_products=tuple(known_products),
                        known_stores=tuple(known_stores),
                        withheld=tuple(withheld),
                        today=today,
                    )
                    for variant in variants
                ]
    return made


def languages_for(brief: Brief, unit: Unit, spoken: Sequence[str] = ()) -> tuple[Language, ...]:
    """The languages a unit's message is written in; the first is the one to fall back on.

    `local` stands for the unit's own language where we write it, else for those of `spoken`.
    """
    named = [language for language in LANGUAGES if language in brief.languages]
    named.sort(key=brief.languages.index)
    default: Language = named[0] if named else "en"
    if unit.level == "individual":
        return (written(unit.language) or default,)
    if "local" not in brief.languages:
        return tuple(named) or (default,)
    own = written(unit.language)
    if own:
        return tuple(dict.fromkeys([own, *named]))
    heard = [language for each in spoken if (language := written(each))]
    return tuple(dict.fromkeys([default, *named, *heard]))


def written(code: str | None) -> Language | None:
    """The language we write for a code such as `de` or `de-AT`; None for all others.

    >>> written("de-AT"), written("pl")
    ('de', None)
    """
    start = (code or "").strip().lower()[:2]
    return next((language for language in LANGUAGES if language == start), None)


def variants_of(brief: Brief) -> tuple[str, ...]:
    """The names of the brief's variants.

    >>> from copilot.records import BrandKit
    >>> variants_of(Brief(name="x", brand=BrandKit(name="y"), variants=2))
    ('A', 'B')
    """
    return tuple("ABCDE"[: brief.variants])


def _group_unit(brief: Brief, name: str, customers: int, known: Mapping[str, Locality]) -> Unit:
    found = known.get(name) if brief.level == "local" and name != UNKNOWN else None
    if found is None:
        return Unit(level=brief.level, name=name, customers=customers)
    return Unit(
        level="local",
        name=name,
        place=name,
        customers=found.customers,
        top=found.top if found.customers >= SMALL_CELL else (),
        stores=found.stores,
        language=_main_language(found),
    )


def _class_unit(each: MessageClass, known: Mapping[str, Locality]) -> Unit:
    found = known.get(each.place)
    return Unit(
        level="individual",
        name=each.name,
        place=each.place,
        customers=each.customers,
        top=found.top if found and min(found.customers, each.customers) >= SMALL_CELL else (),
        stores=found.stores if found else (),
        language=each.language,
        category=each.category or None,
        segment=each.segment,
    )


def _main_language(locality: Locality) -> str | None:
    return max(locality.languages, key=lambda name: (locality.languages[name], name), default=None)
