"""Slips of the finger in a question: which words are slips, and which words were meant."""

import json
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from copilot.rag.answering.words import ENGLISH, STOP, WRAPPING, Token, is_foreign, tokens

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUNDS = ("aeiouy", "cksqz", "dt", "bp", "mn", "gj", "vwf", "lr")
# Before a known word they make a word of its own: "macromarketing" is no slip.
_COINING = """anti bio counter crypto cyber de digi eco geo giga hyper inter macro mega meta micro
    mini mis mono multi nano neo neuro non omni over para poly post pre pro pseudo quasi re retro
    self semi sub super techno trans ultra un under uni"""
COINING = tuple(sorted(_COINING.split(), key=len, reverse=True))
# Short words by which a question is recognised, the likelier meant first.
_SHORT = """what how which when the with does are who why where and give main about between from
    same than best work used vs good is"""
SHORT = tuple(_SHORT.split())
_ASKS = frozenset({"what", "who", "how", "where", "which", "why", "when"})
_AFTER_HOW = frozenset({"do", "does", "did", "is", "are", "can", "should", "would", "to", "many"})
_LONG = tuple(sorted(word for word in STOP | WRAPPING if len(word) > 4 and word.isalpha()))
FOREIGN_CUES = frozenset(["nachteile", "vorteile", "beispiel", "unterschied", "inconvenients"])
_GLUED = frozenset(word for word in ENGLISH | WRAPPING if len(word) > 1)


def budget(word: str) -> int:
    """How many slips a word of this length may have and still be meant."""
    return 0 if len(word) < 5 else 1 if len(word) < 8 else 2


