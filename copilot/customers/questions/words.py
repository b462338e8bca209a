"""Words of questions about the data: tokens, plain singulars, numbers, and the fixed phrases."""

import re

from copilot.text import fold


def words(text: str) -> tuple[str, ...]:
    """The words of a space-separated list."""
    return tuple(text.split())


_NAMES = words("zero one two three four five six seven eight nine ten eleven twelve")
NUMBERS = {name: value for value, name in enumerate(_NAMES)} | {"once": 1, "twice": 2, "thrice": 3}
NUMBER = rf"(?:\d+(?:\.\d+)?|{'|'.join(NUMBERS)})"

# Nouns that name a grouping, as people write them, to the dimension they mean.
DIMENSIONS = {
    "region": "region|regions|county|counties",
    "city": "city|cities|town|towns",
    "neighbourhood": (
        "neighbourhood|neighbourhoods|neighborhood|neighborhoods|area|areas|district|districts"
        "|locality|localities"
    ),
    "postcode": "postcode|postcodes|post code|post codes|zip|zips|zip code|zip codes|postal code",
    "store": "store|stores|shop|shops|branch|branches|outlet|outlets",
    "product": "product|products",
    "category": "category|categories|product category|product categories",
    "brand": "brand|brands",
    "month": "month|months|calendar month",
    "weekday": "weekday|weekdays|day of the week|day of week|days of the week",
    "week": "week|weeks|calendar week",
    "quarter": "quarter|quarters",
    "year": "year|years|calendar year",
    "hour": "hour|hours|hour of the day|hour of day|hours of the day",
    "daypart": "daypart|dayparts|part of the day|time of day|times of day|parts of the day",
    "segment": "segment|segments|rfm segment|rfm segments|customer segment|customer segments",
    "lifecycle": (
        "lifecycle|life cycle|lifecycle stage|lifecycle stages|life cycle stage|stage|stages"
    ),
    "channel": "channel|channels",
    "campaign": "campaign|campaigns",
    "language": "language|languages",
    "customer": "customer|customers",
}
DIMENSION_OF = {word: name for name, nouns in DIMENSIONS.items() for word in nouns.split("|")}
CUSTOMERS = "customers|customer|people|clients|shoppers|households|buyers|persons"
BASKETS = "orders|order|transactions|baskets|purchases|visits|receipts"
STORE_NOUNS = frozenset(words("store stores shop shops branch outlet cafe market stall"))
BUY = (
    "bought|buy|buys|buying|purchased|purchase|ordered|ordering|shopped|shopping|visited|visit"
    "|spent on|made a purchase|placed an order|active"
)
FILLERS = frozenset(
    words(
        "the a an of in at on for do does did we have has had our us my i is are was were be been"
        " there please can could you tell me show give list what which who that with to from all"
        " total overall so far currently now altogether got get how it its their they any ,"
        " live lives living lived based located made make makes ever within"
        " come comes coming know see something anything id bring brings bringing"
    )
)

_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]|(?<!\w)['‘]([^'’‘]{2,}?)['’](?!\w)")
_TOKEN = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\w+|[^\w\s]")
_SILENT = frozenset("-–—?!.:;()[]£$€\"'’“”…")


def quoted(question: str) -> tuple[str, list[str]]:
    """The question with `quoted0`, `quoted1`… in place of quotations, and what they said."""
    said: list[str] = []

    def note(found: re.Match[str]) -> str:
        said.append(found.group(1) or found.group(2))
        return f" quoted{len(said) - 1} "

    return _QUOTED.sub(note, question), said


def tokens(text: str) -> list[str]:
    """Words, numbers, dates and signs that mean something, folded; percent signs as words.

    >>> tokens("What's Leeds' share (%) of gluten-free?")
    ['what', 'leeds', 'share', 'percent', 'of', 'gluten', 'free']
    """
    plain = re.sub(r"['’]s\b", "", fold(text)).replace("'", "").replace("’", "")
    plain = plain.replace("%", " percent ").replace("&", " and ").replace("_", " ")
    found = [token for token in _TOKEN.findall(plain) if token not in _SILENT]
    return [token.replace(",", "") if token[0].isdigit() else token for token in found]


def stem(word: str) -> str:
    """A form that a word shares with its plural; both sides of a comparison are stemmed.

    >>> stem("loaves") == stem("loaf"), stem("cherries") == stem("cherry")
    (True, True)
    """
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-2] if word.endswith(("ches", "shes", "xes", "sses", "oes")) else word[:-1]
    if len(word) > 3 and word.endswith("ie"):
        return word[:-2] + "y"
    return word[:-2] + "f" if len(word) > 3 and word.endswith("ve") else word


def number(text: str) -> float:
    """The number a NUMBER match says."""
    return float(NUMBERS.get(text, text))


def grammar_words() -> frozenset[str]:
    """Words with a meaning of their own in a question, which are never taken for part of a name."""
    phrases = "|".join([*DIMENSIONS.values(), CUSTOMERS, BASKETS, BUY])
    own = (
        "most least top best worst highest lowest average mean share percentage percent number many"
        " much count revenue sales sold sell sells spend spent spends rate response responses last"
        " first new never not no without since until before after between by per each every"
        " consent email sms more less than times time week weeks days year years only or and over"
        " under items item units speak speaks selling popular index indexes high low name names"
    )
    return frozenset({*words(phrases.replace("|", " ")), *words(own), *FILLERS, *NUMBERS})
