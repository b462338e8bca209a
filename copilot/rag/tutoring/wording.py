"""Sentences taken apart: subjects, main clauses, reasons, counts, and denials turned round."""

import re
from dataclasses import dataclass
from functools import lru_cache

from copilot.rag.answering.render import lower_first
from copilot.records import ConceptNote

NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT = re.compile(rf"\b({'|'.join(NUMBERS)})\b", re.I)
_SUBJECT = re.compile(r"^(?P<subject>.{2,90}?) (?P<verb>is|are) (?P<rest>.+)$", re.S)
_REASON = re.compile(r",? (?:because|since) (?P<reason>[^;]+?)[.;]?$")
_LINKED = re.compile(
    r"\b(?:also|too|therefore|this|these|such|here|either|both|not because|only|it|they|so)\b", re.I
)
_TAIL = re.compile(r",? (?:because|since|so that|so|which|and (?:it|the)|although|though|whose)\b")
_LABEL = re.compile(
    r"^(?P<label>(?:\S+ ){0,6}?\S+?),? (?:is|are|means|mean|was|has|have|covers?|comes?|shows?"
    r"|gives?|says?|keeps?|tells?|holds?|asks?|sets?|lets?|puts?|makes?|takes?|turns?|works?)\b"
)
_DENIAL = re.compile(
    r"^(?P<subject>.{2,80}?) (?P<not>does not|do not|is not|are not|cannot|may not|must not)"
    r" (?P<rest>[^,;:.]+)"
)
_PAIRED = re.compile(
    r"^(?P<head>.+?) (?P<prep>with|for|to|on|from|at|by|in) (?P<yes>[^,;:]+),? (?:and )?not "
    r"(?P=prep) (?P<no>[^,;:.]+)"
)
_ES = re.compile(r"(?:s|x|z|ch|sh|o)$")
_WEAK = frozenset(["only", "just", "merely", "simply", "always", "necessarily", "yet", "quite"])


@dataclass(frozen=True)
class Defined:
    """A definition in its parts: "Local marketing" + "is" + "a strategy that …"."""

    subject: str
    verb: str
    rest: str


def defined(sentence: str) -> Defined | None:
    """The parts of "X is a …"; None for a sentence of another make."""
    match = _SUBJECT.match(sentence)
    return Defined(match["subject"], match["verb"], match["rest"]) if match else None


def within(subject: str, raw: str) -> str:
    """A sentence's subject as it stands inside a sentence; names keep their capital.

    >>> within("Local marketing", ""), within("Pareto analysis", "Later Pareto found")
    ('local marketing', 'Pareto analysis')
    """
    first = re.split(r"[\s'’-]", subject, maxsplit=1)[0]
    small = lower_first(subject) if first != "A" else f"a{subject[1:]}"
    if first in ("The", "A", "An") or re.search(rf"(?<=[a-z,(] ){re.escape(small)}\b", raw):
        return small
    named = re.search(rf"(?<=[a-z,(] ){re.escape(first)}\b", raw)
    return subject if named else small


@lru_cache(maxsize=4096)
def _name(title: str, definition: str, raw: str) -> str:
    parts = defined(definition)
    if parts is not None and parts.subject.lower().endswith(title.lower()):
        return within(parts.subject, raw)
    if re.search(rf"\b[Tt]he {re.escape(title)}\b", raw):
        return f"the {title}"
    return within(title, raw)


def name_of(note: ConceptNote) -> str:
    """The concept inside a sentence, with the article its definition gives it."""
    return _name(note.title, note.sections.get("Definition", ""), "".join(note.sections.values()))


def count_in(lead: str, size: int) -> bool:
    """Whether a lead announces as many things as its list has."""
    words = {word.lower() for word in _COUNT.findall(lead)}
    return 2 <= size <= 10 and NUMBERS[size - 2] in words


def reason(sentence: str) -> tuple[str, str] | None:
    """A claim and its reason, of "X raises costs, because runs are smaller."; else None.

    >>> reason("Short runs cost more, because they are short.")
    ('Short runs cost more', 'they are short')
    """
    match = _REASON.search(sentence)
    if match is None or not 3 <= len(match["reason"].split()) <= 40:
        return None
    claim = sentence[: match.start()].strip()
    if _LINKED.search(claim):
        return None
    whole = claim[:1].isupper() and len(claim.split()) >= 4 and claim.count("(") == claim.count(")")
    return (claim, match["reason"].strip()) if whole else None


def main_clause(sentence: str) -> str:
    """The sentence up to its first subordinate clause.

    >>> main_clause("Returns are hard to resell, since the next buyer differs.")
    'Returns are hard to resell'
    """
    match = _TAIL.search(sentence)
    return sentence[: match.start()] if match and match.start() > 15 else sentence.rstrip(".")


def label(item: str, name: str) -> str:
    """What a list's item is called ("Choice navigation means …"); "" when it is the concept."""
    match = _LABEL.match(item)
    found = match["label"] if match else ""
    return "" if name.lower() in found.lower() else found


def turned(sentence: str) -> str | None:
    """What a sentence denies, said as if it were so; None when it denies nothing plainly.

    The source denies it, so it is false.

    >>> turned("Mass customisation does not mean unlimited choice, because options are set.")
    'Mass customisation means unlimited choice.'
    >>> turned("Local marketing works with groups, not with single persons: all get the same.")
    'Local marketing works with single persons.'
    """
    paired = _PAIRED.match(sentence)
    if paired and " not " not in f"{paired['head']} {paired['yes']}":
        return f"{paired['head']} {paired['prep']} {paired['no'].strip()}."
    match = _DENIAL.match(sentence)
    if match is None or " that " in match["subject"] or "," in match["subject"]:
        return None
    rest = match["rest"].strip()
    first, _, others = rest.partition(" ")
    if first in _WEAK or re.search(
        r"\b(?:and|or|but|not|when|if|until|unless|any\w*|else|much)\b", rest
    ):
        return None
    opening = match["subject"]
    return f"{opening} {_affirmed(match['not'], first, others)}."


def _affirmed(denial: str, first: str, others: str) -> str:
    tail = f" {others}" if others else ""
    if denial == "does not":
        return f"{_third(first)}{tail}"
    kept = {"do not": "", "cannot": "can "}.get(denial, f"{denial[:-4]} ")
    return f"{kept}{first}{tail}"


def _third(verb: str) -> str:
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if _ES.search(verb) else f"{verb}s"
