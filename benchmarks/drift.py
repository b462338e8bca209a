"""Drift on labelled copy: false alarms, misses and calibration, beside a plain peer.

    python benchmarks/drift.py            (under a minute)
    python benchmarks/drift.py --wrong    (and every text that was judged wrongly)

tests/campaigns/data/drift_*.yaml holds copy of invented brands in four languages, on-brand or
drifted for a named cause. Two brands tuned the weights in copilot/campaigns/styles/measure.yaml;
two were held out; the others were written after that was frozen and never used to change it. The
peer is what is usually done: the cosine of a text's embedding to the mean of the exemplars', with
the threshold that judges the tuning brands best.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from copilot.campaigns.drifting.drift import drift
from copilot.campaigns.drifting.yardstick import Embed
from copilot.models.embed import open_embedder
from copilot.records import BrandKit, Draft, DraftDrift, FactUse, Language, Message
from copilot.settings import Settings
from copilot.text import content_id

DATA = Path(__file__).parent.parent / "tests" / "campaigns" / "data"
LIMIT = 0.95
SETS = {"tuning": ("a", "d"), "held out": ("b", "c"), "fresh": ("e", "f")}


@dataclass(frozen=True)
class Cell:
    """One brand in one language."""

    brand: BrandKit
    language: Language
    names: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    """(cause, or `ours`; text)"""


@dataclass(frozen=True)
class Judged:
    cell: Cell
    cause: str
    text: str
    score: float
    peer: float
    found: DraftDrift

    @property
    def ours(self) -> bool:
        return self.cause == "ours"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrong", action="store_true", help="print what was judged wrongly")
    wrong = parser.parse_args().wrong
    embedder = open_embedder(Settings())
    embed: Embed | None = embedder.embed if embedder else None
    if embed is None:
        raise SystemExit("The embedded model is not installed: nothing to compare with.")
    judged = {
        name: [one for cell in cells(letters) for one in judge(cell, embed)]
        for name, letters in SETS.items()
    }
    limit = best_threshold(judged["tuning"])
    for name, found in judged.items():
        table(name, found, limit)
    by_cause([*judged["held out"], *judged["fresh"]], limit)
    unseen = [cell for name in ("held out", "fresh") for cell in cells(SETS[name])]
    for name, others in (
        ("without a model", [one for cell in unseen for one in judge(cell, None)]),
        ("across languages", [one for c in unseen for one in judge(foreign(c, unseen), embed)]),
    ):
        print(f"{name}, held out and fresh: {rates(others, None)}")
    for name, using in (("with meaning", embed), ("without", None)):
        took = speed(unseen, using)
        print(f"a draft of new sentences {name}: {took[0]:.1f} ms of processor, {took[1]:.1f} ms")
    if wrong:
        for one in [each for found in judged.values() for each in found]:
            if one.ours == (one.score > LIMIT):
                why = "; ".join(moved.why for moved in one.found.moved[:3])
                print(f"{one.score:.2f} {one.cell.language} {one.cause}: {one.text} | {why}")


def cells(letters: Sequence[str]) -> list[Cell]:
    """The cells of the files with these letters."""
    found: list[Cell] = []
    for letter in letters:
        path = DATA / f"drift_{letter}.yaml"
        given: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for cell in given["cells"]:
            kit = BrandKit(
                name=given["brand"],
                emoji=given["emoji"],
                formality=given["formality"],
                banned=tuple(given["banned"]),
                exemplars=tuple(cell["exemplars"]),
            )
            texts = tuple(pair for text in cell["texts"] for pair in text.items())
            found.append(Cell(kit, cell["language"], tuple(given["names"]), texts))
    return found


def foreign(cell: Cell, every: Sequence[Cell]) -> Cell:
    """The same copy under the brand's exemplars in its other language."""
    other = next(
        one for one in every if one.brand.name == cell.brand.name and one.language != cell.language
    )
    return Cell(other.brand, cell.language, cell.names, cell.texts)


def judge(cell: Cell, embed: Embed | None) -> Iterator[Judged]:
    """Each text of a cell with its drift and the peer's distance (nan without a model)."""
    peer = [float("nan")] * len(cell.texts)
    if embed:
        mean = embed(cell.brand.exemplars).mean(axis=0)
        own = embed([text for _, text in cell.texts])
        peer = [1 - float(row @ mean) / float(np.linalg.norm(mean)) for row in own]
    for (cause, text), far in zip(cell.texts, peer, strict=True):
        found = drift([draft_of(cell, text)], cell.brand, embed).drafts[0]
        yield Judged(cell, cause, text, found.score, far, found)


