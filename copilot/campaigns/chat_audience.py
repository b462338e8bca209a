"""Whom a chat message is for, as a rule in the audience language."""

import re
from collections.abc import Sequence

from copilot.campaigns.chat_scan import FIRST, LAST, Scan
from copilot.campaigns.chat_words import LANGUAGES
from copilot.campaigns.check.amounts import stem
from copilot.campaigns.check.lexicon import number_pattern, number_words
from copilot.campaigns.check.view import folded

LAPSED_DAYS = 60
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_PEOPLE = (
    r"(?<!each )(?<!every )"
    r"(?:customers?|people|clients?|shoppers?|everyone|everybody|anyone|those|residents)"
)
_BUYS = r"(?:buys?|bought|likes?|loves?|drinks?|eats?|prefers?|ha(?:s|ve) bought)"


def read_audience(scan: Scan, places: Sequence[str], products: Sequence[str]) -> str | None:
    """The rule; parts said together must all hold. None when nobody is singled out."""
    rules = [
        *_places(scan, places),
        *_recency(scan),
        *_frequency(scan),
        *_spend(scan),
        *_languages(scan),
        *_buyers(scan, products),
    ]
    if not rules[1:]:
        return next(iter(rules), None)
    return " and ".join(f"({rule})" if " or " in rule else rule for rule in rules)


def _places(scan: Scan, places: Sequence[str]) -> list[str]:
    known = {folded(place): place for place in places}
    one = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True)) or r"(?!)"
    several = rf"(?P<p>(?:{one})(?:(?:,| and|, and| or| &) (?:{one}))*)"
    patterns = (
        rf"(?:only )?(?:(?:for|to) )?(?:(?:our|the|all) )?(?:{_PEOPLE} )?(?:who )?"
        rf"(?:live |living )?(?:in|near|from|around|for|to|of) {several}(?: {_PEOPLE})?(?: only)?",
        rf"{several} {_PEOPLE}(?: only)?",
        rf"only {several}",
        rf"{several} only",
    )
    for pattern in patterns:
        if found := scan.take(pattern):
            named = [known[each] for each in re.findall(rf"{FIRST}(?:{one}){LAST}", found[0]["p"])]
            return [_any_of(("neighbourhood", "city", "region"), named)]
    for unknown in re.finditer(
        rf"\b{_PEOPLE} (?:living )?(?:in|near|from) (?P<p>[A-Z][\w'-]+)", scan.raw
    ):
        if "\ue000" not in scan.low[unknown.start() : unknown.end()]:
            scan.problems.append(f"Which place? The customer data has no “{unknown['p']}”.")
            scan.cover(unknown.start(), unknown.end())
    return []


def _any_of(fields: Sequence[str], names: Sequence[str]) -> str:
    quoted = ["'" + name.replace("'", "''") + "'" for name in names]
    test = f"= {quoted[0]}" if not quoted[1:] else f"in ({', '.join(quoted)})"
    return " or ".join(f"{field} {test}" for field in fields)


def _recency(scan: Scan) -> list[str]:
    number = rf"(?P<n>\d+|{number_pattern('en')}|an?|one)?"
    unit = r"(?P<u>days?|weeks?|months?|years?)"
    who = rf"(?:(?:for|to) )?(?:our |the |all )?(?:{_PEOPLE} )?(?:who |that )?"
    us = r"(?: anything| from us| with us| in)?"
    bought = rf"(?:bought|purchased|ordered|visited|shopped|been|come){us}"
    not_yet = rf"(?:have not|haven't|has not|hasn't|did not|didn't) (?:{bought}|buy)"
    for found in scan.take(
        rf"{who}{not_yet} (?:for|in|since)(?: the)?(?: last| past)?(?: over| more than)?"
        rf" ?{number} ?{unit}"
    ):
        return [f"recency_days > {_count(found)}"]
    for found in scan.take(
        rf"{who}(?:have )?{bought} (?:in|within)(?: the)?(?: last| past) ?{number} ?{unit}"
    ):
        return [f"recency_days <= {_count(found)}"]
    if scan.take(
        rf"(?:(?:for|to) )?(?:our |the |all )?(?:lapsed|inactive|dormant)(?: {_PEOPLE})?"
        rf"|(?:(?:for|to) )?(?:our |the |all )?{_PEOPLE} who (?:have )?lapsed"
    ):
        scan.notes.append(f"“Lapsed” means no purchase for more than {LAPSED_DAYS} days.")
        return [f"recency_days > {LAPSED_DAYS}"]
    return []


def _frequency(scan: Scan) -> list[str]:
    number = rf"(?P<n>\d+|{number_pattern('en')})"
    found = scan.take(
        rf"(?:(?:for|to) )?(?:our |the |all )?{_PEOPLE} (?:who|that)"
        rf" (?:have )?(?:bought|ordered|visited) (?:at least )?{number} times(?: or more)?"
    )
    return [f"frequency >= {_number(found[0]['n'])}"] if found else []


def _spend(scan: Scan) -> list[str]:
    """What customers have spent in all, in the data's own currency."""
    found = scan.take(
        rf"(?:(?:for|to) )?(?:our |the |all )?{_PEOPLE} (?:who|that) (?:have )?(?:spent|spend)"
        r" (?P<c>over|more than|at least) [£$€]?(?P<n>\d+)(?![\d.,]*\d)(?: ?[£$€])?"
    )
    sign = {"at least": ">="}
    return [f"monetary {sign.get(each['c'], '>')} {each['n']}" for each in found[:1]]


def _languages(scan: Scan) -> list[str]:
    one = "|".join(LANGUAGES)
    found = scan.take(
        rf"(?:(?:for|to) )?(?:our |the |all )?(?:(?P<a>{one})[- ]speak(?:ing|ers)(?: {_PEOPLE})?"
        rf"|{_PEOPLE} (?:who|that) speak (?P<b>{one}))"
    )
    return [f"language = '{LANGUAGES[each['a'] or each['b']]}'" for each in found[:1]]


def _buyers(scan: Scan, products: Sequence[str]) -> list[str]:
    known = {_stems(name): name for name in products}
    lead = r"(?:(?:for|to) )(?:our |the |all )?"
    patterns = (
        rf"{lead}(?P<x>[\w-]+(?: [\w-]+){{0,3}}?) (?:buyers|lovers|drinkers|fans|eaters|customers)",
        r"(?P<x>[\w-]+) (?:buyers|lovers|drinkers|fans|eaters)",
        rf"(?:{lead})?{_PEOPLE} (?:who|that) {_BUYS} (?P<x>[\w-]+(?: [\w-]+){{0,3}})",
    )
    for pattern in patterns:
        for found in scan.find(pattern):
            typed = found["x"].split()
            for length in range(len(typed), 0, -1):
                name = known.get(_stems(" ".join(typed[:length])))
                if name:
                    end = found.start("x") + len(" ".join(typed[:length]))
                    scan.cover(found.start(), max(end, found.end() if length == len(typed) else 0))
                    return [_any_of(("favourite_category", "favourite_product"), [name])]
            if not found[0].endswith("customers"):
                scan.problems.append(f"Which product? The data has no “{typed[0]}”.")
                scan.cover(found.start(), found.start("x") + len(typed[0]))
                return []
    return []


def _stems(name: str) -> tuple[str, ...]:
    return tuple(stem(word, "en") for word in re.findall(r"[\w-]+", folded(name)))


def _count(found: re.Match[str]) -> int:
    return _number(found["n"] or "1") * _UNIT_DAYS[found["u"].rstrip("s")]


def _number(text: str) -> int:
    return int(text) if text.isdigit() else number_words("en").get(text, 1)
