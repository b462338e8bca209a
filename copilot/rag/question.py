"""What a question asks: its kind, the aspects it wants, the concepts it names, what is left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from copilot.rag.concepts import Mention, Vocabulary, find
from copilot.rag.words import Token, is_empty, tokens
from copilot.records import Turn
from copilot.text import fold, squeeze

Kind = Literal["explain", "compare", "list", "example", "yes_no", "chat"]
Aspect = Literal[
    "definition",
    "how",
    "when",
    "why",
    "drawbacks",
    "benefits",
    "example",
    "names",
    "parts",
    "sources",
]

# Read on folded text (lower case, no accents), English first, then German, Spanish, French.
ASPECTS: dict[Aspect, str] = {
    "names": r"\b(?:(?:other|another|different|alternative|else)\b.{0,30}\b(?:names?|terms?|labels?|called|known)"
    r"|also\s+(?:be\s+)?(?:called|known|named|labell?ed|referred)|synonyms?|alias(?:es)?|a\.?k\.?a"
    r"|(?:called|known\s+as|labell?ed|names?)\W*$|names\s+(?:of|for|does|do|has|is)|names?\s+(?:is|are)\s+used"
    r"|(?:go|goes)\s+by|andere\s+namen|otros\s+nombres|autres\s+noms)",
    "drawbacks": r"\b(?:draw\s?-?backs?|disadvantages?|downsides?|problems?|risks?|cons|limitations?"
    r"|limits|weakness(?:es)?|criticisms?|critici[sz]ed|pitfalls?|dangers?|challenges?|go(?:es)?\s+wrong|hazards?"
    r"|shortcomings?|costs\s+and\s+risks|negatives?|harms?|against"
    r"|nachteile?|desventajas?|inconvenientes?|inconvenients?)\b",
    "benefits": r"\b(?:benefits?|advantages?|pros|upsides?|strengths?|gains?|positives?|why\s+(?:use|should|do)"
    r"|vorteile?|ventajas?|avantages?)\b",
    "when": r"\b(?:when\s+(?:to|should|do|does|is|would|can|might)|best\s+when|suit(?:s|able|ed)?\b"
    r"|appropriate|right\s+for|worth(?:while)?|should\s+(?:i|we|a|an|you|my)|use\s+cases?|makes?\s+sense"
    r"|wann|cuando|quand)\b",
    "example": r"\b(?:examples?|instances?|illustrat\w+|case\s+stud(?:y|ies)|real\s*-?\s*(?:life|world)"
    r"|beispiele?|ejemplos?|exemples?)\b|\b(?:which|what)\s+(?:compan\w+|firms?|business\w*|brands?)\b"
    r"|\bwho\s+(?:uses?|has\s+used|practi[sc]es?|does)\b",
    "parts": r"\b(?:parts?|components?|elements?|consists?|compris\w+|composed|made\s+up|made\s+of|divid\w+"
    r"|types|kinds|forms|sub-?types?|levels|branches|varieties|categories|faces|steps?|stages?|phases?"
    r"|capabilities|ingredients|pillars|include[sd]?)\b",
    "how": r"\b(?:how\s+(?!much|many|about|come|is\s+\w+\s+different)|mechanisms?|process|works?|implement\w*"
    r"|wie\s+funktioniert|como\s+funciona|comment\s+fonctionne|funktioniert|fonctionne|funciona)\b",
    "why": r"\b(?:why|reasons?|purpose|rationale|warum|por\s+que|pourquoi)\b",
    "definition": r"\b(?:what\s+(?:is|are|was|were|does|do|exactly)|what's|whats|defin\w+|meaning|means?|explain"
    r"|describe|tell\s+me\s+about|understand|summar\w+|overview|was\s+(?:ist|sind|bedeutet)|que\s+(?:es|son)"
    r"|(?:qu\W?est\W?ce|c\W?est\s+quoi)|erklar\w*|explica\w*|expliqu\w*)\b",
    "sources": r"\b(?:sources?|textbooks?|literature|references?|authors?|who\s+(?:says|wrote|coined|invented"
    r"|introduced|popular\w+)|cite|citations?|further\s+reading|read\s+more)\b",
}
ASPECT_PATTERNS = {name: re.compile(pattern) for name, pattern in ASPECTS.items()}

_COMPARE = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|vs\.?|versus|distinguish\w*|distinct\w*|similar\w*|in\s+common"
    r"|as\s+opposed\s+to|relat\w+|better|rather\s+than|choose\s+between|unlike|tell\s+\w+\s+apart|which|between"
    r"|unterschied\w*|vergleich\w*|diferenc\w*|compara\w*|distingu\w*|or|against|side\s+by\s+side|oder|frente)\b"
)
_STRONG_COMPARE = re.compile(
    r"\b(?:compar(?:e|ed|ing|ison|isons)|contrast\w*|differ\w*|vs\.?|versus|distinguish\w*|apart"
    r"|unterschied\w*|vergleich\w*|diferenc\w*|comparar|comparer|comparez)\b"
)
_SAME = re.compile(
    r"\b(?:the\s+same|identical|synonym\w*|equivalent|equals?|interchangeabl\w+|another\s+(?:name|word|term)"
    r"|other\s+(?:name|word|term)|no\s+different|just\s+(?:a\s+)?(?:form\s+of\s+)?|mean\s+the\s+same)\b"
)
_YES_NO = re.compile(
    r"^(?:so\s+|and\s+|but\s+|then\s+)*(?:is|are|was|were|does|do|did|can|could|has|have|should|will|would|must"
    r"|isn't|aren't|doesn't|don't|can't|won't|true\s+or\s+false|is\s+it\s+true|ist|sind|stimmt)\b"
    r"|(?:\bright|\bcorrect|\btrue|\bisn't\s+it|\baren't\s+they|\bdoesn't\s+it|\btrue\s+or\s+false)\s*\?*$"
)
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|please|ok|okay|so|well|thanks|thank\s+you)[,!.\s]+)*"
    r"(?:(?:can|could|would|will)\s+(?:you|u|i|we)\s+(?:please\s+|kindly\s+|also\s+)*"
    r"(?=explain|tell|give|list|show|compare|describe|define|name|help|summar|outline|contrast|say|provide|get|have"
    r"|discuss|clarify|elaborate|distinguish|quickly|briefly|identify|state|write|teach)"
    r"|do\s+you\s+know\s+|i\s+(?:want|need|would\s+like|'d\s+like)\s+(?:to\s+)?(?:know|understand|learn)?\s*"
    r"|i'd\s+like\s+to\s+(?:know|understand|learn)\s*|please\s+)",
    re.I,
)
_NUMERIC = re.compile(
    r"\b(?:how\s+(?:much|many)|what\s+(?:percent\w*|share|proportion|number|amount)|revenue|turnover|sales\s+figures?"
    r"|market\s+size|percentage\s+of|roi\b|spend|spent|budget|statistics?|average\s+(?:\w+\s+)?(?:rate|cost|price))\b"
)
_FOLLOW = re.compile(
    r"\b(?:it|its|it's|they|them|their|theirs|that|this|these|those|the\s+(?:former|latter|concept|two|first|second)|both"
    r"|each|either)\b"
)
_AND = re.compile(r"^(?:and|what\s+about|how\s+about|or|but|also|then|und|y|et)\b")
_CHAT = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|howdy|good\s+(?:morning|afternoon|evening|day)|greetings|thanks?(?:\s+you)?|cheers|bye"
    r"|goodbye|see\s+you|ok|okay|great|cool|nice|perfect|awesome|got\s+it|ta|many\s+thanks|hallo|hola|bonjour|danke"
    r"|gracias|merci|there|copilot|all|so\s+much|a\s+lot|very\s+much|again|that\s+helps|how\s+are\s+you(?:\s+doing)?"
    r"|(?:what|who)\s+(?:can|are|do)\s+you(?:\s+(?:do|offer|know))?(?:\s+for\s+me)?|help|how\s+do\s+you\s+work"
    r"|what\s+is\s+your\s+name|what\s+can\s+i\s+ask(?:\s+you)?|how\s+can\s+you\s+help(?:\s+me)?|please)\W*)+$"
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "both": 2, "a couple": 2}
_COUNT = re.compile(
    r"\b(two|three|four|five|six|seven|both|[2-9])\b(?=(?:\s+\w+){0,3}\s+(?:drawbacks?|disadvantages?|downsides?"
    r"|problems?|risks?|examples?|names?|parts?|types?|kinds?|forms?|benefits?|advantages?|reasons?|ways?|steps?"
    r"|elements?|components?|limitations?|terms?|challenges?|cons|pros|capabilities|faces))"
)


@dataclass(frozen=True)
class Asked:
    """A question understood.

    `focus` holds the words that are neither a concept's name nor wrapping: what exactly is asked
    about the concepts, or the whole subject when no concept is named.
    """

    text: str
    kind: Kind
    aspects: tuple[Aspect, ...]
    mentions: tuple[Mention, ...]
    items: tuple[Token, ...]
    focus: tuple[Token, ...]
    count: int | None = None
    numeric: bool = False
    same: bool = False
    contrast: bool = False

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
    text = squeeze(question)
    plain = fold(text)
    bare = _POLITE.sub("", plain)
    items = tuple(tokens(text))
    mentions = find(text, words)
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    aspects = _aspects(_without(text, items, mentions))
    asked = Asked(
        text=text,
        kind="explain",
        aspects=aspects,
        mentions=mentions,
        items=items,
        focus=tuple(t for i, t in enumerate(items) if i not in covered and not is_empty(t)),
        count=_count(plain),
        numeric=_NUMERIC.search(plain) is not None,
        same=_SAME.search(plain) is not None,
        contrast=_STRONG_COMPARE.search(plain) is not None,
    )
    return replace(asked, kind=_kind(asked, plain, bare))


def _kind(asked: Asked, plain: str, bare: str) -> Kind:
    if not asked.mentions and _CHAT.match(plain):
        return "chat"
    several = len(asked.slugs) > 1
    yes_no = _YES_NO.search(bare) is not None
    if yes_no and not asked.contrast and not re.search(r"\b(?:or|better|between)\b", bare):
        return "yes_no"
    if yes_no and asked.same:
        return "yes_no"
    if several and asked.same and not asked.contrast:
        return "yes_no"
    if several and (_COMPARE.search(bare) or "parts" not in asked.aspects):
        return "compare"
    wanted = [a for a in asked.aspects if a not in {"definition", "why"}]
    if len(wanted) <= 2 and {"drawbacks", "benefits", "names", "parts"} & set(wanted[:1]):
        return "list"
    if wanted == ["example"] or (wanted[:1] == ["example"] and not asked.focus):
        return "list" if re.search(r"\b(?:examples|instances|list)\b", plain) else "example"
    return "yes_no" if yes_no else "explain"


def _aspects(plain: str) -> tuple[Aspect, ...]:
    found = {name: match.start() for name, p in ASPECT_PATTERNS.items() if (match := p.search(plain))}
    if "drawbacks" in found or "names" in found or "parts" in found:
        # "What are the drawbacks" asks no definition; "How does it work" keeps its own.
        opening = re.match(r"^(?:what|which|who)\b", plain)
        if opening and len(re.findall(r"\bwhat\b", plain)) < 2:
            found.pop("definition", None)
    return tuple(sorted(found, key=lambda name: list(ASPECTS).index(name)))


def _without(text: str, items: Sequence[Token], mentions: Sequence[Mention]) -> str:
    """The folded question with every concept's name cut out, so a name gives no aspect."""
    out, position = [], 0
    for mention in mentions:
        out.append(text[position : items[mention.start].start])
        position = items[mention.end - 1].end
    return fold(_POLITE.sub("", squeeze("".join([*out, text[position:]]))))