def draft_of(cell: Cell, text: str) -> Draft:
    """A text as a draft whose names of places and products have resolved to facts."""
    uses = tuple(
        FactUse(
            part="body",
            start=at,
            end=at + len(name),
            text=name,
            fact_id=name,
            kind="product",
            origin="benchmark",
        )
        for name in cell.names
        if (at := text.find(name)) >= 0
    )
    return Draft(
        draft_id=content_id(text),
        campaign="benchmark",
        level="local",
        unit="everywhere",
        channel="social",
        language=cell.language,
        variant="A",
        message=Message(body=text),
        facts=uses,
        status="passed",
    )


def best_threshold(found: Sequence[Judged]) -> float:
    """The peer's distance over which fewest of these are judged wrongly."""
    every = sorted(one.peer for one in found)
    return min(every, key=lambda at: sum(one.ours == (one.peer > at) for one in found))


def rates(found: Sequence[Judged], limit: float | None) -> str:
    """False alarms and misses: of the peer where its `limit` is given."""
    over = [one.score > LIMIT if limit is None else one.peer > limit for one in found]
    alarms = sum(bad for bad, one in zip(over, found, strict=True) if one.ours)
    missed = sum(not bad for bad, one in zip(over, found, strict=True) if not one.ours)
    ours = sum(one.ours for one in found)
    far = [one.score if limit is None else one.peer for one in found]
    return (
        f"{alarms} of {ours} false alarms ({alarms / ours:.1%}), {missed} of {len(found) - ours} "
        f"missed ({missed / (len(found) - ours):.1%}), AUC {auc(found, far):.3f}"
    )


def auc(found: Sequence[Judged], far: Sequence[float]) -> float:
    """The chance that a drifted text stands further than an own one."""
    own = np.array([one for one, each in zip(far, found, strict=True) if each.ours])
    off = np.array([one for one, each in zip(far, found, strict=True) if not each.ours])
    gap = off[:, None] - own[None]
    return float(((gap > 0) + 0.5 * (gap == 0)).mean())


def table(name: str, found: Sequence[Judged], limit: float) -> None:
    print(f"{name}: {len(found)} texts, {len({one.cell.brand.name for one in found})} brands")
    print(f"  drift > {LIMIT}: {rates(found, None)}")
    print(f"  peer, cosine to mean: {rates(found, limit)}")
    for language in sorted({one.cell.language for one in found}):
        print(f"  {language}: {rates([o for o in found if o.cell.language == language], None)}")
    own = [one.score for one in found if one.ours]
    said = ", ".join(
        f"{sum(s > at for s in own) / len(own):.0%} over {at}" for at in (0.5, 0.8, 0.9)
    )
    print(f"  own copy: {said} (said: 50%, 20%, 10%)")


def by_cause(found: Sequence[Judged], limit: float) -> None:
    print("missed by cause, held out and fresh (peer):")
    for cause in sorted({one.cause for one in found if not one.ours}):
        own = [one for one in found if one.cause == cause]
        missed = sum(one.score <= LIMIT for one in own)
        print(f"  {cause}: {missed} of {len(own)} ({sum(one.peer <= limit for one in own)})")


def speed(every: Sequence[Cell], embed: Embed | None) -> tuple[float, float]:
    """Milliseconds of processor and of time for one draft, its exemplars embedded before."""
    known: dict[str, Any] = {}

    def keeping(texts: Sequence[str]) -> Any:
        fresh = [text for text in texts if text not in known]
        known.update(zip(fresh, embed(fresh), strict=True) if embed and fresh else ())
        return np.stack([known[text] for text in texts])

    drafts = [(cell, [draft_of(cell, text) for _, text in cell.texts]) for cell in every]
    for cell, own in drafts:
        drift(own[:1], cell.brand, keeping if embed else None)
    worked, started = time.process_time(), time.perf_counter()
    for cell, own in drafts:
        drift(own[1:], cell.brand, keeping if embed else None)
    count = sum(len(own) - 1 for _, own in drafts) / 1000
    return (time.process_time() - worked) / count, (time.perf_counter() - started) / count


if __name__ == "__main__":
    main()
