"""Copy with its facts taken out: what is left is how it speaks.

Places, products, prices, dates and codes are what should differ between localities, so each is
replaced by its kind before copy is compared.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from copilot.campaigns.check.extract import extract_text
from copilot.campaigns.check.lexicon import words as whole_words
from copilot.campaigns.check.view import folded, html_view
from copilot.campaigns.drifting.style import HOLE, split_sentences, words_of
from copilot.records import Draft, FactKind, Language, Part

NAMES: frozenset[FactKind] = frozenset({"brand", "place", "product", "category", "person"})
"""Kinds of fact whose text is a name wherever it stands."""

_MERGE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LOUD = re.compile(r"[!?…\u2600-\u27bf\U0001f300-\U0001faff]")
_PARTS: tuple[Part, ...] = ("subject", "preheader", "body")
_FEWEST_WORDS = 2
_MECHANICS = frozenset({"code", "discount", "price", "terms", "url", "email", "phone", "address"})

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Sentence:
    """A sentence where it stands in `part`, as written and masked (`⟦place⟧`)."""

    part: Part
    start: int
    end: int
    text: str
    masked: str


def draft_sentences(draft: Draft, names: Mapping[str, str]) -> list[Sentence]:
    """The sentences of a draft that say something in its own words; see `text_sentences`.

    An HTML part is read only where there is no plain body.
    """
    found: list[Sentence] = []
    for part in _PARTS:
        text: str = getattr(draft.message, part)
        uses = [(use.start, use.end, use.kind) for use in draft.facts if use.part == part]
        found += text_sentences(text, draft.language, names, uses=uses, part=part)
    if not draft.message.body.strip():
        view, _ = html_view(draft.message.html)
        for each in text_sentences(view.raw, draft.language, names, part="html"):
            start, end = view.source(each.start, each.end)
            found.append(replace(each, start=start, end=end))
    return found


def text_sentences(
    text: str,
    language: Language,
    names: Mapping[str, str],
    *,
    uses: Sequence[Span] = (),
    part: Part = "body",
) -> list[Sentence]:
    """Sentences of a text with its facts masked, those without words of their own left out, and
    those the law asks for (`Unsubscribe: …`).

    `uses` are spans already resolved to a fact; `names` maps names to what they name.
    """
    masked, at = _masked(text, _without_overlaps([*uses, *_spans(text, language, names)]))
    duties = whole_words(*words_of(language).duties)
    found: list[Sentence] = []
    line_start = 0
    for line in masked.split("\n"):
        for start, end in split_sentences(line):
            said = line[start:end].strip()
            if _says_something(said) and not duties.search(folded(said)):
                first, last = at[line_start + start], at[line_start + end]
                found.append(Sentence(part, first, last, text[first:last].strip(), said))
        line_start += len(line) + 1
    return found


def names_of(drafts: Iterable[Draft], brand: str) -> dict[str, str]:
    """Every name the drafts' facts give, to its kind; the brand's own included."""
    found = {brand: "brand"}
    for draft in drafts:
        found |= {use.text: use.kind for use in draft.facts if use.kind in NAMES}
    return {name: kind for name, kind in found.items() if _WORD.search(name)}


def _says_something(masked: str) -> bool:
    bare = HOLE.sub(" ", masked)
    kinds = HOLE.findall(masked)
    # "Use the code …, valid until …" tells an offer's terms, which have no voice.
    least = 2 * len(kinds) + 2 if _MECHANICS.intersection(kinds) else len(kinds) + 1
    return len(_WORD.findall(bare)) >= max(_FEWEST_WORDS, least) or bool(_LOUD.search(bare))


def _spans(text: str, language: Language, names: Mapping[str, str]) -> Iterator[Span]:
    for merge in _MERGE.finditer(text):
        yield merge.start(), merge.end(), "person"
    for span in extract_text(text, language):
        # A claim is a manner of speaking before it is a fact.
        if span.kind not in {"claim", "statement"}:
            yield span.start, span.end, span.kind
    low = folded(text)
    for name, kind in names.items():
        plain = folded(name)
        start = low.find(plain)
        while start >= 0:
            end = start + len(plain)
            if not (low[start - 1 : start].isalnum() or low[end : end + 1].isalnum()):
                yield start, end, kind
            start = low.find(plain, end)


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; of two that overlap, the longer."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if span[0] < span[1] and all(span[1] <= one[0] or one[1] <= span[0] for one in kept):
            kept.append(span)
    return sorted(kept)


def _masked(text: str, spans: Sequence[Span]) -> tuple[str, list[int]]:
    """The text with holes, and for each of its characters the offset it came from."""
    pieces: list[str] = []
    at: list[int] = []
    last = 0
    for start, end, kind in spans:
        hole = f"⟦{kind}⟧"
        pieces += [text[last:start], hole]
        at += [*range(last, start), *([start] * len(hole))]
        last = end
    pieces.append(text[last:])
    at += range(last, len(text) + 1)
    return "".join(pieces), at
