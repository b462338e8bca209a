"""Words as a question and its evidence are compared: folded, one spelling, stemmed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from copilot.text import fold

# French articles and pronouns that lean on the next word: "qu'un", "l'image".
_ELIDED = re.compile(r"(?:qu|[ldcnsjmt])['’](?=\w{2})", re.I)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_ASIDE = " \"'“‘(*_"
_ISE = re.compile(r"(?<=[a-z]{3})iz(?=(?:e|es|ed|er|ers|ing|ation|ations|ational|able)$)")
_OUR = re.compile(r"(?<=[a-z]{2})our(?=(?:s|ed|ing|ful|al|ally|able|hood|hoods|ite|ites)?$)")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that carry no subject of their own: function words of the four languages, and the verbs,
# polite forms and nouns that questions are wrapped in.
ENGLISH = _set(
    """qu'est c'est a about
    above after again all also am an and any are aren't as at be because been before
    being below between both but by can can't cannot could couldn't did didn't do does doesn't
    doing don't down during each either else ever few for from further get gets getting go goes
    going got had has have having he her here him his how however i i'd i'll i'm i've if in into
    is isn't it its it's itself let let's like may me might more most much must my myself near no
    nor not now of off on once one only onto or other others ought our out over own per quite rather
    really same shall she should shouldn't since so some somebody someone something still such
    than that that's the their theirs them themselves then there there's these they they're thing
    things this those though through to too toward towards under until up upon us very via was
    wasn't we well were weren't what what's whats when where whether which while who whom whose
    why will with within without won't would wouldn't yes you your yours yourself many another
    versus vs itself else always never often usually anyone anybody anything everything every
    already instead okay ok mine ones"""
)
FOREIGN = _set(
    """ist sind der die das den dem des ein eine einen einer und oder was wie wann warum wer welche
    welcher welches zwischen von vom mit fur im zu zum zur auf bei sich man es wird werden hat
    haben nicht auch mir
    que cual cuales es el la los las un una unos unas y o de del en entre para por con son se su
    sus lo como cuando quien me
    qu quel quelle quels quelles est le les une des du et ou dans entre pour par avec sont ce
    cest quest c l d au aux comment quand pourquoi qui sur moi
    ce cet cette ses leur leurs ont peut on se si kann beim als sie wir ihr soll sollte mein meine
    puede hay mi mis muy debe tengo je nous vous il elle ils plus mes mon ma dois faut avoir"""
)
STOP = ENGLISH | FOREIGN
WRAPPING = _set(
    """explain explains explained explaining explanation define defines defined definition
    definitions describe describes describing description tell give gives giving show shows
    compare compares comparing comparison compared contrast contrasts contrasting contrasted
    difference differences differ differs different distinguish distinguishes distinction
    similarity similarities similar summarise summary summarize summarised outline overview
    discuss elaborate illustrate illustrates illustration illustrated clarify state identify
    list lists name names named call called calls known label labelled labeled term terms mean
    means meaning meant meanings understand know learn teach wonder wondering want wants need
    needs needed please thanks thank help question answer say says said think thinks see look
    concept concepts idea ideas notion word words phrase sentence sentences paragraph detail
    details brief briefly short shortly simple simply simpler plain basic basics basically
    exactly precisely actually really quickly essentially example examples instance instances
    case cases drawback drawbacks disadvantage disadvantages downside downsides advantage
    advantages benefit benefits pros cons pro con limitation limitations weakness weaknesses
    strength strengths risk risks problem problems challenge challenges part parts component
    components element elements consist consists comprise comprises type types kind kinds form
    forms synonym synonyms alias aliases alternative work works worked working use uses used
    using useful usage apply applies applied applying practice practical practise happen happens
    main major key important importance typical common usual general good better best great
    bad worse worst right wrong true false correct sense way ways point points reason reasons
    purpose role roles relation relationship related relate relates versus business businesses
    company companies firm firms marketing marketer marketers approach approaches strategy
    strategies method methods technique techniques tactic tactics world real life everyday
    today nowadays modern two three four five six seven eight first second third student
    students beginner class exam lecture homework essay friend child kid yo year old language
    english between among involve involves involved consider considered apart someone suit suits
    suitable suited appropriate worth avoid choose chose pick prefer prefers make makes made
    making take takes do's hello hi hey dear copilot just maybe perhaps kindly possible possibly
    able come comes opposite opposed exist exists refer refers describe deal deals find
    target targets targeted targeting offer offers offered offering provide provides provided
    allow allows allowed let lets focus focuses focused aim aims serve serves serving
    stand stands coined invented introduced popularised wrote written origin originate
    originated suppose supposed kindly concerning regarding tackle handle
    far next calculate calculates calculated calculating calculation compute computes computed
    cope copes risky play plays matter matters back come cause causes affect affects serious
    happened
    formula formulas equation equations analytics inventor inventors hold holds dose version
    critic critics mistake mistakes beginner beginners ignore ignores behind hard difficult
    checklist condition conditions requirement requirements evidence pays paid proof carry carried
    limits care pls plz bring brings brought become became long
    done versions fit fits fitting devised created creator
    sources source literature textbook textbooks author authors according
    erklare erklaren erklar bedeutet bedeutung definiere unterschied unterschiede vergleich
    vergleiche nachteile nachteil vorteile vorteil beispiel beispiele bitte funktioniert nennt
    explica explicar explique significa definicion diferencia diferencias compara comparar
    desventajas ventajas inconvenientes ejemplo ejemplos funciona
    expliquer explique expliquez signifie definition difference differences comparer comparez
    compare inconvenients avantages exemple exemples fonctionne"""
)


# Stems that stand for one another when a question is compared with a passage.
_GROUPS = """store:shop,outlet custom:consum,buyer,client,shopper,purchas technolog:develop,innov
phone:smartphon interact:internet,onlin,web factori:manufactur,plant,produc
cost:expens,cost,costli,cheap,cheapli area:neighborhood,district,local,place,vicin,town,villag
adapt:adjust,alter,modifi
adapt:tailor varieti:variat,vari option:choic,select dilut:damag,harm,hurt,weaken,blur,erod,dilut
rais:increas,rise,grow reduc:lower,decreas,cut,save measur:calcul,comput buy:bought,purchas
consent:permiss mail:email law:legal,law,regul loss:lose,lost cloth:apparel,garment,fashion
small:tini,littl doctor:physician,gp cafe:coffe shoe:footwear,sneaker,trainer
furnitur:cabinet,cupboard wish:want,prefer,desir,tast need:requir profit:earn,lucrat"""
_SYNONYMS = {
    other: group.split(":")[0]
    for group in _GROUPS.split()
    for other in group.split(":")[1].split(",")
}


# The stemmer would make one word of these and of what is made.
_BEFORE_STEMMING = {"production": "factori", "productions": "factori"}


@dataclass(frozen=True)
class Token:
    """A word of a text: as written, as compared, and whether it looks like a name."""

    text: str
    norm: str
    start: int
    end: int
    named: bool


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English stem of one folded word, after British and American spelling are made one.

    >>> stem("customization") == stem("customised") == stem("customise")
    True
    """
    import Stemmer

    # A cacheless stemmer of its own: PyStemmer objects may not be shared between threads.
    if word in _BEFORE_STEMMING:
        return _BEFORE_STEMMING[word]
    stemmed: str = Stemmer.Stemmer("english", 0).stemWord(one_spelling(word))
    return _SYNONYMS.get(stemmed, stemmed)


