"""How far copy stands from the brand's chosen exemplars and from its siblings, and why.

The exemplars, not the mean of what was sent, are the yardstick: the mean drifts too. Facts are
masked first, since places, products, prices and dates are what should differ.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray

from copilot.campaigns.composing.wording import written_in
from copilot.campaigns.drifting.exemplars import Measure, exemplars_for, measure_for, own_rules
from copilot.campaigns.drifting.masking import Sentence, draft_sentences, names_of
from copilot.campaigns.drifting.said import moved, suggestion
from copilot.campaigns.drifting.siblings import sibling_scores
from copilot.campaigns.drifting.style import measure as measure_style
from copilot.campaigns.drifting.yardstick import (
    FEATURES,
    Copy,
    Embed,
    contributions,
    deviations,
    nearest,
    read,
)
from copilot.records import (
    BrandKit,
    Draft,
    DraftDrift,
    DriftReport,
    DriftSentence,
    Finding,
    Language,
    LocalityDrift,
    StyleFeature,
)

_OWN_SENTENCE = 0.95
"""A sentence that stands further than this share of own ones is named whatever it adds."""


_SHORT = 4
_MANNERS: frozenset[StyleFeature] = frozenset(
    {"formal_words", "chummy_words", "sales_words", "slang", "emoji", "capitals", "own_rules"}
)


@dataclass(frozen=True)
class _Text:
    draft: Draft
    sentences: list[Sentence]
    copy: Copy
    deviation: NDArray[np.float64]
    measure: Measure


def drift(drafts: Sequence[Draft], brand: BrandKit, embed: Embed | None = None) -> DriftReport:
    """How far each draft stands from the exemplars of the brand kit, worst first.

    `embed` gives unit vectors, a row a text; without it meaning is not compared. A draft's
    score is the share (0-1) of the brand's own copy that stands nearer. A locality with
    exemplars of its own is measured by those. Raises BriefError when there are no exemplars.
    """
    started = time.perf_counter()
    names = names_of(drafts, brand.name)
    known = _remembered(embed) if embed else None
    measures: dict[tuple[tuple[str, ...], Language], Measure] = {}
    texts: list[_Text] = []
    for draft in drafts:
        key = (exemplars_for(brand, draft.unit), draft.language)
        if key not in measures:
            place = draft.unit if draft.unit in brand.localities else ""
            measures[key] = measure_for(brand, draft.language, names, known, place=place)
        texts.append(_measured(draft, brand, names, known, measures[key]))
    among = sibling_scores([(text.draft, text.copy) for text in texts])
    found = [_draft_drift(text, among.get(text.draft.draft_id)) for text in texts]
    localities = _localities(texts, found, brand.drift_budget)
    notes = dict.fromkeys(note for measure in measures.values() for note in measure.notes)
    return DriftReport(
        campaign=drafts[0].campaign if drafts else "",
        brand=brand.name,
        budget=brand.drift_budget,
        exemplars=_counted(brand),
        drafts=tuple(sorted(found, key=lambda each: (-each.score, each.unit, each.draft_id))),
        localities=localities,
        spread=round(pstdev([each.score for each in localities]), 3) if localities else 0.0,
        notes=tuple(notes),
        elapsed_ms=round(1000 * (time.perf_counter() - started)),
    )


def over_budget(report: DriftReport, budget: float | None = None) -> tuple[str, ...]:
    """The ids of the drafts whose score is above a budget (0-1), by default the brand's own;
    none when there is no budget."""
    limit = report.budget if budget is None else budget
    return tuple(
        each.draft_id for each in report.drafts if limit is not None and each.score > limit
    )


def drift_findings(report: DriftReport, budget: float | None = None) -> dict[str, Finding]:
    """By draft id, the finding that holds each draft over the budget; see `over_budget`."""
    limit = report.budget if budget is None else budget
    over = set(over_budget(report, budget))
    return {
        each.draft_id: drift_finding(each, limit)
        for each in report.drafts
        if limit is not None and each.draft_id in over
    }


def drift_finding(found: DraftDrift, budget: float) -> Finding:
    """The finding that holds a draft over its budget, on its worst sentence."""
    worst = found.sentences[0] if found.sentences else None
    causes = [one.why for one in (worst.moved if worst else found.moved)[:2]]
    return Finding(
        rule="brand.drift",
        severity="block",
        text=worst.text if worst else "",
        part=worst.part if worst else "body",
        start=worst.start if worst else 0,
        end=worst.end if worst else 0,
        message=(
            f"This stands further from the brand's exemplars than {found.score:.0%} of its own "
            f"copy; the drift budget is {budget:.0%}. {_sentence('; '.join(causes))}".strip()
        ),
        source="brand.drift_budget",
        fix=worst.suggestion if worst else "Write it closer to the exemplars.",
    )


def _measured(
    draft: Draft, brand: BrandKit, names: Mapping[str, str], embed: Embed | None, measure: Measure
) -> _Text:
    every = draft_sentences(draft, names)
    rules = own_rules(brand, draft.unit)
    hits = measure_style([each.masked for each in every], draft.language, rules).hits
    sentences = [each for each, hit in zip(every, hits, strict=True) if not _formula(each, hit)]
    copy = read([each.masked for each in sentences], draft.language, embed, rules)
    return _Text(draft, sentences, copy, deviations(copy, measure.stick), measure)


def _formula(sentence: Sentence, hits: Mapping[StyleFeature, tuple[str, ...]]) -> bool:
    """Whether this is "With best wishes," and the like, which letters have and exemplars lack;
    a greeting that shows a manner stays."""
    short = len(sentence.text.split()) <= _SHORT and sentence.masked.endswith(",")
    return short and not _MANNERS.intersection(hits)


def _draft_drift(text: _Text, among: float | None) -> DraftDrift:
    draft, measure = text.draft, text.measure
    return DraftDrift(
        draft_id=draft.draft_id,
        unit=draft.unit,
        channel=draft.channel,
        language=draft.language,
        variant=draft.variant,
        score=measure.score(float(contributions(text.deviation).sum())) if text.sentences else 0.0,
        siblings=among,
        compared=measure.stick.compared,
        moved=moved(text.copy, measure.stick, text.deviation),
        sentences=_worst_first(text),
    )


def _worst_first(text: _Text) -> tuple[DriftSentence, ...]:
    """The sentences without which the draft would stand nearer, those that add most first."""
    copy, stick = text.copy, text.measure.stick
    whole = float(contributions(text.deviation).sum())
    like = nearest(copy, stick) if stick.compared != "voice across languages" else []
    found: list[tuple[float, DriftSentence]] = []
    for row, sentence in enumerate(text.sentences):
        rest = [other for other in range(len(text.sentences)) if other != row]
        without = contributions(deviations(copy.only(rest), stick)).sum() if rest else 0.0
        adds = max(0.0, whole - float(without))
        alone = copy.only([row])
        apart = deviations(alone, stick)
        score = text.measure.score(float(contributions(apart).sum()), "sentence")
        reasons = moved(alone, stick, apart)
        if reasons and (adds > 0 or score > _OWN_SENTENCE):
            example = text.measure.texts[like[row]] if like else ""
            found.append(
                (
                    adds,
                    DriftSentence(
                        text=sentence.text,
                        part=sentence.part,
                        start=sentence.start,
                        end=sentence.end,
                        score=score,
                        adds=round(adds / whole, 3) if whole else 0.0,
                        moved=reasons,
                        suggestion=suggestion(reasons, example),
                        like=example,
                    ),
                )
            )
    return tuple(each for _, each in sorted(found, key=lambda one: -one[0]))


def _localities(
    texts: Sequence[_Text], found: Sequence[DraftDrift], budget: float | None
) -> tuple[LocalityDrift, ...]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(found):
        if texts[row].sentences:
            rows[each.unit].append(row)
    localities: list[LocalityDrift] = []
    for unit, own in rows.items():
        scores = [found[row].score for row in own]
        means = np.mean([texts[row].deviation for row in own], axis=0)
        localities.append(
            LocalityDrift(
                unit=unit,
                drafts=len(own),
                score=round(fmean(scores), 3),
                worst=max(scores),
                over=sum(score > budget for score in scores) if budget is not None else 0,
                features={
                    name: round(float(mean), 2) for name, mean in zip(FEATURES, means, strict=True)
                },
            )
        )
    return tuple(sorted(localities, key=lambda each: (-each.score, each.unit)))


def _remembered(embed: Embed) -> Embed:
    """The same, but each text is embedded once: siblings share most of their sentences."""
    known: dict[str, NDArray[np.float32]] = {}

    def remembering(texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(fresh, embed(fresh), strict=True) if fresh else ())
        return np.stack([known[text] for text in texts])

    return remembering


def _counted(brand: BrandKit) -> dict[Language, int]:
    counts: dict[Language, int] = defaultdict(int)
    local = [text for each in brand.localities.values() for text in each.exemplars]
    for text in (*brand.exemplars, *local):
        counts[written_in(text, "en")] += 1
    return dict(counts)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
