"""Words of a chat message that set a brief's plain fields: code, facts, goal, tone, link.

Each reader takes what it understands out of the scan and returns None when nothing was said.
"""

import re

from copilot.campaigns.chatting.clauses import main_clause
from copilot.campaigns.chatting.offer import amounts
from copilot.campaigns.chatting.scan import Scan
from copilot.campaigns.chatting.speech import LANGUAGES, speech
from copilot.campaigns.check.extract import extract_text
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK
from copilot.campaigns.composing.wording import sentence
from copilot.records import Emoji, Formality, Language

_URL = r"(?P<u>https?://[^\s,;\"]+[^\s,;.!?\"])"
_LOUD_CODE = r"(?<![\w-])(?P<c>(?![A-Z]{1,2}\d{1,2}[A-Z]?\b)(?=[A-Z]*\d)[A-Z][A-Z0-9]{3,})(?![\w-])"
_IS_LOUD = re.compile(r"[A-Z0-9ÄÖÜÉÈÑÇ][A-Z0-9ÄÖÜÉÈÑÇ_-]+|\w*\d[\w-]*")


def read_url(scan: Scan) -> str | None:
    """The link."""
    leads = "|".join(pattern for voice in scan.voices for pattern in voice.patterns["link"])
    found = re.search(rf"(?i)(?:{leads}){_URL}", scan.raw)
    if not found:
        return None
    scan.cover(found.start(), found.end())
    return found["u"]


def read_action(scan: Scan) -> str | None:
    """What the link says: `button "Order now"`."""
    found = scan.took("action")
    if found is None:
        return None
    return next(scan.text(found, name) for name, said in found.groupdict().items() if said)


def read_code(scan: Scan) -> str | None:
    """The code; an empty text when the message wants none."""
    if scan.took("code_none"):
        return ""
    for voice in scan.voices:
        for pattern in voice.patterns["code"]:
            for found in scan.find(pattern):
                said = scan.text(found, "c")
                refused = re.fullmatch(voice.patterns["code_not"][0], found["c"])
                if not refused and (voice.language == "en" or _IS_LOUD.fullmatch(said)):
                    scan.cover(found.start(), found.end())
                    return said
    if loud := _loud(scan):
        return loud
    if scan.has("code_asked"):
        scan.problems.append(scan.say("need_code"))
    return None


def _loud(scan: Scan) -> str | None:
    """A code that nobody called one: capitals after "use", or capitals with digits."""
    leads = "|".join(voice.patterns["code_loud"][0] for voice in scan.voices)
    channels = [each for voice in scan.voices for each in voice.channels.values()]
    for pattern in (rf"\b(?i:{leads})\s+(?P<c>[A-Z][A-Z0-9-]{{3,}})\b", _LOUD_CODE):
        for token in re.finditer(pattern, scan.raw):
            free = MASK not in scan.low[token.start() : token.end()]
            if free and not any(re.fullmatch(each, token["c"].lower()) for each in channels):
                scan.cover(token.start(), token.end())
                return token["c"]
    return None


def read_facts(scan: Scan, *, following: bool = False) -> tuple[str, ...] | None:
    """What is to be mentioned, as sentences; a sentence with a discount is left for the offer.

    `following` says that there is a brief with its offer already.
    """
    facts: list[str] = []
    for voice in scan.voices:
        lead, language = voice.patterns["fact"][0], voice.language
        body = rf"(?P<f>[^{MASK}\n;]+?)(?=[.!?](?:\s|$)|;|\n|{MASK}|$)"
        for found in re.finditer(rf"(?<!\w)(?:{lead}){body}", scan.low):
            said = scan.text(found, "f")
            if _is_offer(scan, found, language, following=following):
                continue
            _cover_fact(scan, found)
            said = re.sub(rf"(?i)[\s,]+{voice.patterns['fact_tail'][0]}$", "", said)
            for each in re.split(voice.patterns["fact_joint"][0], said):
                facts += _fact(scan, each, language, plain=":" in found[0][: -len(found["f"])])
    return tuple(facts) or None


def _is_offer(scan: Scan, found: re.Match[str], language: Language, *, following: bool) -> bool:
    """Whether a sentence to mention is the offer itself: it takes something off, or gives
    something away where nothing else is offered."""
    said = [each for each in extract_text(scan.text(found, "f"), language) if _cuts(each)]
    if not said:
        return False
    if any(not each.values[0].startswith("free ") for each in said):
        return True
    start, end = found.span("f")
    others = [each for each in amounts(scan, language) if not start <= each.start < end]
    return not following and not others


def _cuts(span: Span) -> bool:
    return span.kind == "discount"


def _fact(scan: Scan, said: str, language: Language, *, plain: bool) -> list[str]:
    """The sentence, as a list; none when it cannot be told where its verb belongs."""
    if language != "de" or plain:
        return [sentence(said)] if said else []
    turned = main_clause(said)
    if turned is None:
        scan.problems.append(scan.say("need_fact", text=said))
    return [sentence(turned)] if turned else []


def _cover_fact(scan: Scan, found: re.Match[str]) -> None:
    """What stands between the verb and its "that" is left: it may name a channel."""
    start, end = found.span("gap") if "gap" in found.re.groupindex else (-1, -1)
    if start < 0:
        start = end = found.start()
    scan.cover(found.start(), start)
    scan.cover(end, found.end())


def read_goal(scan: Scan) -> str | None:
    """The stated goal."""
    found = scan.took("goal")
    return scan.text(found, "g") if found else None


def read_purpose(scan: Scan) -> str | None:
    """A goal said in passing: `to bring back regulars`; read after dates and terms."""
    found = scan.took("purpose")
    return scan.text(found, "g") if found else None


def read_tone(scan: Scan) -> str | None:
    """The tone: `a friendly tone`, `keep it warm`, `tone: formal`."""
    found = scan.took("tone")
    return scan.text(found, "t").lower() if found else None


def read_formality(scan: Scan) -> dict[Language, Formality] | None:
    """How readers are addressed, by the language that the words belong to: `per Sie`, `tutoyer`."""
    found: dict[Language, Formality] = {}
    for language in LANGUAGES:
        forms: tuple[Formality, ...] = ("formal", "informal")
        for form in forms:
            if any(bool(scan.take(each)) for each in speech(language).patterns[form]):
                found[language] = form
    return found or None


def read_emoji(scan: Scan) -> Emoji | None:
    """How many emojis are wanted."""
    wishes: tuple[Emoji, ...] = ("never", "free", "sparing")
    return next((each for each in wishes if scan.took(f"emoji_{each}")), None)