@lru_cache(maxsize=65536)
def one_spelling(word: str) -> str:
    """A folded word with -ise, -or and -er endings, so both spellings compare equal.

    >>> one_spelling("personalization"), one_spelling("colours"), one_spelling("size")
    ('personalisation', 'colors', 'size')
    """
    word = _OUR.sub("or", _ISE.sub("is", word))
    return {"centre": "center", "centres": "centers"}.get(word, word)


class _Word(NamedTuple):
    """What is always true of a word, wherever it stands."""

    norm: str
    named: bool
    empty: bool
    stem: str


@lru_cache(maxsize=65536)
def _word(text: str) -> _Word:
    norm = one_spelling(fold(_POSSESSIVE.sub("", text)))
    named = any(c.isdigit() for c in text) or (len(text) > 1 and text.isupper())
    return _Word(norm, named, _is_empty(text, norm), stem(norm) if norm else "")


def _words(text: str) -> Iterator[tuple[_Word, int, int, int]]:
    """The words of a text that have a norm; where each starts, with its article and ends."""
    for match in _TOKEN.finditer(text):
        whole = match.group()
        elided = _ELIDED.match(whole)
        known = _word(whole[elided.end() :] if elided else whole)
        if known.norm:
            start = match.start()
            yield known, start + (elided.end() if elided else 0), start, match.end()


def tokens(text: str) -> list[Token]:
    """The words of a text, in order.

    A token is `named` when it is capitalised inside a sentence, all capitals, or holds a digit.
    """
    found: list[Token] = []
    for known, start, outer, end in _words(text):
        named = known.named or (text[start].isupper() and not _opens(text, outer))
        found.append(Token(text[start:end], known.norm, start, end, named))
    return found


def content(text: str) -> list[str]:
    """The stems of a text's words that are neither function words nor a question's wrapping."""
    return [known.stem for known, *_ in _words(text) if not known.empty]


def stems(text: str) -> list[str]:
    """The stems of all words of a text, in order; function words stay, so phrases can be found."""
    return [known.stem for known, *_ in _words(text)]


@lru_cache(maxsize=4096)
def stem_set(text: str) -> frozenset[str]:
    """The stems of all words of a text; remembered, since the same notes are asked about."""
    return frozenset(stems(text))


def is_empty(token: Token) -> bool:
    """Whether a word says nothing about the subject; numbers and names always do."""
    return _is_empty(token.text, token.norm)


def _is_empty(text: str, norm: str) -> bool:
    word = text.casefold().replace("’", "'")
    empty = norm in STOP or norm in WRAPPING or word in STOP or word in WRAPPING
    return empty or (len(norm) == 1 and not norm.isdigit())


def _opens(text: str, place: int) -> bool:
    """Whether what stands at a place opens a sentence, quotes and emphasis before it aside."""
    while place and text[place - 1] in _ASIDE:
        place -= 1
    return not place or text[place - 1] in ".!?:\n"


def is_foreign(items: Iterable[Token]) -> bool:
    """Whether a text is German, French or Spanish, going by its function words.

    >>> is_foreign(tokens("Was ist der Unterschied?")), is_foreign(tokens("What is it?"))
    (True, False)
    """
    words = [token.norm for token in items]
    return sum(w in FOREIGN for w in words) > sum(w in ENGLISH for w in words)


def overlap(wanted: Iterable[str], have: Iterable[str]) -> float:
    """The share of `wanted` stems found in `have`, 0-1; 0 when nothing is wanted."""
    distinct = set(wanted)
    return len(distinct & set(have)) / len(distinct) if distinct else 0.0
