"""Campaigns by writers that are not to be trusted, and what a judge finds in their exports."""

import csv
import dataclasses
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from copilot import Brief, Copilot, Settings
from copilot.campaigns.briefing.brief import load_brief
from copilot.demo import bakery_files
from tests.conftest import ROOT, TODAY
from tests.liar import Liar, leaked
from tests.scripted_server import Reply, Scripted, scripted_server

SATURDAY = ROOT / "samples" / "bakery" / "saturday-loaves.yaml"
MESSAGES = ("email", "sms", "whatsapp", "push")
PRINTED = ("rsa", "social", "flyer", "letter")
SPOKEN = ("en", "de", "fr", "es")
SAID = ("subject", "preheader", "body", "html")
KEPT = "customer_id, email, phone, street, last_name, first_name || ' ' || last_name, neighbourhood"


@dataclass
class Found:
    """What came of some campaigns; `leaks` is what a judge found in the exported rows."""

    title: str
    reached: int = 0
    valid: int = 0
    drafts: int = 0
    requests: int = 0
    by_model: int = 0
    leaks: list[str] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        share = self.valid / self.reached if self.reached else 0
        rows = {
            "drafts": f"{self.drafts:,}",
            "requests": f"{self.requests:,}",
            "written by the model": f"{self.by_model:,}",
            "recipients with a valid draft": f"{self.valid:,} of {self.reached:,} ({share:.2%})",
            "made-up facts in the exports": f"{len(self.leaks)} {self.leaks[:5] or ''}",
            "personal values in requests": f"{len(self.personal)} {self.personal[:5] or ''}",
            "seconds": f"{self.seconds:.0f}",
        }
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.told.items()))
        lines = [self.title, *(f"  {name:<30} {value}" for name, value in rows.items())]
        return "\n".join([*lines, *([f"  replies: {kinds}"] if kinds else [])])


def bakery_with_every_channel(home: Path) -> None:
    """The sample bakery, where whoever agreed to text messages agreed to WhatsApp and push too."""
    copilot = Copilot(Settings.load(home), today=lambda: TODAY)
    for path, table in bakery_files():
        copilot.import_customers([path], table=table)
    consents = ROOT / "samples" / "bakery" / "consents.csv"
    with consents.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["channel"], row["status"])]
    more = home / "more-consents.csv"
    with more.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for channel in ("whatsapp", "push"):
            writer.writerows({**row, "channel": channel} for row in rows if row["channel"] == "sms")
    copilot.import_customers([more], table="consents")
    copilot.engine.close()


def briefs(
    languages: Sequence[str] = SPOKEN,
    *,
    variants: int = 3,
    local: Sequence[tuple[str, ...]] = (PRINTED,),
) -> list[Brief]:
    """Every customer's own message by four channels in each language, and campaigns of every
    neighbourhood by each set of channels of `local`."""
    saturday = load_brief(SATURDAY)
    made = [
        saturday.model_copy(
            update={
                "name": f"saturday-{language}",
                "level": "individual",
                "method": "bespoke",
                "channels": MESSAGES,
                "languages": (language,),
                "variants": 1,
            }
        )
        for language in languages
    ]
    for number, channels in enumerate(local, 1):
        changes = {"channels": channels, "languages": tuple(languages), "variants": variants}
        name = f"saturday-local-{number}"
        made.append(saturday.model_copy(update={"name": name, **changes}))
    return made


def places(home: Path) -> tuple[str, ...]:
    """The neighbourhoods of the business's customers."""
    return tuple(sorted({row[-1] for row in _people(home) if row[-1]}))


