"""What people type beside the question: greetings, short forms, and slips of the finger."""

import re
from functools import cache

from copilot.customers.questions import rules
from copilot.customers.questions.periods import MONTHS
from copilot.customers.questions.values import Vocabulary
from copilot.customers.questions.words import grammar_words, stem, words

_COURTESY = (
    r"^ (?:(?:hi|hello|hey|dear|good morning|good afternoon|morning|ok|okay|so|well|right"
    r"|right then|there|team|all|copilot|quick question|just wondering|just curious|sorry|um"
    r"|actually"
    r"|as a quick check) ,? ?)+(?=\S)",
    r"^ (?:(?:can|could|would|will) you (?:please |kindly |just |quickly )*"
    r"(?:tell|show|give|find|check|work out|calculate|compute|get|pull|let)(?: out| up)?"
    r"(?: (?:me|us))?(?: know)?|please (?:tell|show|give) (?:me|us)"
    r"|(?:i would|id|i d|we would|wed) (?:like|love) (?:to (?:know|see)|you to tell me)"
    r"|i (?:want|need) to (?:know|see)|i was wondering|i wonder|im wondering|do you know|any idea"
    r"|tell me|show me|give me|find out|let me know|remind me|calculate|compute|work out"
    r"|what about you telling me)(?: ,)?(?= )",
    r" (?:please|pls|plz|kindly|thanks|thank you|thx|cheers|ta|many thanks|if you can|if possible"
    r"|for me|ever|exactly please|in total please|then|again please|mate|roughly|asap)(?: so much"
    r"| in advance| a lot)?(?=(?: ,)? $)",
    r" (?:please|pls|plz)(?= )",
)
_SHORT = {
    "hw": "how",
    "hwo": "how",
    "mny": "many",
    "whats": "what is",
    "whos": "who is",
    "hows": "how is",
    "wheres": "where is",
    "rev": "revenue",
    "revs": "revenue",
    "avg": "average",
    "ave": "average",
    "av": "average",
    "med": "median",
    "custs": "customers",
    "cust": "customer",
    "prods": "products",
    "cats": "categories",
    "pct": "percent",
    "perc": "percent",
    "qty": "quantity",
    "nr": "number",
    "num": "number",
    "cant": "can not",
    "havent": "have not",
    "hasnt": "has not",
    "didnt": "did not",
    "dont": "do not",
    "doesnt": "does not",
    "wknd": "weekend",
    "wknds": "weekends",
    "txt": "text",
    "mo": "month",
    "yr": "year",
    "neighbor": "neighbour",
}
_PHRASES = (
    (r" no of(?= )", " number of"),
    (r" (?:of )?number of number of(?= )", " number of"),
    (r" how many of our(?= )", " how many"),
    (
        r" (?:opted in|opt in|subscribed|signed up)(?: (?:to|for|into))?"
        r"(?= (?:email|emails|sms|text|texts|whatsapp|push) )",
        " opted in to",
    ),
    (
        r" language (?:mix|split|breakdown|distribution)(?: of| for| among)?(?= )"
        r"(?: (?:our|my|the|all))*(?: customers)?",
        " customers by language",
    ),
    (
        r"(?: (?:what|which)) languages? do (?:our |my |the )?customers speak(?= )",
        " customers by language",
    ),
    (
        r" proportion of (?P<m>sales|revenue|turnover)"
        r" (?:is|are|was|were|comes? from|came from)(?= )",
        r" share of \g<m> from",
    ),
    (r" percent of(?= )", " share of"),
    (r" (?:are |is )?on (?:our|the) (?:books|list|file|database|mailing list)(?= )", " "),
    (r" (?:either|both of) (?=\S+(?: \S+)? or )", " "),
    (r"^ (?:break|split) (?P<m>.+?)(?: down)? by ", r" \g<m> by "),
    (r" (?:a |the )?(?:breakdown|split) of (?=.* by )", " "),
    (
        r" (?P<u>month|week|quarter|year)ly (?P<m>revenue|sales|turnover|takings|orders)(?= )",
        r" \g<m> by \g<u>",
    ),
    (r" reach(?= (?:by|on|via) )", " contact"),
)
_LETTERS = 5


def plain(spoken: list[str], vocabulary: Vocabulary) -> list[str]:
    """The tokens without greetings and thanks, short forms written out unless they are names."""
    full = (w if stem(w) in vocabulary.words else _SHORT.get(w, w) for w in spoken)
    text = f" {' '.join(full)} "
    for pattern in _COURTESY:
        text = re.sub(pattern, " ", text)
    for pattern, instead in _PHRASES:
        text = re.sub(pattern, instead, text)
    return text.split()


@cache
def known_words() -> frozenset[str]:
    """Every word that the grammar has a use for."""
    found = set(grammar_words()) | set(MONTHS)
    for value in vars(rules).values():
        found |= set(re.findall(r"(?<![\\<])[a-z]{4,}", str(value))) if _is_rule(value) else set()
    extra = words("compare compared versus between growth change changed weekend weekends please")
    return frozenset(found | set(extra) | set(rules.WEEKDAYS))


def _is_rule(value: object) -> bool:
    return isinstance(value, str | tuple | dict) and not hasattr(value, "__module__")


def mend(
    spoken: list[str], question: str, vocabulary: Vocabulary
) -> tuple[list[str], dict[str, str]]:
    """The tokens with slips of one letter mended, and what was mended.

    Only words of five letters or more that mean nothing here, are no part of a name, are not
    written like one (`Customs`) and are one slip from exactly one word of the grammar.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = known_words()
    candidates = [word for word in known if len(word) >= _LETTERS]
    mended: dict[str, str] = {}
    for word in dict.fromkeys(spoken):
        if len(word) < _LETTERS or not word.isalpha() or word in known:
            continue
        if stem(word) in vocabulary.words or word in vocabulary.languages:
            continue
        if _like_a_name(word, question):
            continue
        hits = process.extract(
            word, candidates, scorer=OSA.distance, score_cutoff=1, limit=None, processor=None
        )
        near = [hit[0] for hit in hits if _is_slip(word, hit[0])]
        if len({stem(c) for c in near}) == 1:
            mended[word] = min(near, key=lambda c: (c.endswith("s") != word.endswith("s"), c))
    return [mended.get(word, word) for word in spoken], mended


def _is_slip(word: str, meant: str) -> bool:
    """A letter too many, too few, or two swapped; another letter makes another word (stopped)."""
    return len(word) != len(meant) or sorted(word) == sorted(meant)


def _like_a_name(word: str, question: str) -> bool:
    found = re.search(rf"\b{re.escape(word)}\b", question, re.I)
    if not found or not found.group()[0].isupper() or question.isupper():
        return False
    return bool(question[: found.start()].strip())