def _count(plain: str) -> int | None:
    found = _COUNT.search(plain)
    if found is None:
        return None
    return _COUNTS.get(found.group(1)) or int(found.group(1))


def _follow_up(asked: Asked, words: Vocabulary, history: Sequence[Turn]) -> Asked:
    plain = fold(asked.text)
    points_back = _FOLLOW.search(plain) is not None or _AND.match(plain) is not None
    earlier = _last_named(words, history)
    if earlier is None:
        return asked
    before, names = earlier
    if asked.mentions:
        if len(asked.slugs) == 1 and asked.contrast and _FOLLOW.search(plain):
            extra = next((n for n in names if n.slug != asked.slugs[0]), None)
            if extra is not None:
                return replace(asked, mentions=(extra, *asked.mentions), kind="compare")
        if _AND.match(plain) and not set(asked.aspects) - {"definition", "how"}:
            inherited = tuple(a for a in before.aspects if a != "definition")
            kind = "list" if before.kind == "list" else asked.kind
            return replace(asked, aspects=inherited, kind=kind)
        return asked
    unnamed = not any(token.named for token in asked.focus)
    bare = len(asked.focus) == 0 and bool(asked.aspects or len(asked.items) <= 6)
    if not (bare or (points_back and unnamed and len(asked.focus) <= 4)):
        return asked
    both = re.search(r"\b(?:both|they|them|their|these|those|the\s+two|each|which)\b", plain)
    taken = names if both else names[-1:] if before.kind == "compare" else names[:1]
    joined = replace(asked, mentions=tuple(taken))
    if asked.kind == "explain" and len(joined.slugs) > 1:
        joined = replace(joined, kind="compare")
    return joined


def _last_named(
    words: Vocabulary, history: Sequence[Turn]
) -> tuple[Asked, tuple[Mention, ...]] | None:
    """The last user message that names concepts (else the last assistant's), and those named."""
    for role in ("user", "assistant"):
        for turn in reversed(history):
            if turn.role != role:
                continue
            earlier = _read(turn.text if role == "user" else turn.text[:300], words)
            if earlier.mentions:
                # Positions belong to the other text; only the concepts carry over.
                names = tuple(replace(m, start=0, end=0) for m in earlier.mentions)
                return earlier, names[: 2 if role == "user" else 1]
    return None
