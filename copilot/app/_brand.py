"""A brand kit as a form: who speaks, how, what is proven, and what differs by place."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import streamlit as st
import yaml

from copilot.app._briefs import SAMPLE, brand_kits, typed_yaml
from copilot.app._uploads import file_name
from copilot.campaigns.briefing.brief import load_brand, parse_brand
from copilot.errors import BriefError
from copilot.records import BrandKit, Channel, Emoji, Formality, Language
from copilot.text import write_whole

BLANK = "A new brand kit"
ADDRESSING: dict[Language, tuple[str, dict[Formality, str]]] = {
    "de": ("German", {"informal": "du", "formal": "Sie"}),
    "fr": ("French", {"informal": "tu", "formal": "vous"}),
    "es": ("Spanish", {"informal": "tú", "formal": "usted"}),
}
SENDER = {
    "name": "Brand name",
    "sender": "Sender name",
    "legal_name": "Legal name",
    "address": "Postal address",
    "website": "Website",
    "unsubscribe_url": "Unsubscribe link",
    "reply_to": "Reply-to e-mail",
    "phone": "Phone",
    "country": "Country whose law applies (two letters)",
}
CLAIM_COLUMNS = ("text", "evidence", "until", "places")


def draw_brand(home: Path) -> None:
    """Choose a kit, change it, keep it as YAML in the workspace, download it."""
    kits = brand_kits(home)
    label = st.selectbox("Kit to change", [*kits, BLANK], key="brand-kit")
    brand = BrandKit(name="My brand") if label == BLANK else load_brand(kits[label])
    key = f"kit-{label}"
    with st.form(key):
        written = {
            **_sender(brand, key),
            **_voice(brand, key),
            **_proof(brand, key),
            **_rest(brand, key),
        }
        pressed = st.form_submit_button("Keep this kit", type="primary", key=f"{key}-save")
    if pressed:
        values = _values(brand, written)
        path = save_brand(values, _target(home, kits, label, values))
        st.success(f"Kept as {path.relative_to(home)}. Choose it under Brand kit above.")
        st.code(path.read_text(encoding="utf-8"), language="yaml")


def save_brand(values: dict[str, Any], path: Path) -> Path:
    """The values as a kit's YAML; raises BriefError, changing nothing, when they are not one."""
    parse_brand(values, "The kit")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    write_whole(path, text)
    return path


def _target(home: Path, kits: dict[str, Path], label: str, values: dict[str, Any]) -> Path:
    """Where a kit is kept: in its own file, but never in that of the sample."""
    if label not in (BLANK, SAMPLE):
        return kits[label]
    return home / "uploads" / "brands" / f"{file_name(values.get('name') or 'brand')}.yaml"


def _values(brand: BrandKit, written: dict[str, Any]) -> dict[str, Any]:
    """The kit that the form's texts say, without what is empty; raises BriefError."""
    spoken = {
        "traits": _commas(written["traits"]),
        "examples": _lines(written["examples"]),
        "avoid": _commas(written["avoid"]),
    }
    translations = {claim.text: claim.translations for claim in brand.claims if claim.translations}
    hidden = set(BrandKit.model_fields) - set(written) - {"voice"}
    given = {
        **brand.model_dump(mode="json", include=hidden, exclude_defaults=True),
        **{name: written[name].strip() for name in SENDER},
        "voice": {name: value for name, value in spoken.items() if value},
        "exemplars": [" ".join(each.split()) for each in written["exemplars"].split("\n\n")],
        "formality": written["formality"],
        "emoji": written["emoji"],
        "claims": [
            _claim(row, translations)
            for row in written["claims"]
            if (row.get("text") or "").strip()
        ],
        "banned": _commas(written["banned"]),
        "preferred": _pairs(written["preferred"], "=", "The brand's own words"),
        "required": _pairs(written["required"], ":", "Lines a channel must carry"),
        "review": written["review"],
        "drift_budget": written["drift_budget"],
        "localities": typed_yaml(written["localities"], "What differs by place"),
    }
    given["exemplars"] = [each for each in given["exemplars"] if each]
    return {name: value for name, value in given.items() if value not in (None, "", [], {})}


def _sender(brand: BrandKit, key: str) -> dict[str, Any]:
    left, right = st.columns(2)
    return {
        name: (left, right)[place % 2].text_input(
            label, getattr(brand, name) or "", key=f"{key}-{name}"
        )
        for place, (name, label) in enumerate(SENDER.items())
    }


