"""Answers written by a model, sentence by sentence from numbered passages, each one checked."""

import re
from collections.abc import Sequence

from pydantic import BaseModel, Field

from copilot.errors import UnusableAnswer
from copilot.models.chat import Complete
from copilot.models.prompts import load
from copilot.rag.answering.concepts import Vocabulary, named
from copilot.rag.answering.evidence import Evidence, in_order, with_marker
from copilot.rag.answering.ground import Checked, check_sentences
from copilot.rag.answering.injection import is_command
from copilot.rag.answering.question import Asked
from copilot.rag.answering.statements import of_passages
from copilot.records import Answer, AnswerKind, Audience, Citation
from copilot.text import squeeze

MOST_PASSAGES = 28
MORE_HITS = 4
LEAST_KEPT = 0.5  # below this share of carried sentences the offline answer stands
READERS: dict[Audience, str] = {
    "student": "a student who meets the subject for the first time",
    "practitioner": "a marketer who has to decide something",
}
TASKS: dict[AnswerKind, str] = {
    "compare": "tell the main difference, then the other differences, with an example of each side",
    "list": "name every item that was asked for, one a sentence",
    "yes_no": "say why, starting from the fact that decides the question",
    "example": "tell one example and what it shows, then name another",
    "explain": "define the concept, then explain the point that was asked",
}
_VERDICT = re.compile(r"\A\*\*(?:Yes|No|Sources disagree)\.?\*\*(?:, by one account\.)?")
_TABLE = re.compile(r"^\|.*(?:\n\|.*)*", re.M)
_MARKERS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")


class Sentence(BaseModel):
    """One sentence and the numbers of the passages that carry it."""

    text: str
    passages: list[int] = Field(description="numbers of the passages that carry the sentence")


class Prose(BaseModel):
    """The prose of an answer."""

    sentences: list[Sentence] = Field(max_length=12)


def written(
    asked: Asked,
    evidence: Evidence,
    offline: Answer,
    complete: Complete,
    audience: Audience,
    words: Vocabulary,
) -> Answer:
    """The answer in the model's words, from the evidence of the offline answer and the best hits.

    Every sentence is checked against the passages it cites; what they do not carry is removed.
    When less than half is left, the offline answer is returned instead, with a warning. Verdicts
    and comparison tables stay as the notes have them. Refusals and greetings are not sent.

    Raises ModelError when the model's server fails.
    """
    if offline.refused or offline.kind == "chat":
        return offline
    sources = _sources(evidence, offline)
    system, user = load("answer").render(
        audience=READERS[audience],
        length="four to eight" if offline.kind != "compare" else "six to ten",
        question=asked.text,
        task=TASKS.get(offline.kind, TASKS["explain"]),
        passages="\n".join(f"[{n}] {_shown(c)}" for n, c in enumerate(sources, start=1)),
    )
    try:
        done = complete(system, user, Prose)
    except UnusableAnswer as error:
        warning = f"The model's answer was dropped: {error.message}"
        return offline.model_copy(update={"warnings": (*offline.warnings, warning)})
    checked = check_sentences(
        [(_clean(s.text), s.passages) for s in done.parsed.sentences],
        [_shown(citation) for citation in sources],
        lambda text: named(text, words),
    )
    kept = _distinct([one for one in checked if one.kept and not is_command(one.text)])
    if not kept or len(kept) < LEAST_KEPT * len(checked):
        lost = f"{len(checked) - len(kept)} of {len(checked)}"
        warning = f"The model's answer was dropped: {lost} sentences had no support in passages."
        return offline.model_copy(
            update={"usage": done.usage, "warnings": (*offline.warnings, warning)}
        )
    removed = len(checked) - len(kept)
    said = f"{removed} sentence(s) of the model had no support: removed."
    return _finished(offline, kept, sources).model_copy(
        update={
            "warnings": (*offline.warnings, said) if removed else offline.warnings,
            "model": done.model,
            "usage": done.usage,
        }
    )


def _finished(offline: Answer, kept: Sequence[Checked], sources: Sequence[Citation]) -> Answer:
    """The offline record with the model's prose, and markers in order of appearance."""
    text, citations = in_order(_assembled(offline, kept), sources)
    markers = {(c.source, c.quote): c.marker for c in citations}
    return offline.model_copy(
        update={
            "answer": text,
            "citations": citations,
            "disagreements": tuple(
                d.model_copy(update={"markers": _moved(d.markers, offline.citations, markers)})
                for d in offline.disagreements
            ),
        }
    )


def _sources(evidence: Evidence, offline: Answer) -> list[Citation]:
    """What the model may use: the offline answer's quotes, then the best other passages."""
    found = list(offline.citations[: MOST_PASSAGES - MORE_HITS])
    quoted = {citation.passage_id for citation in found}
    others = [hit for hit in evidence.hits if hit.id not in quoted][:MORE_HITS]
    statements, _ = of_passages(others)
    for hit in others:
        safe = [s.quote for s in statements if s.passage_id == hit.id]
        # One quote is one verbatim slice: the longest sentence stands for the passage.
        if safe and hit.heading.rsplit(" > ", 1)[-1] != "At a glance":
            found.append(
                Citation(
                    marker=len(found) + 1,
                    source=hit.source,
                    title=hit.title,
                    heading=hit.heading,
                    page=hit.page,
                    quote=max(safe, key=len),
                    score=hit.score,
                    passage_id=hit.id,
                )
            )
    return [c.model_copy(update={"marker": n}) for n, c in enumerate(found, start=1)]


def _shown(citation: Citation) -> str:
    """A passage as the model sees it; it cannot close the fence it stands in."""
    place = citation.heading or citation.title
    return squeeze(f"{place}: {citation.quote}").replace("```", "'''")


def _clean(text: str) -> str:
    return squeeze(_MARKERS.sub("", text))


def _distinct(checked: Sequence[Checked]) -> list[Checked]:
    return list({one.text.casefold(): one for one in checked}.values())


def _assembled(offline: Answer, kept: Sequence[Checked]) -> str:
    """Verdict, prose and table; markers are the numbers of the passages."""
    sentences = [
        with_marker(one.text, "".join(f" \ue000{n}\ue001" for n in one.passages)) for one in kept
    ]
    bulleted = offline.kind == "list"
    prose = "\n".join(f"- {s}" for s in sentences) if bulleted else " ".join(sentences)
    verdict = _VERDICT.match(offline.answer)
    if verdict:
        prose = f"{verdict.group()} {prose}"
    table = _TABLE.search(offline.answer) if offline.kind == "compare" else None
    if table is None:
        return prose
    marked = re.sub(r"\[(\d+)\]", "\ue000\\1\ue001", table.group())
    return f"{prose}\n\n{marked}"


def _moved(
    old: Sequence[int], before: Sequence[Citation], now: dict[tuple[str, str], int]
) -> tuple[int, ...]:
    keys = {c.marker: (c.source, c.quote) for c in before}
    return tuple(now[keys[n]] for n in old if n in keys and keys[n] in now)
