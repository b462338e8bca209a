"""Briefs and brand kits: YAML in, validated records out, with errors that name the remedy."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from copilot.campaigns.briefing.kits import (
    must_be_reachable,
    normalised_brand,
    normalised_translations,
)
from copilot.errors import BriefError
from copilot.records import BrandKit, Brief, Channel, Language, Level

LOCALITY_LEVELS = ("region", "city", "neighbourhood", "postcode", "store")
SEGMENTATIONS = ("rfm", "lifecycle")

_REMEDIES = {
    "channels": f"Channels are: {', '.join(get_args(Channel))}.",
    "languages": f"Languages are: {', '.join(get_args(Language))}, or `local`.",
    "level": f"Levels are: {', '.join(get_args(Level))}.",
    "method": "Methods are: modular, bespoke.",
    "offer": "An offer is {text, code, starts, ends, terms}; dates are YYYY-MM-DD.",
    "call_to_action": "A call to action is {text, url}.",
    "facts": "Facts are a list of sentences.",
    "claims": "Claims are a list of {text, evidence}, and where needed until (YYYY-MM-DD), "
    "places and translations.",
    "required": "Required lines are {channel: line}, such as {sms: Reply STOP to opt out}.",
    "voice": "A voice is {traits, examples, avoid}, each a list.",
    "localities": "Localities are {place: {address, phone, sender, facts, claims, required, …}}, "
    "with the brand kit's own keys.",
    "preferred": "Preferred words are {word not to use: the brand's own word}.",
    "drift_budget": "A drift budget is a number from 0 to 1, such as 0.4.",
    "holdout": "A holdout is a share of the audience from 0 to 0.5, such as 0.1.",
    "variants": "Variants are a number from 1 to 5.",
    "translations": "Translations are {de: {offer, terms, facts, call_to_action}}.",
    "review": "review is required or optional.",
    "country": "A country is a code such as GB, DE, FR, ES or US.",
}


def load_brief(path: Path) -> Brief:
    """The brief of a YAML file; `brand` may be a path relative to it, or the kit itself.

    Raises BriefError naming the key, its value and the remedy.
    """
    return parse_brief(_yaml(path), folder=path.parent, name=str(path))


def brief_from_text(text: str, *, folder: Path) -> Brief:
    """The brief of a YAML text; see `load_brief`."""
    return parse_brief(_mapping(text, "The brief"), folder=folder, name="The brief")


def parse_brief(data: Mapping[str, Any], *, folder: Path, name: str = "brief") -> Brief:
    """A brief from what its YAML holds; see `load_brief`."""
    found = {key: value for key, value in data.items() if value is not None}
    brand = found.get("brand")
    if isinstance(brand, str):
        found["brand"] = load_brand(folder / brand)
    elif isinstance(brand, Mapping):
        found["brand"] = normalised_brand(brand, f"{name}: brand")
    elif brand is None:
        raise BriefError(f"{name} has no brand.", hint="Add `brand: brand.yaml` or the kit itself.")
    if found.get("level") == "auto":
        raise BriefError(
            f"{name} asks for level 'auto', and this version has no advisor to choose one.",
            hint=f"Set level to one of {', '.join(get_args(Level))}.",
        )
    if "translations" in found:
        found["translations"] = normalised_translations(found["translations"], name)
    brief: Brief = _validate(Brief, found, name)
    must_be_reachable(brief.brand, f"{name}: brand")
    _check_offer(brief, name)
    return _with_by(brief, name)


def load_brand(path: Path) -> BrandKit:
    """The brand kit of a YAML file; raises BriefError naming the key, value and remedy."""
    return parse_brand(_yaml(path), str(path))


def parse_brand(data: Mapping[str, Any], name: str) -> BrandKit:
    """A brand kit from what its YAML holds; see `load_brand`."""
    brand: BrandKit = _validate(BrandKit, normalised_brand(data, name), name)
    must_be_reachable(brand, name)
    return brand


def _yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BriefError(f"There is no file {str(path)!r}.", hint="Give the path of a YAML file.")
    try:
        return _mapping(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise BriefError(f"{path} is not UTF-8 text: {error}.") from error


def _mapping(text: str, name: str) -> dict[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BriefError(f"{name} is not valid YAML: {error}.") from error
    if not isinstance(data, dict):
        raise BriefError(f"{name} is not a list of `key: value` lines.")
    return data


def _validate(kind: Any, data: Mapping[str, Any], name: str) -> Any:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "missing":
            raise BriefError(f"{name} has no {where!r}.", hint=_remedy(first["loc"])) from error
        if first["type"] == "extra_forbidden":
            raise BriefError(
                f"{name} has the unknown key {where!r}.",
                hint=f"Known keys: {', '.join(kind.model_fields)}.",
            ) from error
        raise BriefError(
            f"{name}: {where} has the value {first.get('input')!r}: {_said(first)}.",
            hint=_remedy(first["loc"]),
        ) from error


def _said(first: Any) -> str:
    """What is wrong with a value, in words of a YAML file."""
    return "a list is wanted" if first["type"] in ("tuple_type", "list_type") else first["msg"]


def _remedy(where: Sequence[object]) -> str:
    """How to mend a value: the remedy of the innermost key that has one."""
    return next((_REMEDIES[str(key)] for key in reversed(where) if str(key) in _REMEDIES), "")


def _check_offer(brief: Brief, name: str) -> None:
    offer = brief.offer
    if offer is None:
        return
    if offer.starts and offer.ends and offer.ends < offer.starts:
        raise BriefError(
            f"{name}: the offer ends on {offer.ends} before it starts on {offer.starts}.",
            hint="Swap or correct the dates.",
        )


def _with_by(brief: Brief, name: str) -> Brief:
    if brief.level == "local":
        if brief.by is None:
            return brief.model_copy(update={"by": "neighbourhood"})
        if brief.by not in LOCALITY_LEVELS:
            raise BriefError(
                f"{name}: level local cannot go by {brief.by!r}.",
                hint=f"by is one of {', '.join(LOCALITY_LEVELS)}.",
            )
    if brief.level == "segment" and brief.by not in SEGMENTATIONS:
        if brief.by is None:
            return brief.model_copy(update={"by": "rfm"})
        raise BriefError(
            f"{name}: level segment cannot go by {brief.by!r}.",
            hint=f"by is one of {', '.join(SEGMENTATIONS)}.",
        )
    if brief.level == "individual" and brief.by is None:
        return brief.model_copy(update={"by": "neighbourhood"})
    return brief


def expired(brief: Brief, today: dt.date) -> bool:
    """Whether the offer's last day has passed."""
    return brief.offer is not None and brief.offer.ends is not None and brief.offer.ends < today
