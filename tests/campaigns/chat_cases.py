"""The labelled chat messages of `data/chat_*.yaml`, read and scored field by field.

A field counts when it differs from what an empty brief (or the brief before a correction) holds:
found and right, found and wrong (or not said at all), or said and missed.
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from corner_crumb import BRAND, TODAY

from copilot.campaigns.chatting.understand import understand
from copilot.records import Brief, Language, Understanding
from copilot.text import fold

FOLDER = Path(__file__).parent / "data"
PLACES = (
    *("Chapel Allerton", "Headingley", "Holbeck", "Leeds", "West Yorkshire", "King's Cross"),
    *("Kreuzberg", "Neukölln", "Berlin", "Belleville", "Marais", "Lyon", "Triana", "Chueca"),
)
PRODUCTS = (
    *("Country sourdough", "Flat white", "bread", "cakes", "coffee", "gluten-free", "pastry"),
    *("Brot", "Kaffee", "Kuchen", "pain", "café", "gâteaux", "pan", "tartas"),
)
SPLITS = ("tuned", "held", "fresh", "last", "final")
_RULES = {"lapsed": "recency_days > 60", "loyal": "segment in ('champions', 'loyal')"}


@dataclass(frozen=True)
class Case:
    """A message, what comes before it, and the fields it says."""

    language: Language
    split: str
    text: str
    after: str | None
    asks: str | None
    fields: dict[str, Any]
    others: dict[str, tuple[Any, ...]] = field(default_factory=dict)


def cases(split: str | None = None) -> list[Case]:
    """The labelled messages of a split, or all."""
    found: list[Case] = []
    for path in sorted(FOLDER.glob("chat_*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        language = path.stem.removeprefix("chat_")
        for name in SPLITS if split is None else (split,):
            found += [_case(language, name, each) for each in data[name]]
    return found


def _case(language: Any, split: str, given: dict[str, Any]) -> Case:
    plain = {k: v for k, v in given.items() if k not in {"text", "after", "asks"}}
    others = {
        name.removesuffix("_or"): tuple(map(_comparable, plain.pop(name)))
        for name in list(plain)
        if name.endswith("_or")
    }
    fields = {
        name: _comparable(_audience(v) if name == "audience" else v) for name, v in plain.items()
    }
    return Case(
        language, split, given["text"], given.get("after"), given.get("asks"), fields, others
    )


def read(case: Case) -> tuple[Brief | None, Understanding]:
    """The brief before the message, if any, and what the message is understood to be."""
    before = _understood(case.after, None).brief if case.after else None
    return before, _understood(case.text, before)


def _understood(text: str, previous: Brief | None) -> Understanding:
    return understand(
        text, brand=BRAND, today=TODAY, places=PLACES, products=PRODUCTS, previous=previous
    )


def said(case: Case) -> tuple[dict[str, Any], Understanding]:
    """The fields that the message was understood to set."""
    before, found = read(case)
    base = Brief(name="", brand=BRAND, languages=(case.language,))
    if found.brief is None:
        return {}, found
    now, then = _fields(found.brief), _fields(before or base)
    if before is None:
        assumed = any(line.startswith(("Channel", "Kanal", "Canal")) for line in found.assumed)
        then["channels"] = now["channels"] if assumed else None
    return {name: now[name] for name in now if now[name] != then[name]}, found


def score(case: Case) -> tuple[int, int, int, list[str]]:
    """Right, wrong and missed fields, and what went wrong in words."""
    found, understanding = said(case)
    right, wrong, missed, notes = 0, 0, 0, []
    for name in sorted({*found, *case.fields}):
        want = (case.fields[name], *case.others.get(name, ())) if name in case.fields else ()
        if name in found and found[name] in want:
            right += 1
            continue
        notes.append(f"{name}: {found.get(name)!r}, not {want[0] if want else None!r}")
        wrong += name in found
        missed += name in case.fields
    asked = " ".join(understanding.missing)
    if case.asks and case.asks not in asked:
        notes.append(f"does not ask {case.asks!r}: {asked!r}")
    if not case.asks and asked:
        notes.append(f"asks {asked!r}")
    return right, wrong, missed, notes


def _fields(brief: Brief) -> dict[str, Any]:
    offer, call = brief.offer, brief.call_to_action
    link = call is not None and call.url != BRAND.website
    by = brief.by if brief.level in {"local", "segment"} else None
    own = "website" if call is None or fold(call.text) in _OWN else call.text
    forms = {*brief.brand.formality.values()}
    values = {
        "offer": offer.text if offer else None,
        "code": offer.code if offer else None,
        "starts": offer.starts if offer else None,
        "ends": offer.ends if offer else None,
        "terms": offer.terms if offer else None,
        "facts": list(brief.facts),
        "goal": brief.goal,
        "cta": own,
        "url": call.url if call and link else None,
        "channels": sorted(brief.channels),
        "languages": sorted(brief.languages),
        "audience": brief.audience,
        "level": f"{brief.level}:{by}" if by else brief.level,
        "variants": brief.variants,
        "holdout": brief.holdout,
        "tone": brief.tone,
        "formality": next(iter(forms), None),
        "emoji": brief.brand.emoji,
    }
    return {name: _comparable(value) for name, value in values.items()}


_OWN = {"visit our website", "zu unserer website", "decouvrir notre site", "visita nuestra web"}


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return fold(value).rstrip(".").replace(" %", "%")
    if isinstance(value, list | tuple):
        return tuple(sorted(_comparable(each) for each in value))
    return value.isoformat() if isinstance(value, dt.date) else value


def _audience(parts: list[str]) -> str:
    rules = [_rule(each) for each in parts]
    if not rules[1:]:
        return rules[0]
    return " and ".join(f"({rule})" if " or " in rule else rule for rule in rules)


def _rule(said: str) -> str:
    if said[0] == "@":
        names = said[1:].split("+")
        many = ", ".join(f"'{name}'" for name in names)
        test = f"in ({many})" if names[1:] else f"= {many}"
        return " or ".join(f"{each} {test}" for each in ("neighbourhood", "city", "region"))
    if said[0] == "~":
        return " or ".join(
            f"{each} = '{said[1:]}'" for each in ("favourite_category", "favourite_product")
        )
    return _RULES.get(said, said)


if __name__ == "__main__":
    import sys

    for split in sys.argv[1:] or SPLITS:
        total = [0, 0, 0]
        for each in cases(split):
            *counts, notes = score(each)
            total = [a + b for a, b in zip(total, counts, strict=True)]
            if notes:
                sys.stdout.write(
                    f"[{each.language}] {each.text}\n    " + "\n    ".join(notes) + "\n"
                )
        right, wrong, missed = total
        sys.stdout.write(
            f"{split}: {right} right, {wrong} wrong, {missed} missed; precision"
            f" {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}\n"
        )
