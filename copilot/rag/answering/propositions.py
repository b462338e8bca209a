"""What a question takes to be so of a concept: its signed words, without the concept's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from copilot.rag.answering.polarity import Word, read
from copilot.rag.answering.question import Asked
from copilot.rag.answering.words import stem
from copilot.records import ConceptNote
from copilot.text import fold

_AUX = (
    r"(?:is|are|was|were|does|do|did|can|could|has|have|had|should|will|would|must|may|might"
    r"|isn't|aren't|wasn't|doesn't|don't|didn't|can't|couldn't|won't|shouldn't|hasn't)"
)
_ASKS = re.compile(
    rf"^(?:(?:so|and|but|then|well)\W+)*(?:(?:is|isn't) it (?:true|correct|right|possible)"
    rf" (?:that|to)|true or false\W+|do you agree that|does it follow that|{_AUX}\b)\s*"
)
_TAIL = re.compile(
    r"\W+(?:right|correct|true|true or false|isn't it|aren't they|doesn't it|don't they)\W*$"
)
_GRANTED = (
    re.compile(rf"^(?:why|how come)\s+(?:{_AUX}\s+)?(?P<said>.+)$"),
    re.compile(
        r"^(?:since|because|given that|given|now that|as|if|considering that|seeing that)\s+"
        r"(?P<said>[^,?]+),.+$"
    ),
    re.compile(rf"^how\s+{_AUX}\s+(?P<said>.+?)(?:\s+(?:manages?|come) to\b(?P<rest>.+))?$"),
)
_LIGHT = """use uses used using make makes made get gets give gives take takes want wants work works
    come comes let lets try tries manage manages thing things way case kind form type
    marketing someone mean possible happen must bring brings
    really simply"""
_HALF_LIGHT = "mean aim aims treat treats involve involves offer offers provide provides contain"
_ALONE = frozenset({"suits", "same", "include", "show", "thing"})  # too little by themselves
_NEGATIVE = re.compile(r"^\S+(?:\s\S+){0,3}\s(?:not|no)\s")
_SAME_AS = re.compile(
    r"\b(?:same (?:thing )?as|same thing|identical|synonym\w*|equivalent|interchangeabl\w+"
    r"|(?:name|word|term)s? for|(?:mean |are |is |be )(?:really |just |basically )?the same"
    r"|no different|equals?|one and)\b"
)
_PART_WORDS = frozenset(
    stem(w) for w in ("part", "kind", "form", "type", "branch", "subset", "special", "case")
)
_SCOPED = re.compile(
    r"\b(?:of|in|with|for|under|during|by|within|through|at|behind)\s+(?:an?\s+|the\s+)?$"
)


@dataclass(frozen=True)
class Proposition:
    """What is asked or taken for granted about a concept.

    `words` are its signed words without the concept's name, "@slug" for another concept. `leads`
    is whether the concept is the grammatical subject or no word stands before it.
    """

    subject: str
    surfaces: tuple[tuple[str, str], ...]
    words: tuple[Word, ...]
    leads: bool
    scoped: bool = False
    absolute: bool = False
    only: bool = False
    possible: bool = False
    granted: bool = False
    same: bool = False
    state: bool = False
    compared: tuple[frozenset[str], frozenset[str]] | None = None

    @property
    def wanted(self) -> tuple[Word, ...]:
        """The words that must be met: all but the light ones, or those when there are no others."""
        kept = [w for w in self.words if w.stem not in _light()] or list(self.words)
        for word in self.words:
            if word.stem in _half_light() and word in kept and len(kept) > 2:
                kept.remove(word)
        return tuple(kept)


def proposed(asked: Asked) -> Proposition | None:
    """The proposition in a question; None when it takes nothing for granted."""
    if not asked.mentions:
        return None
    text = _marked_question(asked)
    said, granted = _said(text, asked.kind == "yes_no")
    subject = f"@{asked.slugs[0]}"
    if not said:
        return None
    reading = read(said)
    words = [w for w in reading.words if w.stem != subject]
    telling = {w.stem for w in words} - _light() - _ALONE
    if not telling or (not granted and _NEGATIVE.search(said) is not None):
        return None  # "is it not so?" may expect either answer
    place = said.find(subject)
    before = said[: max(place, 0)]
    left, than, right = said.partition(" than ")
    sides = (_content(left, right), _content(right, left)) if than else None
    return Proposition(
        subject=asked.slugs[0],
        surfaces=tuple((m.slug, m.surface) for m in asked.mentions),
        words=_each_once(words),
        leads=not _content(before, "") - _light(),
        scoped=place < 0 or _SCOPED.search(before) is not None,
        absolute=any(c.absolute for c in reading.clauses),
        only=any(c.only >= 0 for c in reading.clauses),
        possible=re.match(r"^(?:(?:so|and|but)\s+)*(?:can|could|may|might)\b", text) is not None,
        granted=granted,
        same=same_as(asked),
        state=re.match(r"^(?:is|are|was|were)\b", text) is not None,
        compared=sides,
    )


def same_as(asked: Asked) -> bool:
    """Whether a question asks if one thing is another, and not if something stays the same."""
    return asked.same and _SAME_AS.search(fold(asked.text)) is not None


def part_of(p: Proposition) -> bool:
    """Whether nothing but the membership of one concept in another is asked."""
    rest = [w for w in p.wanted if not w.stem.startswith("@") and w.stem not in _PART_WORDS]
    return all(
        w.stem in {"includ", "include", "belong", "consist", "compris", "cover"} for w in rest
    )


def covers(p: Proposition, text: str) -> bool:
    """Whether a text, its names marked, speaks of all that is asked, on either side."""
    return {w.stem for w in p.wanted} <= {w.stem for w in read(text).words}


def telling(p: Proposition, note: ConceptNote) -> int:
    """How many of the words asked say more than the concept's own title does."""
    return len({w.stem for w in p.wanted} - {w.stem for w in read(note.title).words})


