"""What a question asks: its kind, the aspects it wants, the concepts it names, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from copilot.rag.answering import cues
from copilot.rag.answering.concepts import Mention, Vocabulary, budget, find
from copilot.rag.answering.cues import Aspect
from copilot.rag.answering.words import Token, is_empty, tokens
from copilot.records import Turn
from copilot.text import fold, squeeze

Kind = Literal["explain", "compare", "list", "example", "yes_no", "chat"]
COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "both": 2}
# Words whose typos would hide what is asked.
_CUES = """drawbacks drawback disadvantages disadvantage advantages advantage benefits examples
    example difference differences compare comparison contrast explain definition define
    describe between components another purpose meaning versus"""
REMEMBERED = 6  # turns looked through for what an earlier turn leaned on
CUE_WORDS = tuple(_CUES.split())
OPENERS = ("what", "which", "when", "where", "does", "define", "explain", "compare", "list")


@dataclass(frozen=True)
class Asked:
    """A question understood.

    `focus` holds the words that are neither a concept's name nor wrapping: what exactly is asked
    about the concepts, or the whole subject when no concept is named. `dimensions` are the keys
    of the notes' dimensions that it asks for.
    """

    text: str
    kind: Kind
    aspects: tuple[Aspect, ...]
    dimensions: tuple[str, ...]
    mentions: tuple[Mention, ...]
    items: tuple[Token, ...]
    focus: tuple[Token, ...]
    count: int | None = None
    numeric: bool = False
    same: bool = False
    contrast: bool = False
    common: bool = False

    @property
    def slugs(self) -> tuple[str, ...]:
        """The concepts named, in order, each once."""
        return tuple(dict.fromkeys(mention.slug for mention in self.mentions))


def understand(question: str, words: Vocabulary, history: Sequence[Turn] = ()) -> Asked:
    """Reads a question; a bare or pronoun question takes its concept from the conversation."""
    asked = _read(question, words)
    if asked.kind == "chat" or not history:
        return asked
    return _follow_up(asked, words, history)


def _read(question: str, words: Vocabulary) -> Asked:
    text = _repaired(squeeze(question), words)
    plain = fold(text)
    bare = cues.POLITE.sub("", plain)
    items = _names_only(tokens(text))
    mentions = _without_dimension(find(text, words), items)
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    unnamed = _without(text, items, mentions)
    asked = Asked(
        text=text,
        kind="explain",
        aspects=_aspects(unnamed),
        dimensions=tuple(key for key, cue in cues.DIMENSIONS.items() if cues.has(unnamed, cue)),
        mentions=mentions,
        items=items,
        focus=tuple(t for i, t in enumerate(items) if i not in covered and not is_empty(t)),
        count=_count(plain),
        numeric=cues.has(plain, cues.NUMERIC),
        same=cues.has(plain, cues.SAME),
        contrast=cues.has(plain, cues.STRONG_COMPARE),
        common=cues.has(plain, cues.COMMON),
    )
    asked = replace(asked, kind=_kind(asked, plain, bare))
    counting = {"parts", "drawbacks", "names", "example", "benefits"} & set(asked.aspects)
    return replace(asked, numeric=asked.numeric and not counting and asked.dimensions != ("cost",))


def _kind(asked: Asked, plain: str, bare: str) -> Kind:
    if not asked.mentions and cues.CHAT.match(plain):
        return "chat"
    several = len(asked.slugs) > 1
    yes_no = cues.YES_NO.search(bare) is not None
    if asked.same and (yes_no or (several and not asked.contrast)):
        return "yes_no"
    if yes_no and not asked.contrast and not cues.has(bare, "or|better|between"):
        return "yes_no"
    if several and (cues.has(bare, cues.COMPARE) or "parts" not in asked.aspects):
        return "list" if _each_listed(asked) else "compare"
    wanted = [a for a in asked.aspects if a != "why"]
    if wanted and len(wanted) <= 2 and {"drawbacks", "benefits", "names", "parts"} >= set(wanted):
        return "list"
    if "parts" in wanted and set(wanted) <= {"parts", "how"}:
        return "list"
    if wanted == ["example"]:
        return (
            "list" if cues.has(plain, r"examples|instances|list|beispiele|exemples") else "example"
        )
    return "yes_no" if yes_no else "explain"


def _each_listed(asked: Asked) -> bool:
    """ "Drawbacks of A and B" wants two lists and no comparison."""
    return not asked.contrast and asked.aspects in {("drawbacks",), ("names",), ("example",)}


def _aspects(plain: str) -> tuple[Aspect, ...]:
    """The aspects asked, in answering order; "what are" and "explain" before an aspect are none."""
    found: list[Aspect] = [name for name, cue in cues.ASPECTS.items() if cues.has(plain, cue)]
    definitions = len(cues.pattern(cues.ASPECTS["definition"]).findall(plain))
    if "definition" in found and len(found) > 1:
        both = definitions > 1 or (definitions == 1 and cues.has(plain, "and|und|y|et"))
        if not both:
            found.remove("definition")
    if "how" in found and {"names", "parts", "drawbacks"} & set(found):
        found.remove("how")
    return tuple(found)


def _without_dimension(
    mentions: tuple[Mention, ...], items: Sequence[Token]
) -> tuple[Mention, ...]:
    """ "Personalisation in A and B" asks for a dimension of A and B, not for three concepts."""
    others = [m for m in mentions if m.slug != "personalisation"]
    if not others or len(others) == len(mentions):
        return mentions
    own = next(m for m in mentions if m.slug == "personalisation")
    after = items[own.end].norm if own.end < len(items) else ""
    before = items[own.start - 1].norm if own.start else ""
    asked = after in {"in", "of", "for", "between", "under", "does", "do"} or before in {
        "of",
        "more",
        "much",
        "less",
        "about",
        "terms",
    }
    return tuple(others) if asked else mentions


def _names_only(items: Sequence[Token]) -> tuple[Token, ...]:
    """Where most words are capitalised, capitals mark no names; digits still do."""
    capital = sum(token.text[:1].isupper() for token in items)
    if len(items) > 2 and capital > 0.6 * len(items):
        return tuple(replace(token, named=any(c.isdigit() for c in token.text)) for token in items)
    return tuple(items)


def _repaired(text: str, words: Vocabulary) -> str:
    """The text with slips in cue words put right ("drawbaks"); nothing else is touched."""
    from rapidfuzz.distance import OSA

    out, position = [], 0
    for token in tokens(text):
        if token.norm in words.words or token.named:
            continue
        if not token.start and len(token.norm) in (4, 5):
            slip = next((c for c in OPENERS if OSA.distance(token.norm, c) == 1), "")
            out += [slip] if slip else []
            position = token.end if slip else 0
        if len(token.norm) < 6:
            continue
        near = [
            (OSA.distance(token.norm, cue), cue)
            for cue in CUE_WORDS
            if cue[0] == token.norm[0] and abs(len(cue) - len(token.norm)) <= 2
        ]
        best = min(near, default=(9, ""))
        if best[0] <= budget(best[1]):
            out += [text[position : token.start], best[1]]
            position = token.end
    return "".join([*out, text[position:]])


def _without(text: str, items: Sequence[Token], mentions: Sequence[Mention]) -> str:
    """The folded question with every concept's name cut out, so a name gives no aspect."""
    out, position = [], 0
    for mention in mentions:
        out += [text[position : items[mention.start].start], "…"]
        position = items[mention.end - 1].end
    return cues.POLITE.sub("", fold("".join([*out, text[position:]])))


