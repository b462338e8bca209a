"""A scripted liar: copy that would be sound but for one thing it made up, and it knows which.

What it invents is kept outside the text, so that a file can be searched for it by somebody who
knows nothing of the checks.
"""

import html
import json
import random
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.scripted_server import Reply

LANGUAGES = {"British English": "en", "German": "de", "French": "fr", "Spanish": "es"}

LIES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "lies.yaml").read_text(encoding="utf-8")
)
WORDS = ("two", "three", "four", "six", "seven", "eight")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
BROKEN = ("truncated", "not json", "empty", "without the code", "without the terms")


@dataclass
class Liar:
    """`answer` is a scripted server's; `invented` is what it made up, by kind.

    `honest` is the share of replies without a lie. It also names places of `others` that are
    not the message's own.
    """

    honest: float = 0.25
    others: tuple[str, ...] = ()
    seed: int = 5
    invented: dict[str, str] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: int = 0

    def answer(self, body: dict[str, Any]) -> Reply:
        with self._lock:
            self._asked += 1
            chance = random.Random(f"{self.seed} {self._asked}")
            return self._answer(body, chance)

    def _answer(self, body: dict[str, Any], chance: random.Random) -> Reply:
        system, user = (one["content"] for one in body["messages"])
        shape = body["response_format"]["json_schema"]["schema"]["properties"]
        language = next(code for name, code in LANGUAGES.items() if f"Write in {name}" in system)
        told = dict(re.findall(r"^(offer|when|code|terms|readers): (.*)$", user, re.M))
        link = re.search(r"^- url: (\S+/\S+)$", user, re.M)
        sentences = [
            f"{told.get('offer', '')} {told.get('when', '')}, {told.get('terms', '')}.",
            f"Code {told.get('code', '')}.",
            link[1] if link else "",
        ]
        if chance.random() < self.honest:
            self.told["nothing made up"] += 1
            return Reply(json.dumps(_shaped(shape, sentences, "", chance)))
        kind = chance.choice([*LIES, *BROKEN, *(["other place"] if self.others else [])])
        self.told[kind] += 1
        if kind in BROKEN:
            return _broken(kind, shape, sentences, chance)
        lie = self._lie(kind, language, told.get("readers", ""), chance)
        return Reply(json.dumps(_shaped(shape, sentences, lie, chance), ensure_ascii=False))

    def _lie(self, kind: str, language: str, own: str, chance: random.Random) -> str:
        if kind == "other place":
            return chance.choice([place for place in self.others if place != own])
        lie = (
            chance.choice(LIES[kind].get(language) or LIES[kind]["any"])
            .replace("{n}", str(chance.randrange(41, 89)))
            .replace("{d}", str(chance.randrange(2, 28)))
            .replace("{m}", str(chance.randrange(11, 29)))
            .replace("{w}", chance.choice(WORDS))
        )
        self.invented[lie] = kind
        return lie


def plain(text: str) -> str:
    """A text as it is searched: low, without accents, entities, or more than one space between."""
    bare = unicodedata.normalize("NFKD", html.unescape(text).casefold()).translate(_QUOTES)
    return " ".join("".join(each for each in bare if not unicodedata.combining(each)).split())


def leaked(written: str, invented: dict[str, str]) -> dict[str, str]:
    """Which invented sentences stand in what was written, and of what kind each is."""
    searched = plain(written)
    return {lie: kind for lie, kind in invented.items() if plain(lie) in searched}


def _shaped(
    shape: dict[str, Any], sentences: list[str], lie: str, chance: random.Random
) -> dict[str, Any]:
    """A reply of the shape asked for, with the lie in one of its places."""
    where = chance.choice([name for name in shape if name != "paths"]) if lie else ""
    place = chance.randrange(len(sentences) + 1)
    body = [*sentences[:place], lie, *sentences[place:]] if where == "body" else sentences
    if "body" not in shape:
        offer = [sentence.strip() for sentence in sentences[:2]]
        heads = ["15 %", offer[1].rstrip("."), "CRUST15"]
        return {
            "headlines": [*heads, lie] if where == "headlines" else heads,
            "descriptions": [*offer, lie] if where == "descriptions" else offer,
            "paths": [],
        }
    reply: dict[str, Any] = {"body": " ".join(each for each in body if each)}
    for name in shape:
        if name != "body":
            reply[name] = lie if where == name else sentences[0][:48].rsplit(" ", 1)[0]
    return reply


def _broken(kind: str, shape: dict[str, Any], sentences: list[str], chance: random.Random) -> Reply:
    whole = json.dumps(_shaped(shape, sentences, "", chance))
    changes: dict[str, Callable[[], str]] = {
        "truncated": lambda: whole[: chance.randrange(5, len(whole) - 1)],
        "not json": lambda: "Certainly! Here is your message: " + sentences[0],
        "empty": lambda: "",
        "without the code": lambda: (
            json.dumps(_shaped(shape, sentences[::2], "", chance)) if "body" in shape else "{}"
        ),
        "without the terms": lambda: whole.replace("10:00", "noon"),
    }
    return Reply(changes[kind]())