def mark(text: str, p: Proposition, notes: Sequence[ConceptNote]) -> str:
    """A statement, folded, with the names of the concepts asked about put as "@slug"."""
    plain = fold(text).replace("’", "'")
    for note in notes:
        surface = next((name for slug, name in p.surfaces if slug == note.slug), "")
        beside = note.aliases if note.slug != p.subject else ()
        pattern = _names(note.slug, note.title, note.raw, surface, beside)
        plain = pattern.sub(f"@{note.slug}", plain)
    return plain


def _said(text: str, yes_no: bool) -> tuple[str, bool]:
    """What a folded question asserts or takes for granted, and whether it is the latter."""
    text = text.strip(" ?!.")
    if yes_no:
        asks = _ASKS.match(text)
        if asks is not None:
            rest = text[asks.end() :]
            use = re.match(r"^(?:i|we|you|one)\s+use\b", rest)
            if text.startswith(("should", "can", "could")) and use is not None:
                rest = re.sub(r"^\s*(?:an?|the)?\s*(@[\w-]+)", r"\1 suits", rest[use.end() :])
            return rest, False
        if _TAIL.search(text) is not None:
            return _TAIL.sub("", text), False
    for pattern in _GRANTED:
        match = pattern.match(text)
        if match is not None:
            rest = match.groupdict().get("rest") or ""
            return f"{match['said']}{rest}", True
    return "", False


def _marked_question(asked: Asked) -> str:
    out, position = [], 0
    for mention in asked.mentions:
        if mention.start == mention.end:
            continue
        begin = asked.items[mention.start].start
        out += [asked.text[position:begin], f"@{mention.slug}"]
        position = asked.items[mention.end - 1].end
    text = fold("".join([*out, asked.text[position:]])).replace("’", "'")
    return re.sub(r"(@[\w-]+)'s\b", r"\1", text)


def _each_once(words: Sequence[Word]) -> tuple[Word, ...]:
    first: dict[str, Word] = {}
    for word in words:
        first.setdefault(word.stem, word)
    return tuple(first.values())


def _content(text: str, beside: str) -> frozenset[str]:
    other = {w.stem for w in read(beside).words} if beside else set()
    return frozenset(w.stem for w in read(text).words) - other if text.strip() else frozenset()


@lru_cache(maxsize=1)
def _light() -> frozenset[str]:
    return frozenset(stem(word) for word in _LIGHT.split())


@lru_cache(maxsize=1)
def _half_light() -> frozenset[str]:
    return frozenset(w.stem for w in read(_HALF_LIGHT).words)


@lru_cache(maxsize=1024)
def _names(
    slug: str, title: str, raw: str, surface: str, beside: tuple[str, ...]
) -> re.Pattern[str]:
    """Matches what a note calls its concept; a narrower name that was asked for, only itself."""
    title = fold(title)
    body = fold(raw)
    narrower = surface and _own_sentence(surface, title, body)
    forms = {surface} if narrower else {title, surface, slug.replace("-", " ")} - {""}
    if title.startswith("customer "):
        forms |= set() if narrower else {title}
    forms |= {fold(name) for name in beside}
    spelt = "|".join(re.escape(f) for f in sorted(forms, key=len, reverse=True))
    return re.compile(rf"\b(?:{spelt})(?:s|es)?\b")


def _own_sentence(surface: str, title: str, body: str) -> bool:
    if surface.rstrip("s") == title.rstrip("s"):
        return False
    found = re.search(rf"(?:^|[.] |- )(?:the |an? )?{re.escape(surface)}s? (?:is|are|\w+s)\b", body)
    return found is not None and not title.startswith(surface)
