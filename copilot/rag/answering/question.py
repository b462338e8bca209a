"""What a question asks, read in its conversation: what it names, and what it leans on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from copilot.rag.answering import cues
from copilot.rag.answering.asked import Asked, Kind, kind_of, read
from copilot.rag.answering.concepts import Mention, Vocabulary, compact
from copilot.rag.answering.words import Token, is_foreign, stem, tokens
from copilot.records import Turn
from copilot.text import fold, squeeze

__all__ = ["Asked", "Kind", "understand"]

REMEMBERED = 12  # turns that a question may lean on
SHORT = 6  # words of a question that may lean on the talk without saying so
ITEM_START = 60  # characters of a list's item that hold its name
LISTED = 300  # characters of an answer that tell what it is about
RARE = 4  # notes a word may name and still tell a concept apart


@dataclass(frozen=True)
class Talk:
    """Where a conversation stands: the concepts talked of.

    `recent` are those of the whole talk, the latest last; `before` is the last question that was
    about concepts and `answer` what was answered since. The talk is `open` when the last
    question named no concept, so that its answer tells what it was about.
    """

    names: tuple[Mention, ...] = ()
    before: Asked | None = None
    recent: tuple[str, ...] = ()
    answer: str = ""
    open: bool = False


def understand(question: str, words: Vocabulary, history: Sequence[Turn] = ()) -> Asked:
    """Reads a question; one that leans on the conversation takes from there what it lacks.

    "And its drawbacks?" takes the concept, "what about B?" and "no, I meant B" the aspect, "the
    second one" one of those compared, "and for a bank?" the related concept that bears the word.
    A question with a subject of its own takes nothing.
    """
    recent = history[-REMEMBERED:]
    return _in_talk(question, words, reduce(lambda t, turn: _after(t, turn, words), recent, Talk()))


def _in_talk(question: str, words: Vocabulary, talk: Talk) -> Asked:
    if talk.before is None and not talk.names:
        return read(question, words)
    corrected = cues.CORRECTS.match(squeeze(question))
    text = squeeze(question)[corrected.end() :] if corrected else question
    asked = read(text, words)
    if corrected and asked.mentions and talk.before is not None:
        return _corrected(asked, talk.before)
    if asked.kind == "chat":
        return asked
    return _continued(asked, talk) if asked.mentions else _bare(asked, words, talk)


def _after(talk: Talk, turn: Turn, words: Vocabulary) -> Talk:
    """The talk with one more turn."""
    if turn.role == "assistant":
        return _answered(talk, turn.text, words)
    asked = _in_talk(turn.text, words, talk)
    if not asked.mentions:
        return replace(talk, open=asked.kind != "chat")
    # Positions belong to the other text; only the concepts carry over.
    names = tuple(replace(mention, start=0, end=0) for mention in asked.mentions)
    recent = (*(slug for slug in talk.recent if slug not in asked.slugs), *asked.slugs)
    return Talk(names=names, before=asked, recent=recent)


def _answered(talk: Talk, text: str, words: Vocabulary) -> Talk:
    """What an answer adds: what it is about, where the question did not say, and its list."""
    if text.startswith(cues.REFUSALS):
        return talk
    if talk.open or not talk.names:
        about = read(text[:LISTED], words).mentions[:1]
        names = tuple(replace(mention, start=0, end=0) for mention in about)
        if names:
            recent = (*(s for s in talk.recent if s != names[0].slug), names[0].slug)
            talk = replace(talk, names=names, recent=recent, open=False)
    return replace(talk, answer=text)


def _options(talk: Talk, words: Vocabulary) -> tuple[str, ...]:
    """What "the second one" chooses from: the concepts compared, or those an answer listed."""
    compared = talk.before.slugs if talk.before is not None else ()
    if len(compared) > 1:
        return compared
    lines = (found[1] for line in talk.answer.splitlines() if (found := cues.ITEM.match(line)))
    firsts = (read(line[:ITEM_START], words).mentions[:1] for line in lines)
    own = {mention.slug for mention in talk.names}
    return tuple(dict.fromkeys(m.slug for found in firsts for m in found if m.slug not in own))


def _corrected(asked: Asked, before: Asked) -> Asked:
    """ "No, I meant B": what was asked before, about B."""
    if asked.aspects:
        return asked
    meant = replace(asked, aspects=before.aspects, dimensions=before.dimensions, focus=())
    return replace(meant, kind=before.kind if before.kind in {"list", "example"} else asked.kind)


def _continued(asked: Asked, talk: Talk) -> Asked:
    """A follow-up that names a concept: "how does that differ from B", "what about B?"."""
    plain = fold(asked.text)
    extra = [name for name in talk.names if name.slug not in asked.slugs]
    if extra and len(asked.slugs) == 1 and talk.before is not None:
        relates = asked.contrast or asked.same or cues.has(plain, cues.RELATES)
        if relates and cues.has(plain, cues.BACK) and not cues.has(plain, cues.DUMMY):
            joined = replace(asked, mentions=(extra[0], *asked.mentions))
            return replace(joined, kind=kind_of(joined))
        if cues.ADDS.match(plain) and talk.before.contrast:
            return replace(asked, mentions=(extra[0], *asked.mentions), kind="compare")
        if _is_aside(asked, plain):
            own = asked.mentions[0]
            beside = asked.items[own.start : own.end]
            return _about(replace(asked, focus=(*asked.focus, *beside)), tuple(extra[:1]))
    return _inherited(asked, talk)


def _is_aside(asked: Asked, plain: str) -> bool:
    """Whether the concept named is only what the one talked of is asked about.

    "Does it need consent?", "do I need consent for that?".
    """
    if cues.has(plain, cues.DUMMY):
        return False
    before = fold(asked.text[: asked.items[asked.mentions[0].start].start])
    return cues.has(before, cues.SUBJECT) or cues.FOR_THAT.search(plain) is not None


def _inherited(asked: Asked, talk: Talk) -> Asked:
    """ "What about B?" asks of B what was asked before."""
    own = set(asked.aspects) - {"definition", "how"}
    if talk.before is None or own or not cues.CONTINUES.match(fold(asked.text)):
        return asked
    aspects = tuple(a for a in talk.before.aspects if a != "definition")
    kind = talk.before.kind if talk.before.kind in {"list", "example"} else asked.kind
    return replace(asked, aspects=aspects, kind=kind)


def _bare(asked: Asked, words: Vocabulary, talk: Talk) -> Asked:
    """A follow-up that names no concept itself."""
    plain = fold(asked.text)
    picked = cues.ORDINAL.search(plain)
    if picked:
        options, place = _options(talk, words), cues.PLACES[picked[1]]
        if 1 < len(options) > place:
            chosen = (_mention(options[place]),)
            left = tuple(t for t in asked.focus if t.norm not in cues.PLACES)
            return _inherited(_about(replace(asked, focus=left), chosen), talk)
    narrowed = _narrowed(asked, plain, words, talk)
    if narrowed is not None:
        return _inherited(_about(replace(asked, focus=()), (narrowed,)), talk)
    rest = _without_cues(asked, plain)
    if not _leans(rest, plain, words, talk):
        return asked
    if cues.REPEATS.match(plain) and talk.before is not None:
        again = replace(rest, aspects=talk.before.aspects)
        return replace(again, mentions=talk.names, kind=talk.before.kind)
    return _about(rest, _taken(rest, plain, talk))


def _without_cues(asked: Asked, plain: str) -> Asked:
    """The question without the words that only say which side of the subject is wanted, and how."""
    said = cues.found(plain, [*cues.ASPECTS.values(), *cues.DIMENSIONS.values()])
    cued = cues.MANNER.union(*(text.split() for text in said))
    return replace(asked, focus=tuple(t for t in asked.focus if t.norm not in cued))


def _about(asked: Asked, names: tuple[Mention, ...]) -> Asked:
    joined = replace(asked, mentions=names)
    return replace(joined, kind=kind_of(joined)) if len(joined.slugs) > 1 else joined


def _taken(asked: Asked, plain: str, talk: Talk) -> tuple[Mention, ...]:
    """Which of the concepts talked of a question means: all, the last two, or one."""
    slugs = tuple(dict.fromkeys(name.slug for name in talk.names))
    several = cues.has(plain, cues.BOTH) or asked.contrast
    if several and len(slugs) > 1:
        return talk.names
    if asked.contrast and len(talk.recent) > 1:
        return tuple(_mention(slug) for slug in talk.recent[-2:])
    compared = talk.before is not None and talk.before.kind == "compare"
    return talk.names[-1:] if compared else talk.names[:1]


def _narrowed(asked: Asked, plain: str, words: Vocabulary, talk: Talk) -> Mention | None:
    """The concept that "and for a bank?" or "and email?" turns to: one near the talk's.

    Either the words make a concept's name with the last word of the one talked of, or they stand
    in the name of a concept set beside it.
    """
    if not talk.names or not 0 < len(asked.focus) <= 2 or asked.dimensions:
        return None
    first = asked.focus[0]
    lead = fold(asked.text[: first.start])
    continues = cues.CONTINUES.match(plain) is not None and len(asked.items) <= SHORT
    placed = cues.OF_A.search(lead) is not None
    if not (continues or placed) or (not placed and cues.has(plain, cues.SUBJECT)):
        return None
    norms = [cues.COUNTRIES.get(token.norm, token.norm) for token in asked.focus]
    topic = talk.names[0].slug
    heads = (topic.rpartition("-")[2], "marketing")
    for head in heads:
        slug = words.forms.get(compact([*norms, head]))
        if slug is not None and slug != topic:
            return _mention(slug)
    own = words.titles.get(topic, frozenset())
    if set(norms) <= own:
        return None
    fitting = [s for s in words.kin.get(topic, ()) if set(norms) <= words.titles[s]]
    rare = sum(set(norms) <= titles for titles in words.titles.values()) <= RARE
    best = max(fitting, key=lambda s: len(words.titles[s] & own), default=None)
    return _mention(best) if best is not None and rare else None


def _leans(asked: Asked, plain: str, words: Vocabulary, talk: Talk) -> bool:
    """Whether a question without a concept is about the one talked of.

    Its own words must stand in that concept's note; what does not may only be what it is applied
    to ("does it hold for letters?") or a property of it ("how big should it be?").
    """
    pronoun = cues.has(plain, cues.BACK)
    which = len(talk.names) > 1 and plain.startswith("which")
    points = pronoun or which or cues.LEANS.search(plain) is not None
    focus = asked.focus
    if not focus:
        return points or bool(asked.aspects) or len(asked.items) <= SHORT
    if is_foreign(asked.items):
        return False  # the notes are English: no word of it can be found in them
    held = frozenset[str]().union(*(words.held.get(name.slug, ()) for name in talk.names))
    rest = [token for token in focus if stem(token.norm) not in held]
    if not rest:
        side = "definition" not in asked.aspects or cues.THE_SIDE.match(plain) is not None
        return points or (len(focus) <= 3 and side)
    strange = any(token.named or stem(token.norm) not in words.stems for token in rest)
    if strange or not (pronoun or which):
        return False
    called = cues.THE_CONCEPT.search(plain) is not None
    return called or all(_is_applied(token, asked, rest) for token in rest)


def _is_applied(token: Token, asked: Asked, rest: Sequence[Token]) -> bool:
    """Whether a word stands where the concept is applied to it or described by it."""
    before = [item for item in asked.items if item.end <= token.start and item not in rest]
    lead = " ".join(item.norm for item in before[-2:])
    return cues.APPLIED_TO.search(lead) is not None


def _mention(slug: str) -> Mention:
    return Mention(slug, 0, 0, fold(" ".join(t.text for t in tokens(slug))))
