"""Words of a chat message that set a brief's plain fields: channels, level, languages, code …

Each reader takes what it understands out of the scan and returns None when nothing was said.
"""

import re
from typing import get_args

from copilot.campaigns.chat_scan import Scan
from copilot.campaigns.check.extract import extract_text
from copilot.campaigns.check.lexicon import number_words
from copilot.campaigns.check.view import MASK
from copilot.campaigns.wording import sentence
from copilot.records import Channel, Language, Level
from copilot.records.campaigns import Method

CHANNELS: dict[Channel, str] = {
    "email": r"e-?mails?(?: messages?)?|newsletters?",
    "sms": r"sms(?:es)?(?: messages?)?|text messages?|(?<!the )texts?",
    "whatsapp": r"whatsapps?(?: messages?)?",
    "push": r"push(?:es)?(?: notifications?| messages?)?(?! (?:our|the|a|an|for|more)\b)"
    r"|app notifications?",
    "social": r"social(?: media)?(?: posts?)?|(?:instagram|facebook)(?: posts?)?|(?<!by )posts?",
    "flyer": r"flyers?|fliers?|leaflets?|posters?|by post",
}
LANGUAGES: dict[str, Language] = {
    "english": "en",
    "german": "de",
    "french": "fr",
    "spanish": "es",
}
_OTHER_LANGUAGES = (
    "italian|portuguese|dutch|polish|turkish|arabic|chinese|japanese|russian|hindi|urdu|welsh"
    "|swedish|danish|greek|romanian|ukrainian|czech|hungarian|korean|norwegian|finnish|punjabi"
)
_PLACES = {
    "neighbourhood": r"neighbou?rhoods?|districts?|areas?|quarters?|suburbs?",
    "city": r"city|cities|towns?",
    "region": r"regions?|count(?:y|ies)",
    "postcode": r"post ?codes?|postal codes?|zip ?codes?|zips?",
    "store": r"stores?|shops?|branch(?:es)?|locations?",
}
_PERSON = r"(?:customers?|persons?|clients?|shoppers?|recipients?|subscribers?|members?|readers?)"
_COPIES = r"(?:campaigns?|e-?mails?|messages?|texts?|sms|letters?|notes?|copy|newsletters?)"
_EACH = (
    r"(?:(?:one|separately) )?(?:for|to)? ?(?:each|every|per)(?: single)?(?: of our)?(?: one)?"
    r"|by|for all(?: of)?(?: our| the)?"
)
_TONES = (
    "friendly|friendlier|warm|warmer|formal|informal|casual|playful|funny|serious|professional"
    "|urgent|polite|cheerful|calm|plain|relaxed|upbeat|neutral|chatty|cheeky|elegant|simple"
)
_NO_CODE = frozenset(
    re.findall(
        r"\S+",
        """
    a an and any are as at be because been before but by can for from get give goes has have
    if in instead into is it later means must need needed no not of off on only or please
    redeem required should so that the their them then there this to today until use valid we
    when which will with word work works would you your s
    """,
    )
)
_MOST_VARIANTS = 5


def read_code(scan: Scan) -> str | None:
    """The code; an empty text when the message wants none."""
    if scan.take(
        r"(?:without|no|drop|remove|delete|skip|not)(?: (?:a|any|the|that|needing a))?"
        r"(?: (?:discount|promo|voucher))? codes?(?: (?:needed|required|necessary))?"
    ):
        return ""
    joint = r"(?:\s+(?:is|to|will be|should be|being|called|now)\b)*\s*[:=]?\s*[\"']?"
    lead = r"(?:(?:and|with|use|using|quote|change|the|a|discount|promo|voucher|coupon)\s+)*"
    named = scan.find(rf"{lead}(?:code|voucher|coupon|keyword){joint}(?P<c>\w[\w-]+)[\"']?")
    for found in named:
        if found["c"] not in _NO_CODE:
            scan.cover(found.start(), found.end())
            return scan.text(found, "c")
    loud = (
        r"\b(?:(?:with|use|using|quote|enter|mention)\s+)(?P<c>[A-Z][A-Z0-9-]{3,})\b",
        r"(?<![\w-])(?P<c>(?![A-Z]{1,2}\d{1,2}[A-Z]?\b)(?=[A-Z]*\d)[A-Z][A-Z0-9]{3,})(?![\w-])",
    )
    for pattern in loud:
        for token in re.finditer(pattern, scan.raw):
            if not any(re.fullmatch(each, token["c"].lower()) for each in CHANNELS.values()):
                scan.cover(token.start(), token.end())
                return token["c"]
    if scan.find(r"(?:a|the|with|using|discount|promo|voucher) (?:\w+ )?codes?"):
        scan.problems.append("Which code? Say for example: the code is CRUST15.")
    return None