def _voice(brand: BrandKit, key: str) -> dict[str, Any]:
    voice = brand.voice
    left, right = st.columns(2)
    traits = left.text_input("Traits, by commas", ", ".join(voice.traits), key=f"{key}-traits")
    avoid = right.text_input("To avoid, by commas", ", ".join(voice.avoid), key=f"{key}-avoid")
    examples = st.text_area(
        "Sentences that sound like the brand, one a line",
        "\n".join(voice.examples),
        key=f"{key}-examples",
    )
    exemplars = st.text_area(
        "Approved copy that drift is measured against, an empty line between two",
        "\n\n".join(brand.exemplars),
        height=160,
        key=f"{key}-exemplars",
    )
    formality = {}
    columns = st.columns(len(ADDRESSING) + 1)
    for column, (language, (name, forms)) in zip(columns, ADDRESSING.items(), strict=False):
        chosen = column.selectbox(
            f"{name} readers are addressed with",
            list(forms),
            list(forms).index(brand.formality.get(language, "informal")),
            format_func=forms.__getitem__,
            key=f"{key}-formality-{language}",
        )
        if chosen == "formal" or language in brand.formality:
            formality[language] = chosen
    emojis = list(get_args(Emoji))
    emoji = columns[-1].selectbox("Emoji", emojis, emojis.index(brand.emoji), key=f"{key}-emoji")
    return {
        "traits": traits,
        "avoid": avoid,
        "examples": examples,
        "exemplars": exemplars,
        "formality": formality,
        "emoji": emoji,
    }


def _proof(brand: BrandKit, key: str) -> dict[str, Any]:
    st.markdown("**Claims with their evidence**: no other claim of this kind may be made.")
    rows = [
        {
            "text": claim.text,
            "evidence": claim.evidence,
            "until": claim.until.isoformat() if claim.until else "",
            "places": ", ".join(claim.places),
        }
        for claim in brand.claims
    ]
    edited = st.data_editor(
        rows or [dict.fromkeys(CLAIM_COLUMNS, "")],
        num_rows="dynamic",
        key=f"{key}-claims",
        column_config={
            "until": st.column_config.TextColumn("until (YYYY-MM-DD)"),
            "places": st.column_config.TextColumn("places, by commas; empty: everywhere"),
        },
    )
    banned = st.text_input("Words never to use, by commas", ", ".join(brand.banned),
                           key=f"{key}-banned")  # fmt: skip
    preferred = st.text_area(
        "The brand's own words, one a line: not this = but this",
        "\n".join(f"{one} = {other}" for one, other in brand.preferred.items()),
        key=f"{key}-preferred",
    )
    return {"claims": edited, "banned": banned, "preferred": preferred}


def _claim(row: dict[str, Any], translations: dict[str, Any]) -> dict[str, Any]:
    said = {name: (row.get(name) or "").strip() for name in CLAIM_COLUMNS}
    claim: dict[str, Any] = {"text": said["text"], "evidence": said["evidence"]}
    if said["until"]:
        claim["until"] = said["until"]
    if places := _commas(said["places"]):
        claim["places"] = places
    if said["text"] in translations:
        claim["translations"] = dict(translations[said["text"]])
    return claim


def _rest(brand: BrandKit, key: str) -> dict[str, Any]:
    channels = ", ".join(get_args(Channel))
    required = st.text_area(
        f"Lines a channel must carry, one a line: channel: line (channels: {channels})",
        "\n".join(f"{channel}: {line}" for channel, line in brand.required.items()),
        key=f"{key}-required",
    )
    left, right = st.columns(2)
    reviews = ("required", "optional")
    review = left.selectbox(
        "Review before export", reviews, reviews.index(brand.review), key=f"{key}-review"
    )
    budget = right.number_input(
        "Drift budget (0 to 1; empty: none)", 0.0, 1.0, brand.drift_budget, key=f"{key}-drift"
    )
    local = {
        name: one.model_dump(mode="json", exclude_defaults=True)
        for name, one in brand.localities.items()
    }
    places = st.text_area(
        "What differs by place (YAML: place, then the fields that differ)",
        yaml.safe_dump(local, allow_unicode=True, sort_keys=False) if local else "",
        key=f"{key}-localities",
        placeholder="Headingley:\n  phone: 0113 496 0000\n  facts: [The garden is open.]",
    )
    return {"required": required, "review": review, "drift_budget": budget, "localities": places}


def _pairs(text: str, mark: str, what: str) -> dict[str, str]:
    found = {}
    for line in _lines(text):
        name, between, rest = line.partition(mark)
        if not between or not name.strip() or not rest.strip():
            raise BriefError(
                f"{what}: {line!r} has no {mark!r} between two parts.",
                hint=f"Write one pair a line, with {mark} between.",
            )
        found[name.strip()] = rest.strip()
    return found


def _commas(text: str) -> list[str]:
    return _stripped(text.split(","))


def _lines(text: str) -> list[str]:
    return _stripped(text.splitlines())


def _stripped(parts: Iterable[str] | Sequence[str]) -> list[str]:
    return [part.strip() for part in parts if part.strip()]