@cache
def dictionary() -> frozenset[str]:
    """Common English words: those the embedded model's tokenizer knows whole."""
    from copilot.models.embed import TOKENIZER_PATH

    pieces = json.loads(TOKENIZER_PATH.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(piece for piece in pieces if len(piece) > 2 and piece.isalpha())


def is_word(word: str) -> bool:
    """Whether a folded word is an English word as it stands, so that it is no slip.

    >>> is_word("shift"), is_word("vocals"), is_word("segmentaton")
    (True, True, False)
    """
    known = dictionary()
    bases = {word.removesuffix(ending) for ending in ("s", "ed", "ly")}
    inflected = any(len(base) > 3 and base in known for base in bases)
    return word in known or inflected or word.replace("is", "iz") in known


def is_coined(word: str, known: Iterable[str]) -> bool:
    """Whether a word is a known word behind a prefix ("macromarketing", "depositioning")."""
    have = known if isinstance(known, frozenset) else frozenset(known)
    return any(
        word.startswith(prefix) and len(word) - len(prefix) > 4 and word[len(prefix) :] in have
        for prefix in COINING
    )


def nearest(word: str, targets: Sequence[str], most: int = 3) -> list[tuple[int, str]]:
    """The targets that `word` may be a slip of, with the number of slips, fewest first.

    A target of five to seven letters may be missed by one slip, a longer one by two; a shorter
    one by two letters swapped, one missing, doubled or struck on the next key. The first letter
    holds, unless it is swapped or, as the only slip, wrong in a long word or struck on the next
    key; of two letters put for others both must be near in sound or on the keyboard.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    found = extract(word, targets, scorer=OSA.distance, score_cutoff=2, limit=3 * most)
    near = [(int(slips), target) for target, slips, _ in found if slips > 0]
    return sorted((s, t) for s, t in near if _plausible(word, t, s))[:most]


def repaired(text: str, known: frozenset[str], names: Sequence[str]) -> str:
    """The text with slips in the words a question is made of put right ("drawbaks of").

    `known` are words that are none; `names` the words of concepts' names: a slip that is nearer
    to one of those is left to be found there.
    """
    items = tokens(text)
    foreign = is_foreign(items)
    out, position, previous = [], 0, ""
    for place, token in enumerate(items):
        following = items[place + 1].norm if place + 1 < len(items) else ""
        meant = _in_frame(previous, token.norm)
        if not meant and not token.named and token.norm not in known:
            meant = _meant(token, place, following, names)
            # The endings of German, French and Spanish verbs look like slips.
            meant = "" if foreign and meant not in FOREIGN_CUES else meant
        previous = meant.split()[-1] if meant else token.norm
        if meant:
            out += [text[position : token.start], meant]
            position = token.end
    return "".join([*out, text[position:]])


def _in_frame(previous: str, word: str) -> str:
    """Words that are right by themselves and wrong behind what stands before them."""
    if previous in _ASKS and word == "dose":
        return "does"
    return "is" if previous in {"what", "who", "where"} and word in {"us", "si", "ia"} else ""


def _meant(token: Token, place: int, following: str, names: Sequence[str]) -> str:
    word = token.norm
    if not word.isalpha() or (place and is_word(word)):
        return ""
    if len(word) < 5:
        return _short(word, following, opening=not place)
    if is_word(word):
        return ""
    return _long(word, tuple(names)) or _unglued(word)


@lru_cache(maxsize=4096)
def _long(word: str, names: tuple[str, ...]) -> str:
    short = [(s, t) for s, t in nearest(word, SHORT) if len(t) < 5]
    near = nearest(word, _LONG, 1) or short
    if not near:
        return ""
    rivals = [(slips, name) for slips, name in nearest(word, names) if name != near[0][1]]
    return near[0][1] if not rivals or near[0][0] < rivals[0][0] else ""


def _short(word: str, following: str, *, opening: bool) -> str:
    if len(word) < 2 or (not opening and is_word(word)):
        return ""
    near = [t for t in SHORT if (len(t) > 2 or opening) and _one_off(word, t)]
    if {"how", "who"} <= set(near):
        return "how" if following in _AFTER_HOW else "who"
    return near[0] if near else ""


def _unglued(word: str) -> str:
    """Two words of a question written as one ("howdoes"), with the space between them."""
    for cut in range(len(word) - 2, 2, -1):
        if word[:cut] in _GLUED and word[cut:] in _GLUED:
            return f"{word[:cut]} {word[cut:]}"
    return ""


def _plausible(word: str, target: str, slips: int) -> bool:
    if len(target) < 5:
        changed = _changed(word, target)
        heard = slips == 1 and len(changed) == 1 and _alike(*changed[0])
        return len(target) == 4 and (heard or _one_off(word, target))
    if slips > budget(target):
        return False
    if slips == 2 and not all(_alike(a, b) for a, b in _changed(word, target)):
        return False
    swapped = word[:2] == target[1::-1]
    if word[0] == target[0] or swapped:
        return True
    return slips == 1 and (len(target) > 6 or _adjacent(word[0], target[0]))


def _changed(word: str, target: str) -> list[tuple[str, str]]:
    """The letters put for others: as typed, as meant."""
    from rapidfuzz.distance import Levenshtein

    sounds, meant = word.replace("ph", "f"), target.replace("ph", "f")
    ops = Levenshtein.editops(sounds, meant)
    return [(sounds[op.src_pos], meant[op.dest_pos]) for op in ops if op.tag == "replace"]


def _alike(a: str, b: str) -> bool:
    """Whether two letters are easily taken for one another: by ear, or on the keyboard."""
    return any(a in group and b in group for group in _SOUNDS) or _adjacent(a, b)


def _one_off(word: str, target: str) -> bool:
    """Two neighbours swapped, a letter missing or double, or one struck on the next key."""
    if len(word) < len(target):
        return any(word == target[:i] + target[i + 1 :] for i in range(1, len(target)))
    if len(word) > len(target):
        doubled = (target[: i + 1] + target[i:] for i in range(len(target)))
        return word in doubled
    wrong = [i for i, (a, b) in enumerate(zip(word, target, strict=True)) if a != b]
    if len(wrong) == 1:
        return _adjacent(word[wrong[0]], target[wrong[0]])
    if len(wrong) != 2 or wrong[1] - wrong[0] != 1:
        return False
    return word[wrong[0]] == target[wrong[1]] and word[wrong[1]] == target[wrong[0]]


@cache
def _adjacent(a: str, b: str) -> bool:
    """Whether two letters are neighbours on the keyboard."""
    places = {
        letter: (row, column + 0.5 * row)
        for row, letters in enumerate(_ROWS)
        for column, letter in enumerate(letters)
    }
    if a not in places or b not in places:
        return False
    return abs(places[a][0] - places[b][0]) <= 1 and abs(places[a][1] - places[b][1]) <= 1