def read_facts(scan: Scan) -> tuple[str, ...] | None:
    """What is to be mentioned, as sentences; a sentence with a discount is left for the offer."""
    lead = (
        r"(?:(?:please|also|and|should|do)\s+)*(?:mention(?:s|ing)?|say(?:s|ing)?"
        r"|tell(?:s|ing)? (?:them|everyone|people|customers)|stat(?:e|es|ing)"
        r"|announc(?:e|es|ing)|point(?:s|ing)? out|add|include|with)(?: the fact)? that\s+"
    )
    body = rf"(?P<f>[^{MASK}\n;]+?)(?=[.!?](?:\s|$)|;|\n|{MASK}|$)"
    facts: list[str] = []
    for found in re.finditer(rf"(?<!\w)(?:{lead}|(?:facts?|mention): ?){body}", scan.low):
        said = scan.text(found, "f")
        if any(span.kind == "discount" for span in extract_text(said, "en")):
            continue
        scan.cover(found.start(), found.end())
        said = re.sub(r"[\s,]+(?:and|with|use|using|the)$", "", said)
        facts += [sentence(each) for each in re.split(r",? and that ", said) if each]
    return tuple(facts) or None


def read_goal(scan: Scan) -> str | None:
    """The stated goal."""
    pattern = (
        r"(?:(?:our|the|my)\s+)?(?:goal|aim|objective|purpose)(?: is|:)(?: to)? (?P<g>[^.,;\n]+)"
    )
    found = scan.take(pattern)
    return scan.text(found[0], "g") if found else None


def read_purpose(scan: Scan) -> str | None:
    """A goal said in passing: `to bring back regulars`; read after dates and terms."""
    verbs = (
        "bring|win|reward|thank|celebrate|encourage|drive|boost|attract|increase|fill|clear"
        "|reactivate|re-?engage|remind|raise|get (?:people|them|customers|regulars|more)"
    )
    found = scan.take(
        rf"(?:in order |so as )?to (?P<g>(?:{verbs})\b"
        rf"(?:(?! (?:with|by|using|and) )[^.,:;!?%\d\n{MASK}])*)"
    )
    return scan.text(found[0], "g") if found else None


def read_tone(scan: Scan) -> str | None:
    """The tone: `a friendly tone`, `keep it warm`, `tone: formal`."""
    patterns = (
        r"(?:the )?tone(?: of voice)?(?: is| should be|:) (?P<t>[a-z]+(?: and [a-z]+)?)",
        r"(?:(?:in|with|use|using|keep|a|an|the)\s+)*(?P<t>[a-z]+(?:(?:, | and |, and )[a-z]+)?)"
        r" (?:tone|voice|style)(?: of voice)?",
        rf"(?:make|keep|sound|be|should be)(?: it| them)?(?: more| a bit| very)?"
        rf" (?P<t>(?:{_TONES})(?: and (?:{_TONES}))?)",
    )
    for pattern in patterns:
        if found := scan.take(pattern):
            return scan.text(found[0], "t").lower()
    return None


def read_variants(scan: Scan) -> int | None:
    """How many versions, 1 to 5."""
    if scan.take(r"(?:as an? |an? |with an? )?a ?/ ?b(?: tests?| testing| versions?| variants?)?"):
        return 2
    found = scan.take(
        r"(?:in |with |only |just )?(?P<n>\d+|[a-z]+)(?: different)?"
        r" (?:versions?|variants?|variations?|alternatives?)(?: each| of (?:it|each))?"
    )
    for each in found:
        number = int(each["n"]) if each["n"].isdigit() else number_words("en").get(each["n"], 0)
        if each["n"] in {"one", "single"}:
            number = 1
        if 1 <= number <= _MOST_VARIANTS:
            return number
        if number:
            scan.problems.append(f"How many versions? {number} is not possible; 1 to 5 are.")
    return None