def draft_all(
    home: Path, server: Scripted, made: Iterable[Brief], title: str, limit: int | None = None
) -> Found:
    """The campaigns drafted and exported, counted; the files are `<name>.csv` in the workspace."""
    found = Found(title)
    started = time.perf_counter()
    settings = Settings.load(home, base_url=server.url, model="untrusted", timeout_s=900)
    copilot = Copilot(settings, today=lambda: TODAY)
    for brief in made:
        out = home / f"{brief.name}.csv"
        done = copilot.draft(brief, out=out, limit=limit)
        rows = exported(out) if done.passed else []
        found.drafts += done.drafts
        found.reached += done.drafts + (len(done.failures) if brief.level != "individual" else 0)
        found.valid += sum(1 for row in rows if row["body"].strip())
        found.by_model += sum(row["writer"] == "model" for row in rows)
    found.requests = len(server.requests)
    found.personal = personal_values(home, server.requests)
    found.seconds = time.perf_counter() - started
    copilot.engine.close()
    return found


def exported(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def said(row: dict[str, str]) -> str:
    """Everything a reader of this row would see."""
    return "\n".join(row[part] for part in SAID)


def personal_values(home: Path, requests: Sequence[dict[str, Any]]) -> list[str]:
    """Whatever of any customer of the workspace stands in a request."""
    sent = json.dumps(list(requests), ensure_ascii=False).casefold()
    words = set(re.findall(r"[\w.+@'-]+", sent))
    values = {value for row in _people(home) for value in row[:-1] if value}
    return sorted(
        value
        for value in values
        if (value.casefold() in (words if re.fullmatch(r"[\w.+@'-]+", value) else sent))
    )


def liars_campaigns(home: Path, made: Sequence[Brief] | None = None, *, seed: int = 5) -> Found:
    """Campaigns by the scripted liar, judged by what it knows it made up."""
    liar = Liar(others=places(home), seed=seed)
    made = briefs() if made is None else made
    with scripted_server(answer=liar.answer) as server:
        found = draft_all(home, server, made, f"A scripted liar, seed {seed}")
    found.told = liar.told
    for brief in made:
        rows = exported(home / f"{brief.name}.csv")
        found.leaks += judged_by_liar(home, rows, liar)
    return found


def judged_by_liar(home: Path, rows: Sequence[dict[str, str]], liar: Liar) -> list[str]:
    """What the liar made up that stands in the rows; a customer's own data in their text, which
    no honest message of this brief merges; another locality named; the offer not stated whole."""
    leaks = [f"{kind}: {lie}" for lie, kind in leaked(_joined(rows), liar.invented).items()]
    people = {row[0]: row for row in _people(home)}
    for row in rows:
        text, person = said(row), people.get(row["customer_id"], ())
        words = set(re.findall(r"[\w.+@'-]+", text))
        leaks += [f"merged: {value}" for value in person[:5] if value in words]
        here = person[-1] if person else row["unit"]
        leaks += [
            f"other place: {place} for {here}"
            for place in liar.others
            if place != here and re.search(rf"\b{re.escape(place)}\b", text)
        ]
        whole = "CRUST15" in text and re.search(r"\b15\s?%", text)
        leaks += [] if whole else [f"offer not whole: {row['draft_id']} {row['channel']}"]
    return leaks


def weak_campaigns(home: Path, *, seconds: float) -> list[Found]:
    """Real drafts of SmolLM2 for so many seconds, then drafts of its sentences recombined."""
    from tests.local_model import local_model

    recorded: list[str] = []
    with local_model() as url, forwarding(url, recorded) as server:
        real = _timed_weak(home, server, seconds)
    if not recorded:
        return [real]
    again = Recombined(recorded)
    with scripted_server(answer=again.answer) as server:
        mixed = draft_all(home, server, briefs(), f"Its {len(recorded)} answers, recombined")
    mixed.leaks += [
        leak
        for brief in briefs()
        for leak in unsupported(home, exported(home / f"{brief.name}.csv"))
    ]
    return [real, mixed]


def _timed_weak(home: Path, server: Scripted, seconds: float) -> Found:
    """One neighbourhood's text message and push in turn until the time is up."""
    saturday = load_brief(SATURDAY)
    total, stop = Found("SmolLM2-135M, real answers"), time.monotonic() + seconds
    number = 0
    while time.monotonic() < stop:
        channel = ("sms", "push")[number % 2]
        changes = {"name": f"weak-{number}", "channels": (channel,), "variants": 1}
        brief = saturday.model_copy(update=changes)
        one = draft_all(home, server, [brief], "", limit=1)
        one.leaks += unsupported(home, exported(home / f"{brief.name}.csv"))
        for each in dataclasses.fields(Found):
            if each.name not in {"title", "requests", "personal", "told"}:
                setattr(total, each.name, getattr(total, each.name) + getattr(one, each.name))
        total.requests, total.personal = one.requests, one.personal
        number += 1
    return total


def forwarding(url: str, recorded: list[str], most: int = 60) -> Any:
    """A scripted server that asks the real one for `most` tokens, and keeps what it answered."""
    import httpx

    def answer(body: dict[str, Any]) -> Reply:
        short = {**body, "max_tokens": most, "max_completion_tokens": most}
        reply = httpx.post(f"{url}/chat/completions", json=short, timeout=900).json()
        choice = reply["choices"][0]
        content = choice["message"]["content"] or ""
        recorded.append(content)
        return Reply(content, finish=choice["finish_reason"])

    return scripted_server(answer=answer)


class Recombined:
    """Answers made of recorded ones: their sentences in a new order, some with a digit changed."""

    def __init__(self, recorded: Sequence[str]) -> None:
        texts = [text for each in recorded for text in _strings(each)]
        self.sentences = [
            sentence
            for text in texts
            for sentence in re.split(r"(?<=[.!?])\s+|\n+", text)
            if sentence.strip()
        ] or ["Come and see."]
        self.asked = 0

    def answer(self, body: dict[str, Any]) -> Reply:
        self.asked += 1
        chance = random.Random(self.asked)
        shape = body["response_format"]["json_schema"]["schema"]["properties"]
        made: dict[str, Any] = {}
        for name, kind in shape.items():
            some = [self._sentence(chance) for _ in range(chance.randrange(1, 6))]
            made[name] = some if kind.get("type") == "array" else " ".join(some)
        return Reply(json.dumps(made, ensure_ascii=False))

    def _sentence(self, chance: random.Random) -> str:
        sentence = chance.choice(self.sentences)
        if chance.random() < 0.3:
            return re.sub(r"\d", lambda _: str(chance.randrange(10)), sentence)
        return sentence


def _strings(content: str) -> list[str]:
    try:
        read = json.loads(content)
    except ValueError:
        return [content]
    values = read.values() if isinstance(read, dict) else []
    return [text for value in values for text in (value if isinstance(value, list) else [value])]


_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_HARD: tuple[Callable[[str], list[str]], ...] = (
    _NUMBER.findall,
    re.compile(r"https?://[^\s\"'<>)]+").findall,
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+").findall,
    re.compile(r"(?<!\w)[A-Z]+\d+\w*").findall,
    re.compile(r"[£$€¥]").findall,
)


def unsupported(home: Path, rows: Sequence[dict[str, str]]) -> list[str]:
    """Numbers, links, addresses, codes and currencies of the rows' texts that stand neither in
    the brief, nor in the shops' file, nor in the offer's dates."""
    texts = [SATURDAY.read_text(encoding="utf-8"), load_brief(SATURDAY).model_dump_json()]
    texts += [(ROOT / "samples" / "bakery" / "locations.csv").read_text(encoding="utf-8")]
    texts += [" ".join(places(home))]
    known = {each.rstrip(".,/") for find in _HARD for text in texts for each in find(text)}
    known |= {"28", "11", "2026", "28.11", "10", "00", "24", str(TODAY.day)}
    return [
        f"{row['draft_id']}: {each}"
        for row in rows
        for find in _HARD
        for each in find("\n".join(row[part] for part in SAID[:3]))
        if each.rstrip(".,/") not in known
    ]


def _joined(rows: Sequence[dict[str, str]]) -> str:
    return "\n".join(said(row) for row in rows)


def _people(home: Path) -> list[tuple[str | None, ...]]:
    return duckdb.read_parquet(str(_customers(home))).project(KEPT).fetchall()


def _customers(home: Path) -> Path:
    return next((home / "customers").glob("customers-*.parquet"))
