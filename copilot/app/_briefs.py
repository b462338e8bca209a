"""A brief as a form: what was understood, what may be changed, and whose brand kit speaks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import streamlit as st
import yaml

from copilot.app._uploads import Uploaded, keep
from copilot.campaigns.briefing.brief import LOCALITY_LEVELS, SEGMENTATIONS, load_brand, parse_brief
from copilot.errors import BriefError
from copilot.records import BrandKit, Brief, Channel, Language, Level, Method
from copilot.settings import data_folder

LEVELS: dict[Level, str] = {
    "mass": "One for everyone",
    "segment": "One per segment",
    "local": "One per place",
    "individual": "One per customer",
}
METHODS: dict[Method, str] = {
    "modular": "Combine checked modules",
    "bespoke": "Write each alone",
}
FILES = {"csv": "CSV", "parquet": "Parquet", "jsonl": "JSON lines"}
SAMPLE = "Corner Crumb (sample)"


@dataclass(frozen=True)
class Order:
    """A confirmed brief: what to draft, and the kind of file to write."""

    briefs: tuple[Brief, ...]
    suffix: str


def brand_kits(home: Path) -> dict[str, Path]:
    """The brand kits to choose from, by label: the workspace's own before the sample's."""
    own = [home / "brand.yaml", *sorted((home / "uploads" / "brands").glob("*.y*ml"))]
    found = {path.stem: path for path in own if path.is_file()}
    return {**found, SAMPLE: data_folder("samples") / "bakery" / "brand.yaml"}


def choose_brand(home: Path, key: str) -> BrandKit:
    """A picker of brand kits with room for another one; raises BriefError for a faulty kit."""
    kits = brand_kits(home)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    label = left.selectbox("Brand kit", list(kits), key=f"brand-{key}")
    with right.popover("Add a kit", width="stretch"):
        given = st.file_uploader("A brand kit (YAML)", ["yaml", "yml"], key=f"kit-{key}")
        if given is not None and st.button("Keep this kit", key=f"keep-{key}"):
            add_brand(home, given)
            st.rerun()
    return load_brand(kits[label])


def add_brand(home: Path, file: Uploaded) -> Path:
    """Keep an uploaded kit; raises BriefError, and keeps nothing, when it is not valid."""
    path = keep(home, "brands", file)
    try:
        load_brand(path)
    except BriefError:
        path.unlink()
        raise
    return path


def draw_form(
    brief: Brief, key: str, *, each: bool, buttons: tuple[str, str]
) -> tuple[str, dict[str, Any]]:
    """The form; returns the button pressed ("" for none) and the values as they stand.

    `each`: whether one message per customer is asked for beside the brief's own level.
    """
    with st.form(f"brief-{key}"):
        values = {**_offer(brief, key), **_shape(brief, key)}
        with st.expander("Goal, facts, audience and more"):
            values |= _more(brief, key)
        values["each"] = st.checkbox(
            "Also one message per customer",
            value=each and brief.level != "individual",
            key=f"each-{key}",
            help="Assembled from the same checked parts, for everyone who consented",
        )
        with st.container(horizontal=True):
            first = st.form_submit_button(buttons[0], type="primary", key=f"first-{key}")
            second = st.form_submit_button(buttons[1], key=f"second-{key}")
    return (buttons[0] if first else buttons[1] if second else ""), values


def _offer(brief: Brief, key: str) -> dict[str, Any]:
    offer = brief.offer
    left, right = st.columns([2, 1])
    values: dict[str, Any] = {
        "text": left.text_input("Offer", offer.text if offer else "", key=f"text-{key}"),
        "code": right.text_input("Code", (offer and offer.code) or "", key=f"code-{key}"),
    }
    left, middle, right = st.columns([1, 1, 1])
    values["starts"] = left.date_input("From", offer.starts if offer else None, key=f"starts-{key}")
    values["ends"] = middle.date_input("To", offer.ends if offer else None, key=f"ends-{key}")
    terms = (offer and offer.terms) or ""
    values["terms"] = right.text_input("Terms", terms, key=f"terms-{key}")
    return values


def _shape(brief: Brief, key: str) -> dict[str, Any]:
    channels, levels = list(get_args(Channel)), list(LEVELS)
    splits = [*LOCALITY_LEVELS, *SEGMENTATIONS]
    values: dict[str, Any] = {
        "channels": st.multiselect("Channels", channels, list(brief.channels), key=f"ch-{key}")
    }
    left, middle, right = st.columns([1, 1, 1])
    values["level"] = left.selectbox(
        "How fine",
        levels,
        levels.index(brief.level),
        format_func=LEVELS.__getitem__,
        key=f"level-{key}",
    )
    by = brief.by if brief.by in splits else "neighbourhood"
    values["by"] = middle.selectbox("Place or segment", splits, splits.index(by), key=f"by-{key}")
    values["suffix"] = right.selectbox(
        "File", list(FILES), format_func=FILES.__getitem__, key=f"file-{key}"
    )
    return values


def _more(brief: Brief, key: str) -> dict[str, Any]:
    languages = [*get_args(Language), "local"]
    call = brief.call_to_action
    left, right = st.columns([1, 1])
    return {
        "name": left.text_input("Campaign name", brief.name, key=f"name-{key}"),
        "goal": right.text_input("Goal", brief.goal, key=f"goal-{key}"),
        "call": left.text_input("Call to action", call.text if call else "", key=f"call-{key}"),
        "url": right.text_input("Its link", (call and call.url) or "", key=f"url-{key}"),
        "facts": st.text_area(
            "Facts it may state, one a line", "\n".join(brief.facts), key=f"facts-{key}"
        ),
        "audience": st.text_input(
            "Audience rule",
            brief.audience,
            key=f"audience-{key}",
            help="Only customers for whom this holds. Customers, Segments builds one from rows.",
        ),
        "languages": st.multiselect("Languages", languages, list(brief.languages), key=f"l-{key}"),
        **_trial(brief, key),
        "translations": st.text_area(
            "Your own translations (YAML: language, then offer, terms, facts, call_to_action)",
            _translations(brief),
            key=f"tr-{key}",
            placeholder="de:\n  offer: 15 % auf jedes Brot",
        ),
    }


def _trial(brief: Brief, key: str) -> dict[str, Any]:
    """How the copy is varied and tried out."""
    columns = st.columns(4)
    methods = list(METHODS)
    return {
        "method": columns[0].selectbox(
            "For one per customer",
            methods,
            methods.index(brief.method),
            format_func=METHODS.__getitem__,
            key=f"m-{key}",
        ),
        "tone": columns[1].text_input("Tone", brief.tone or "", key=f"tone-{key}"),
        "variants": columns[2].number_input("Variants (A/B)", 1, 5, brief.variants, key=f"v-{key}"),
        "holdout": columns[3].number_input(
            "Held out, %",
            0,
            50,
            round(100 * brief.holdout),
            key=f"holdout-{key}",
            help="So many are not written to, so that the campaign's effect can be read",
        ),
    }


def _translations(brief: Brief) -> str:
    if not brief.translations:
        return ""
    given = {
        language: one.model_dump(mode="json", exclude_defaults=True)
        for language, one in brief.translations.items()
    }
    return str(yaml.safe_dump(given, allow_unicode=True, sort_keys=False))


def typed_yaml(text: str, what: str) -> Any:
    """What a field of YAML says; raises BriefError naming the field when it is none."""
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise BriefError(f"{what}: this is not valid YAML: {error}.") from error


def ordered(brief: Brief, brand: BrandKit, values: dict[str, Any]) -> Order:
    """The brief with the form's values, and its twin per customer when that was asked for.

    Raises BriefError naming what cannot work and the remedy.
    """
    text = values["text"].strip()
    offer = {name: values[name] or None for name in ("code", "starts", "ends", "terms")}
    if not text and any(offer.values()):
        raise BriefError("The offer has no text.", hint="Say what is offered, or empty the rest.")
    call = {"text": values["call"].strip(), "url": values["url"].strip() or None}
    level = values["level"]
    data = brief.model_dump() | {
        "name": values["name"].strip() or brief.name,
        "brand": _wished(brand, brief.brand).model_dump(),
        "goal": values["goal"].strip(),
        "offer": {"text": text, **offer} if text else None,
        "facts": [line.strip() for line in values["facts"].splitlines() if line.strip()],
        "call_to_action": call if call["text"] else None,
        "channels": values["channels"],
        "languages": values["languages"] or ["en"],
        "audience": values["audience"].strip(),
        "level": level,
        "by": None if level == "mass" else values["by"],
        "method": values["method"],
        "tone": values["tone"].strip() or None,
        "variants": int(values["variants"]),
        "holdout": values["holdout"] / 100,
        "translations": typed_yaml(values["translations"], "Your own translations"),
    }
    if not data["channels"]:
        raise BriefError("No channel is chosen.", hint="Choose at least one channel.")
    if level == "local" and data["by"] not in LOCALITY_LEVELS:
        raise BriefError("A segment is not a place.", hint="Choose a place, or one per segment.")
    if level == "segment" and data["by"] not in SEGMENTATIONS:
        data["by"] = None
    return Order(_with_twin(data, each=values["each"]), values["suffix"])


def _wished(brand: BrandKit, said: BrandKit) -> BrandKit:
    """The chosen kit with what the brief asked of this brand: form of address, emoji."""
    if said.name != brand.name:
        return brand
    formality = {**brand.formality, **said.formality}
    return brand.model_copy(update={"formality": formality, "emoji": said.emoji})


def _with_twin(data: dict[str, Any], *, each: bool) -> tuple[Brief, ...]:
    folder = Path()
    first = parse_brief(data, folder=folder, name="The brief")
    if not each or first.level == "individual":
        return (first,)
    by = first.by if first.by in LOCALITY_LEVELS else "neighbourhood"
    twin = data | {"name": f"{first.name}-each", "level": "individual", "by": by}
    return (first, parse_brief(twin, folder=folder, name="The brief"))