def read_languages(scan: Scan) -> tuple[tuple[Language | str, ...], bool] | None:
    """The languages, and whether they are added to those there are."""
    own = (
        r"(?:each|every|the|their|its)(?: customer'?s?'?| reader'?s?'?| place'?s?)?(?: own| local)?"
    )
    if scan.take(rf"in {own} languages?|in (?:the )?(?:local|own) languages?"):
        return ("local",), False
    one = "|".join(LANGUAGES)
    several = rf"(?P<l>(?:{one})(?:(?:,| and|, and| or| &) (?:in )?(?:{one}))*)"
    copy = r"(?:e-?mails?|sms|texts?|versions?|copy|messages?)"
    patterns = (
        rf"(?P<also>(?:also|and|add|plus) )?(?:only )?in (?:both )?{several}"
        r"(?: only| too| as well)?",
        rf"(?P<also>add )(?:an? )?{several}(?: versions?)?",
        rf"{several}(?= {copy}(?!\w))",
    )
    for pattern in patterns:
        if found := scan.take(pattern):
            said = dict.fromkeys(LANGUAGES[name] for name in re.findall(one, found[0]["l"]))
            return tuple(said), bool(found[0].groupdict().get("also"))
    for found_other in scan.take(rf"in (?P<o>{_OTHER_LANGUAGES})"):
        named = ", ".join(name.title() for name in LANGUAGES)
        scan.problems.append(
            f"Which language? {scan.text(found_other, 'o')} cannot be written yet; {named} can."
        )
    return None


def read_level(scan: Scan) -> tuple[Level, str | None] | None:
    """How fine to go, and by what."""
    for by, names in _PLACES.items():
        several = rf"(?:{_EACH}) (?:{names})|{names.split('|')[0]} by {names.split('|')[0]}"
        if scan.take(several):
            _drop_personal(scan)
            return "local", by
    if scan.take(rf"local(?:i[sz]ed)? {_COPIES}|mass[- ]locali[sz](?:ed|ation)"):
        return "local", "neighbourhood"
    if found := scan.take(
        rf"(?:{_EACH}) (?:customer )?(?P<s>rfm |lifecycle )?(?:segments?|stages?)"
        rf"|segment(?:ed)? {_COPIES} by (?P<t>rfm|lifecycle)"
    ):
        named = " ".join(text for text in found[0].groups() if text)
        return "segment", "lifecycle" if "lifecycle" in named else "rfm"
    each = rf"(?:(?:for|to) )?(?:each|every)(?: single| of our| one of our)* {_PERSON}"
    per = rf"(?<!one )(?<!only )per {_PERSON}|one (?:per|for each) {_PERSON} instead"
    if scan.take(rf"{each}(?! in )|{per}") or _drop_personal(scan):
        return "individual", "neighbourhood"
    if found := scan.find(rf"{each}(?= in )"):
        scan.cover(found[0].start(), found[0].end() - len("customer"))
        return "individual", "neighbourhood"
    everybody = r"(?:everyone|everybody|all(?: of)?(?: our| the)? customers|all)"
    copy = r"(?:message|copy|text|version|e-?mail)"
    if scan.take(
        rf"(?:just |only )?(?:the same|one)(?: single)?(?: {copy})? (?:for|to) {everybody}"
        rf"|(?:for|to) {everybody}(?! (?:who|in|that)\b)|mass(?: mailing| campaign| e-?mail)"
    ):
        return "mass", None
    return None


def read_method(scan: Scan) -> Method | None:
    """Whether every customer's message is put together anew or from checked options."""
    alone = r"(?=\s*(?:[,;.!]|$))"
    method: Method
    for method in get_args(Method):
        if scan.take(rf"(?:fully )?{method}(?:(?= {_COPIES})|{alone})"):
            return method
    return None


def _drop_personal(scan: Scan) -> bool:
    return bool(
        scan.take(
            r"(?:fully )?personali[sz]e[ds]?|individual(?:ly|i[sz]ed)?"
            rf"|personal(?= {_COPIES})|mass[- ]customi[sz](?:ed|ation)"
        )
    )


def read_channels(scan: Scan, before: tuple[Channel, ...]) -> tuple[Channel, ...] | None:
    """The channels, in the order said; `add` and `drop` change those there were before."""
    alike = "|".join(f"(?:{each})" for each in CHANNELS.values())
    gone: list[str] = []
    away = (
        rf"(?:no|not|drop|remove|without|instead of|rather than)(?: the| by| an?)? (?P<c>{alike})"
    )
    for found in scan.take(away):
        gone += [name for name, pattern in CHANNELS.items() if re.fullmatch(pattern, found["c"])]
    more = bool(scan.find(rf"(?:add|also|plus)(?: by| as| an?| the| send)? (?:{alike})")) or bool(
        scan.find(rf"(?:{alike}) (?:too|as well)")
    )
    said: list[tuple[int, Channel]] = []
    for name in get_args(Channel):
        said += [(found.start(), name) for found in scan.take(CHANNELS[name])]
    named = tuple(dict.fromkeys(name for _, name in sorted(said)))
    if not named and not gone:
        return None
    start = before if more or not named else ()
    kept = tuple(name for name in dict.fromkeys((*start, *named)) if name not in gone)
    if not kept:
        scan.problems.append("Which channel? Without that one there is none left.")
        return None
    return kept