def _count(plain: str) -> int | None:
    found = cues.pattern(cues.COUNT).search(plain)
    if found is None:
        return None
    return COUNTS.get(found.group(1)) or int(found.group(1))


def _follow_up(asked: Asked, words: Vocabulary, history: Sequence[Turn]) -> Asked:
    earlier = _last_named(words, history)
    if earlier is None:
        return asked
    before, names = earlier
    plain = fold(asked.text)
    if asked.mentions:
        return _continued(asked, before, names, plain)
    points_back = cues.has(plain, cues.BACK) or cues.CONTINUES.match(plain) is not None
    # "Which is cheaper?" after a comparison is about what was compared.
    points_back |= len(names) > 1 and bool(asked.dimensions) and plain.startswith("which")
    named = any(token.named for token in asked.focus)
    bare = not asked.focus and bool(asked.aspects or len(asked.items) <= 6)
    if not (bare or (points_back and not named and len(asked.focus) <= 4)):
        return asked
    both = cues.has(plain, cues.BOTH)
    taken = names if both else names[-1:] if before.kind == "compare" else names[:1]
    joined = replace(asked, mentions=tuple(taken))
    if asked.kind == "explain" and len(joined.slugs) > 1:
        joined = replace(joined, kind="compare")
    return joined


def _continued(asked: Asked, before: Asked, names: Sequence[Mention], plain: str) -> Asked:
    """A follow-up that names a concept: "how does that differ from B", "what about B?"."""
    if len(asked.slugs) == 1 and asked.contrast and cues.has(plain, cues.BACK):
        extra = next((n for n in names if n.slug != asked.slugs[0]), None)
        if extra is not None:
            return replace(asked, mentions=(extra, *asked.mentions), kind="compare")
    own = set(asked.aspects) - {"definition", "how"}
    if cues.CONTINUES.match(plain) and not own:
        inherited = tuple(a for a in before.aspects if a != "definition")
        kind = before.kind if before.kind in {"list", "example"} else asked.kind
        return replace(asked, aspects=inherited, kind=kind)
    return asked


def _last_named(
    words: Vocabulary, history: Sequence[Turn]
) -> tuple[Asked, tuple[Mention, ...]] | None:
    """The last user message that names concepts (else the last assistant's), and those named.

    A message without a name of its own ("and its drawbacks?") is looked through.
    """
    for role in ("user", "assistant"):
        for place in range(len(history) - 1, -1, -1):
            turn = history[place]
            if turn.role != role:
                continue
            earlier = _read(turn.text if role == "user" else turn.text[:300], words)
            if role == "user" and len(earlier.slugs) == 1 and earlier.contrast:
                # "How does it differ from B?": the other side is further back.
                earlier = understand(turn.text, words, history[:place][-REMEMBERED:])
            if earlier.mentions:
                # Positions belong to the other text; only the concepts carry over.
                names = tuple(replace(m, start=0, end=0) for m in earlier.mentions)
                return earlier, names[: 2 if role == "user" else 1]
    return None
