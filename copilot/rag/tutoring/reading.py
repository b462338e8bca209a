"""A learner's answer as it is marked: slips mended, clauses apart, what it affirms and denies."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from copilot.rag.answering.concepts import budget
from copilot.rag.answering.words import tokens
from copilot.rag.tutoring.terms import FUNCTION, stems_of, terms
from copilot.text import fold, squeeze

MOST_CHARACTERS = 4000
_CLAUSE = re.compile(r"[.!?;\n]+|,? (?:but|however|whereas|while|although|though|instead(?! of))\b")
_PART = re.compile(
    r"[.!?;,\n•]+|(?:^|\s)[-*](?=\s)|\s(?:and|plus|as well as)\s|\b\d{1,2}[.)](?=\s)"
)
_NEGATOR = re.compile(
    r"\b(?:not|never|no|nor|neither|without|cannot|nobody|none|nothing"
    r"|instead of|rather than)\b|n't\b"
)
_SCARCELY = re.compile(r"\b(?:hardly|rarely|seldom) \w+")
_NO_DENIAL = re.compile(
    r"(?:\bnot|n't) (?:only|just|merely|simply|solely|always|necessarily)\b|\bno longer\b"
    r"|\bno matter\b|\b(?:whether|if) or not\b"
)
_SCOPE_END = re.compile(r"[,:()]| (?:and|because|since|so|as|which|that is|if|when|unless)\b")
# Verbs and quantities that deny by themselves: "gives up scale" is "no scale".
_LACKING = re.compile(
    r"\b(?:giv(?:e|es|ing) up|lack\w*|los(?:e|es|ing)|lost|ignor\w+|fail\w*|impossible|unable"
    r"|leav(?:e|es|ing) out|miss(?:es|ing)?|without)\b"
)
_UNKNOWING = re.compile(
    r"^\W*(?:(?:sorry|hm+|um+|well|honestly)\W+)*(?:i\W+)?(?:(?:really|just|still)\W+)?"
    r"(?:do(?:n\W?t| not) (?:know|remember|recall|understand|have)|dunno|dont know|idk"
    r"|(?:have |i have |got )?no (?:idea|clue)|not sure|no answer|unsure|pass|skip"
    r"|(?:can\W?t|cannot) (?:say|think|remember)|i forgot|forgot"
    r"|keine ahnung|weiss nicht|je ne sais pas|no (?:lo )?se)\b.{0,60}$"
)
# Verbs and quantities of everyday sentences: a heap of telling words has none of them.
_HOLDING = frozenset(
    (
        *("get", "gets", "got", "make", "makes", "made", "give", "gives", "given", "take", "takes"),
        *("use", "uses", "used", "everything", "everyone", "nothing", "all", "every", "no", "not"),
        *("without", "never", "always", "same", "want", "wants"),
    )
)
_FOREIGN = {
    "German": "der die das und ist ein eine einen nicht mit den dem fur von zu auf wird werden an"
    " ihre kunden sich oder durch bei",
    "French": "le la les des du une est et dans pour qui que avec sur aux ses par ou ce cette",
    "Spanish": "el la los las una es y en para que con por del sus se un al su o cada",
}
_FOREIGN_SETS = {name: frozenset(words.split()) for name, words in _FOREIGN.items()}


@dataclass(frozen=True)
class Heard:
    """An answer with slips mended; `denied` words stand behind a "not", `affirmed` do not."""

    text: str
    affirmed: frozenset[str]
    denied: frozenset[str]

    @cached_property
    def said(self) -> frozenset[str]:
        """All telling words."""
        return self.affirmed | self.denied


@lru_cache(maxsize=8192)
def hear(text: str) -> Heard:
    """What a text affirms and what it denies.

    >>> heard = hear("It adapts prices, not products.")
    >>> sorted(heard.affirmed), sorted(heard.denied)
    (['adapt', 'price'], ['product'])
    """
    affirmed: set[str] = set()
    denied: set[str] = set()
    for clause in clauses(text):
        plain = _NO_DENIAL.sub(" ", clause.replace("’", "'").lower())
        # "rarely chosen options" denies the choosing and nothing that follows.
        denied.update(t for found in _SCARCELY.findall(plain) for t in terms(found)[1:])
        plain = _SCARCELY.sub(" ", plain)
        at = 0
        while (found := _NEGATOR.search(plain, at)) is not None:
            affirmed.update(terms(plain[at : found.start()]))
            end = _SCOPE_END.search(plain, found.end())
            stop = end.start() if end else len(plain)
            denied.update(terms(plain[found.end() : stop]))
            at = stop
        affirmed.update(terms(plain[at:]))
    return Heard(squeeze(text), frozenset(affirmed), frozenset(denied - affirmed))


def negates(text: str) -> bool:
    """Whether a text denies anything."""
    plain = _NO_DENIAL.sub(" ", text.replace("’", "'").lower())
    return _NEGATOR.search(plain) is not None


def agree_to_deny(text: str, other: str) -> bool:
    """Whether one text has a "not" where the other has a verb that denies ("gives up")."""
    for one, two in ((text, other), (other, text)):
        lacks, lacking = (_LACKING.search(x.lower()) is not None for x in (one, two))
        if negates(one) and not lacks and lacking and not negates(two):
            return True
    return False


def heads_denied(text: str) -> frozenset[str]:
    """The first telling word behind each "not": what exactly is denied."""
    heads = set()
    plain = _NO_DENIAL.sub(" ", text.replace("’", "'").lower())
    for found in _NEGATOR.finditer(plain):
        following = terms(" ".join(plain[found.end() :].split()[:4]))
        heads.update(following[:1])
    return frozenset(heads)


def clauses(text: str) -> list[str]:
    """The clauses of a text, apart at stops and at "but" and its like."""
    return [part.strip() for part in _CLAUSE.split(text) if part and part.strip(" ,")]


def parts(text: str) -> list[str]:
    """What an answer lists: apart at stops, commas, bullets, numbers and "and"."""
    found = [part.strip(" :") for part in _PART.split(text) if part and part.strip(" :")]
    return [part for part in found if any(c.isalpha() for c in part)]


def mend(text: str, known: Collection[str], wanted: Sequence[str]) -> str:
    """The answer with words nobody knows replaced by the nearest word, of the passage first.

    `known` are folded words that are spelt right; `wanted` are texts whose words are likely.
    One slip is allowed in words of five to seven letters, two in longer ones.
    """
    likely = _words_in(tuple(wanted))
    pieces, at = [], 0
    for token in tokens(text[:MOST_CHARACTERS]):
        word = token.norm
        if len(word) < 5 or word in known or word in FUNCTION or not word.isalpha():
            continue
        near = _nearest(word, likely) or _nearest(word, _beginning(word[0], known))
        if near is not None:
            pieces.append(text[at : token.start] + near)
            at = token.end
    return "".join(pieces) + text[at:MOST_CHARACTERS]


@lru_cache(maxsize=512)
def _words_in(texts: tuple[str, ...]) -> list[str]:
    return sorted({t.norm for one in texts for t in tokens(one) if len(t.norm) > 3})


def _beginning(letter: str, known: Collection[str]) -> list[str]:
    return sorted(word for word in known if word[:1] == letter)


def _nearest(word: str, among: Sequence[str]) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if word in among:
        return None
    most = budget(word)
    found = process.extractOne(word, among, scorer=OSA.distance, score_cutoff=most)
    if found is None or found[0][0] != word[0]:
        return None
    return str(found[0])


def unknowing(text: str) -> bool:
    """Whether an answer is empty or says that it does not know."""
    plain = fold(text).replace("’", "'")
    return not any(c.isalnum() for c in plain) or _UNKNOWING.match(plain) is not None


def is_salad(text: str) -> bool:
    """Whether an answer is words in a heap: no sentence, no list, only telling words.

    >>> is_salad("brands ranges prices promotions place store customers")
    True
    >>> is_salad("higher costs, logistics problems, diluted brand image")
    False
    """
    words = [t for t in tokens(text) if not t.norm.isdigit()]
    if len(words) < 6:
        return False
    holding = sum(t.norm in FUNCTION or t.text.lower() in FUNCTION | _HOLDING for t in words)
    marks = sum(text.count(mark) for mark in ",;:.\n•") - text.rstrip().endswith(".")
    return holding < 0.13 * len(words) and marks < len(words) / 5


def language(text: str) -> str | None:
    """The language of an answer that is plainly German, French or Spanish; else None."""
    words = [t.norm for t in tokens(text)]
    if len(words) < 4:
        return None
    english = sum(word in FUNCTION for word in words)
    counts = {name: sum(w in known for w in words) for name, known in _FOREIGN_SETS.items()}
    name = max(counts, key=lambda one: counts[one])
    return name if counts[name] > english and counts[name] >= 0.2 * len(words) else None


def only_repeats(text: str, prompt: str) -> bool:
    """Whether an answer has no telling word that the question did not have."""
    said = stems_of(text)
    return bool(said) and said <= stems_of(prompt) and not is_number_in(text, prompt)


def is_number_in(text: str, prompt: str) -> bool:
    """Whether an answer has a number that the question has not."""
    numbers = set(re.findall(r"\d+", text))
    return bool(numbers - set(re.findall(r"\d+", prompt)))
