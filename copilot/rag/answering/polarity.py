"""Words that deny each other: what turns a claim round, and what contradicts it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from copilot.rag.answering.words import stem
from copilot.text import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|without|cannot|n't|none|nothing|nobody|hardly|rarely|seldom"
    r"|few|lacks?|fails?|instead\s+of|rather\s+than|less)\b|n't\b"
)
_PAIRS = """
    unlimited:limited,predefined,fixed,within,bounded,finite,valid
    infinite:limited,predefined,fixed,within,finite
    endless:limited,predefined,fixed,within
    broad:narrow
    wide:narrow
    large:small
    big:small
    high:low
    higher:lower
    cheap:costly,expensive,costs,cost,raises,investment
    cheaper:costly,expensive,higher,raises
    cheapest:costly,expensive,highest
    easy:hard,complicates,difficult
    simple:complicates,complex
    reduces:raises,drives,increases,creates,adds,complicates
    reduce:raises,drives,increases,creates,adds,complicates
    lowers:raises,drives,increases
    lower:raises,drives,higher
    saves:raises,costs,drives
    decreases:raises,increases,drives
    increases:reduces,lowers,decreases
    raises:reduces,lowers
    everyone:individual,narrow,each,particular,segment
    everybody:individual,narrow,each,particular,segment
    identical:different,varied,tailoring,adapted
    uniform:varied,varies,vary,adapted
    standardised:tailored,varied,adapted,configured
    strengthens:dilutes,dilute,blur,weakens
    improves:dilutes,dilute,blur,harms
    ignores:observed,studies,data,needs
    bespoke:predefined,modules,options
    handmade:modules,mass
    always:never,rarely,seldom
    guaranteed:risk,may,can
"""


@lru_cache(maxsize=1)
def opposites() -> dict[str, frozenset[str]]:
    """Stem to the stems that deny it."""
    table: dict[str, set[str]] = {}
    for line in _PAIRS.split():
        word, others = line.split(":")
        for other in others.split(","):
            table.setdefault(stem(fold(word)), set()).add(stem(fold(other)))
    return {word: frozenset(others) for word, others in table.items()}


def negated(text: str) -> bool:
    """Whether a sentence holds a word of denial."""
    return NEGATION.search(fold(text).replace("’", "'")) is not None


def contradicts(stems_said: frozenset[str], stems_known: frozenset[str]) -> bool:
    """Whether something said has an opposite among what is known and is not itself known."""
    table = opposites()
    return any(
        table[word] & stems_known and word not in stems_known
        for word in stems_said
        if word in table
    )


# Turns of phrase that judge, put as one word with or without "not".
_REWRITES = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bcan't\b", "not"),
        (r"n't\b", " not"),
        (r"\bcannot\b|\bcan not\b", "not"),
        (r"\bnot only\b", " "),
        (r"\bwhether or not\b", " "),
        (r"\bmore than one\b", "several"),
        (r"\bonly one\b|\bexactly one\b|\bjust one\b", "single"),
        (r"\b(?:poor|bad|wrong) (?:choice|idea|tool|fit|method)\b", "not suits"),
        (r"\b(?:is|are) (?:of )?(?:no|little) (?:use|good|help)\b|\bgives? no help\b", "not suits"),
        (r"\bnot worth(?:while)?(?: (?:its|the|their) \w+)?\b|\bnot enough for\b", "not suits"),
        (r"\bwasteful\b|\bimpossible\b|\bunsuit(?:ed|able)\b|\buseless\b", "not suits"),
        (r"\bworth(?:while)?(?: (?:its|the|their) \w+)?\b", "suits"),
        (r"\b(?:good|best|right|great) (?:choice|idea|tool|fit|place|method|way)\b", "suits"),
        (r"\bshould (?:i|we|you|one|a \w+) (?:use|choose|do)\b", "suits"),
        (r"\b(?:useful|suited|suitable|appropriate|advisable|fits?|suit)\b", "suits"),
        (r"\b(?:leaves?|leaving|left) out\b", "excludes"),
        (r"\b(?:takes?|taking|taken)((?: \w+){1,3}) into account\b", r"includes\1"),
        (r"\b(?:instead of|rather than)\b", "not"),
        (r"\bopposite of ([^,;.]+), which\b", r"not \1 not"),
        (r"\bopposite of\b", "not"),
        (r"\bwithout\b", "not require"),
        (r"\brules? out\b|\bfails? to\b", "not"),
        (r"\b(?:has|have|needs?) to\b|\bobliged? to\b", "must"),
        (r"\b(?:to |the |at )?(?:whole|entire) market\b|\b(?:all|every) (?:buyers?|customers?)\b",
         "everyone"),
        (r"\bmade[- ]up\b", "invented"),
        (r"\bby itself\b|\bat all\b|\bat little\b|\bin general\b", " "),
        (r"\b(?:a )?little (?=more|later|cost)|\ba little\b", " "),
        (r"\b((?:raise|increase|add)s?)((?: \w+){0,4}) (costs?)\b", r"costly \1\2 \3"),
        (r"\b((?:lower|reduce|save)s?)((?: \w+){0,4}) (costs?|money)\b", r"cheap \1\2 \3"),
    )
)  # fmt: skip
# Each line: words that say one thing, then words that say its opposite.
_AXES = """
    raise raises raised raising increase increases rise rises higher create creates creating
    add adds cause causes caused causing | lower lowers lowering reduce reduces reducing decrease
    decreases fall falls save saves lowest;
    more | fewer less;
    suits |;
    costly expensive dear | cheap cheaper cheapest free inexpensive;
    easy easier easily simple simpler | hard harder difficult complicates complicate;
    quick quickly fast faster soon | slow slowly slower slows;
    visible | invisible;
    reliable | unreliable;
    real actual | invented fictional imaginary;
    same identical alike uniform equal | different differently differ differs vary varies varied
    distinct dissimilar;
    include includes included including consider considers | exclude excludes
    ignore ignores ignoring omit omits overlook overlooks;
    show shows showing prove proves proving demonstrate tell tells reveal reveals | hide hides
    hiding conceal conceals;
    strengthen strengthens | weaken weakens dilute dilutes blur blurs harm harms;
    allow allows permit permits | forbid forbids prohibit prohibits prevent prevents ban bans;
    permanent forever | temporary;
    several multiple many plural various numerous | single;
    new modern recent | old ancient;
    large larger big bigger | small smaller;
    better good | worse bad;
    optional voluntary | compulsory mandatory obligatory;
    broad wide | narrow;
    unlimited infinite endless limitless | limited predefined fixed fixes finite;
    succeed succeeds | fail fails
