"""The labelled messages of data/spans.jsonl and the assignments they are written for."""

import datetime as dt
import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from copilot.campaigns.briefing.brief import parse_brief
from copilot.campaigns.composing.compose import finish
from copilot.campaigns.facts import facts_for
from copilot.errors import BriefError
from copilot.records import Assignment, Brief, Message, Unit

DATA = Path(__file__).parent / "data"
TODAY = dt.date(2026, 11, 22)


@dataclass(frozen=True)
class Row:
    """A message and the rules that must hold it; none for clean copy."""

    id: str
    message: Message
    assignment: Assignment
    rules: tuple[str, ...]


@functools.cache
def _briefs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / "briefs.yaml").read_text(encoding="utf-8"))
    return found


@functools.cache
def assignment(name: str = "loaves", channel: str = "email", language: str = "en") -> Assignment:
    """What a writer is given for one of the briefs in data/briefs.yaml."""
    given = _briefs()[name]
    return given_to_writer(given, parse_brief(given["brief"], folder=DATA), channel, language)


def given_to_writer(given: dict[str, Any], brief: Brief, channel: str, language: str) -> Assignment:
    """What a writer is given for an entry of a data file: its unit, and what it must not name."""
    unit = Unit.model_validate(given["unit"])
    return Assignment.model_validate(
        {
            "brief": brief,
            "unit": unit,
            "channel": channel,
            "language": language,
            "facts": facts_for(brief, unit, language=language),  # type: ignore[arg-type]
            "other_places": given["other_places"],
            "known_products": given["known_products"],
            "known_stores": given["known_stores"],
            "today": TODAY,
        }
    )


def rows() -> list[Row]:
    """Every labelled message; those that say so get the sender block a writer adds."""
    found = []
    for line in (DATA / "spans.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        given = assignment(row["brief"], row["channel"], row["language"])
        parts = {part: row[part] for part in ("subject", "preheader", "body")}
        try:
            message = finish(given, **parts) if row["finish"] else Message(**parts)
        except BriefError:
            message = Message(**parts)
        found.append(Row(row["id"], message, given, tuple(row["rules"])))
    return found
