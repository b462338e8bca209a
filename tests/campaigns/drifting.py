"""Labelled copy of invented brands, and drafts made of it, for the tests of drift."""

from pathlib import Path
from typing import Any

import yaml

from copilot.records import BrandKit, Draft, FactUse, Language, Message

DATA = Path(__file__).parent / "data"
LOAF: dict[str, Any] = yaml.safe_load((DATA / "drift_a.yaml").read_text(encoding="utf-8"))
OWN = "The oven is on. Come by while the loaves are warm, and we will slice one for you."
LOUD = "HURRY! Our unbeatable bread is flying off the shelves! Don't miss this amazing deal!!!"


def texts(letter: str, language: Language) -> list[tuple[str, str]]:
    """(cause, text) of one labelled brand in one language."""
    return [pair for text in cell(letter, language)["texts"] for pair in text.items()]


def cell(letter: str, language: Language) -> dict[str, Any]:
    given = yaml.safe_load((DATA / f"drift_{letter}.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(one for one in given["cells"] if one["language"] == language)
    return given | found


def kit(letter: str = "a", language: Language = "en", **changed: Any) -> BrandKit:
    """The brand of a labelled file with its exemplars in one language."""
    given = cell(letter, language)
    values = {
        "name": given["brand"],
        "emoji": given["emoji"],
        "formality": given["formality"],
        "banned": given["banned"],
        "exemplars": given["exemplars"],
    }
    return BrandKit.model_validate(values | changed)


def said(
    body: str, unit: str = "Leith", *, names: dict[str, str] | None = None, **changed: Any
) -> Draft:
    """A draft that says `body`; `names` are its facts' texts and kinds."""
    uses = [
        FactUse.model_validate(
            {"part": "body", "start": body.index(name), "end": body.index(name) + len(name),
             "text": name, "fact_id": name, "kind": kind, "origin": "test"}
        )
        for name, kind in (names or {}).items()
    ]  # fmt: skip
    values = {
        "draft_id": f"{unit}-{body[:12]}",
        "campaign": "loaves",
        "level": "local",
        "unit": unit,
        "channel": "social",
        "language": "en",
        "variant": "A",
        "message": Message(body=body),
        "facts": tuple(uses),
        "status": "passed",
    }
    return Draft.model_validate(values | changed)