"""
# Words taken for one another when what is asked is held against what is stated.
_ALIKE = """
    require requires required requiring demand demands demanded need needs needed necessary
    buy buys bought buying purchase purchases purchased sale sales sell sells sold
    advertisement advertisements advert adverts ad ads contact contacts
    split splits divide divides divided divided
    person persons people somebody someone anybody
    cover covers covered govern governs governed regulate regulates
    beat beats
    replace replaces replaced
    everyone everybody
    copy copies copied imitate imitates imitation
    mean means meant
    everything
"""
_DENIALS = _set(
    """not no never without neither nor none nothing nobody seldom rarely hardly scarcely little
    lack lacks avoid avoids spare spares cannot"""
)
_LATE = _set("little nothing nobody none")
_HEDGES = _set(
    """can may might could often usually sometimes mostly many some tends tend partly seldom rarely
    hardly largely generally typically"""
)
_ABSOLUTE = _set(
    """always every all everywhere everything any completely entirely fully guarantee guarantees
    guaranteed certain certainly never invariably exclusively necessarily"""
)
_CONDITION = _set("when where if unless until provided")
_JOINS = "so|and|but|because|while|whereas|although|though|which|who|since|as|not"
_BREAK = re.compile(
    rf"[;:]|\.(?=\s|$)|,(?=\s(?:{_JOINS})\b)"
    r"|\s(?=(?:and|but|because|while|whereas|although|though|which|who)\b)"
    r"|\s(?=that (?:the|an?|no|each|every|it|they|most)\b)"
)
_CONDITIONS = re.compile(r"\s(?=(?:when|where|if|unless|until)\b)")
_APPEARS = re.compile(
    r"\b(?:whether|seems?|appears?|looks?|supposed|tempts?|hopes?|promises?"
    r"|(?:read|taken|mistaken|treated|described) (?:as|for))\b"
)
_PIECE = re.compile(r"@[\w-]+|[^\W_]+(?:'[^\W\d_]+)?")
_EMPTY = _set(
    """a an the of to in on at by for from with as into onto over under between among through about
    after before is are was were be been being do does did has have had will would should can could
    may might it its they them their this that these those there he she his her i we you your our
    my me us one ones and or but so because while whereas although though which who whom whose
    what than then how very also really actually just still even ever own such other others each
    either else yet only too already quite rather merely
    both"""
) | _HEDGES | _ABSOLUTE | _DENIALS | _CONDITION  # fmt: skip
_OPENING = _set("a an the each every one no any some")
_PASSED_ON = _set("and but or so not it they this these which who that")


@dataclass(frozen=True)
class Word:
    """A word that says something: its stem on the side that affirms, and whether it is denied."""

    stem: str
    denied: bool
    clause: int
    place: int


@dataclass(frozen=True)
class Clause:
    """What holds for a clause as a whole; `subject` is its first noun, "" when it has none."""

    subject: str
    hedged: bool = False
    absolute: bool = False
    only: int = -1
    condition: bool = False
    doubted: bool = False
    contrast: bool = False
    relative: bool = False


@dataclass(frozen=True)
class Reading:
    """A text as signed words and their clauses."""

    words: tuple[Word, ...]
    clauses: tuple[Clause, ...]


@lru_cache(maxsize=8192)
def read(text: str) -> Reading:
    """The signed words of a text, clause by clause; "@slug" stands for a concept's name.

    "Lowers" is read as "raises", denied, so that two texts deny each other where the same stem
    has another sign.
    """
    plain = fold(text).replace("’", "'")
    for pattern, replacement in _REWRITES:
        plain = pattern.sub(replacement, plain)
    words: list[Word] = []
    clauses: list[Clause] = []
    carried = False  # "does not mean that the …" denies what follows
    for piece in _BREAK.split(plain):
        before = ","
        for part in _CONDITIONS.split(piece):
            raw = _PIECE.findall(part)
            if raw:
                places = len(words)
                goes_on = raw[0] == "that" and carried
                words += _signed(raw, len(clauses), places, goes_on)
                carried = goes_on or bool(_DENIALS & set(raw))
                clauses.append(_clause(raw, places, not before.endswith((",", "or"))))
                before = part
    return Reading(tuple(words), tuple(clauses))


def _signed(raw: Sequence[str], clause: int, begun: int, denied: bool) -> list[Word]:
    found: list[Word] = []
    sides, alike = _tables()
    denied = denied or bool(_LATE & set(raw))  # "explains little": the denial comes behind its verb
    for word in raw:
        if word in _DENIALS:
            denied = True
        if word in _EMPTY:
            continue
        known, turned = sides.get(word, (alike.get(word, ""), False))
        name = known or (word if word.startswith("@") else stem(word))
        found.append(Word(name, denied != turned, clause, begun + len(found)))
    return found


def _clause(raw: Sequence[str], begun: int, closes: bool) -> Clause:
    lead = raw[0]
    first = next((w for w in raw[1:] if w not in _PASSED_ON), "")
    noun = next((w for w in raw if w not in _EMPTY), "")
    passed = lead in _PASSED_ON and first not in _OPENING and not first.startswith("@")
    subject = "" if passed or lead in _CONDITION else noun
    held = set(raw)
    return Clause(
        subject=subject if subject.startswith("@") or not subject else _stem_of(subject),
        hedged=bool(held & _HEDGES),
        absolute=bool(held & (_ABSOLUTE | {"everyone", "everybody"})),
        only=begun + _said_before(raw, "only") if "only" in held else -1,
        condition=lead in _CONDITION and (closes or lead in {"if", "unless"}),
        doubted=_APPEARS.search(" ".join(raw)) is not None,
        contrast=bool({"while", "whereas", "unlike", "opposite", "differs", "differ"} & held),
        relative=lead in {"which", "who", "whose"},
    )


def _said_before(raw: Sequence[str], word: str) -> int:
    return sum(w not in _EMPTY for w in raw[: raw.index(word)])


def _stem_of(word: str) -> str:
    sides, alike = _tables()
    return sides[word][0] if word in sides else alike.get(word) or stem(word)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, tuple[str, bool]], dict[str, str]]:
    """Word to (its axis, whether it is the denying side), and word to what it is taken for."""
    sides: dict[str, tuple[str, bool]] = {}
    for axis_words in _AXES.split(";"):
        left, _, right = axis_words.partition("|")
        axis = left.split()[0]
        sides |= dict.fromkeys(left.split(), (axis, False))
        sides |= dict.fromkeys(right.split(), (axis, True))
    alike = {
        word: line.split()[0]
        for line in _ALIKE.splitlines()
        if line.strip()
        for word in line.split()
    }
    return sides, alike
