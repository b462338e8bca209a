"""The offer, whole and unchanged: what it is off, its code, its last day, its terms."""

import functools
import re
from collections.abc import Iterator, Sequence

from copilot.campaigns.check.amounts import stem
from copilot.campaigns.check.book import vocabulary
from copilot.campaigns.check.finding import Case, Text, missing
from copilot.campaigns.check.lexicon import Lexicon, concepts, lexicon, words
from copilot.campaigns.check.resolve import states_day
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK, folded
from copilot.campaigns.composing.spoken import offer_for, written_in
from copilot.records import Finding, Language, Offer

_ORIGIN = "brief.offer"
_CLAUSE = re.compile(r"[,;.]\s+|\s+(?:and|und|et|y)\s+")
_ENOUGH = 0.5
_TARGET = 60
_BEFORE = 40
_NEAR = 5
_EVERY = re.compile(r"(?:all|alle[nrs]?|samtliche\w*|tou(?:s|tes)|tod[oa]s)(?!\w)")
_OFF = (
    *("off", "rabatt", "nachlass", "remise", "reduction", "descuento", "rebaja", "euros?"),
    *("auf", "sur", "en", "les", "los", "las", "den", "die", "das", "for", "de"),
)


def offer_whole(text: Text, spans: Sequence[Span], case: Case) -> Iterator[Finding]:
    """What of the offer the text leaves out: its amount, code, last day and terms."""
    offers = _offers(case)
    if not offers:
        return
    offer = offers[0]
    amounts = {v for each in offers for s in _offer_spans(each, case) for v in s.values}
    said = {value for span in spans for value in span.values}
    plain = re.sub(r"\s+", " ", text.low)
    whole = any(folded(each.text).rstrip(".") in plain for each in offers)
    if amounts and not amounts & said and not whole:
        yield missing(
            "offer.missing",
            f"The message does not state the offer “{offer.text}”.",
            origin=_ORIGIN,
            fix=f"Say: {offer.text}.",
        )
    if offer.code and not re.search(rf"(?<!\w){re.escape(offer.code)}(?!\w)", text.view.raw):
        yield missing(
            "offer.code",
            f"The code {offer.code} is missing.",
            origin=f"{_ORIGIN}.code",
            fix=f"Say the code {offer.code}.",
        )
    today = case.assignment.today
    if offer.ends and not any(
        states_day(span, offer.ends, today) for span in spans if span.kind == "date"
    ):
        yield missing(
            "offer.ends",
            f"The message does not say that the offer ends on {offer.ends}.",
            origin=f"{_ORIGIN}.ends",
            fix="Say the last day of the offer.",
        )
    unsaid = (
        [clause for clause in _clauses(each.terms or "") if not _says(text, spans, clause, case)]
        for each in offers
    )
    for clause in min(unsaid, key=len):
        yield missing(
            "offer.terms",
            f"The condition “{clause}” is missing.",
            origin=f"{_ORIGIN}.terms",
            fix=f"Say: {clause}.",
            hold=not case.fragment,
        )


def offer_scope(text: Text, spans: Sequence[Span], case: Case) -> Iterator[Finding]:
    """Blocks a discount that is said to be off something else than the brief says."""
    offers = _offers(case)
    if not offers:
        return
    offer = offers[0]
    given = {v for each in offers for span in _offer_spans(each, case) for v in span.values}
    for span in spans:
        if span.kind != "discount" and not (span.kind == "price" and span.relation == "off"):
            continue
        start, end = _target(text.low, span.end, case.lex)
        if span.values[0].split()[0] == "free":
            if span.values[0] not in given:
                continue
            start, end = _bought(text, span, case.lex)
        if span.values[0].startswith("deal "):
            start, end = _deal_target(text.low, span, spans, case.lex) or (start, end)
        target = text.low[start:end]
        wrong = _wrong_target(target, offer, case)
        before = text.rest[max(0, span.start - _BEFORE) : span.start]
        if not wrong and (broad := _broad_before(before, offer, case)):
            wrong, start, end = broad, span.start, span.end
        if wrong:
            yield text.block(
                "offer.scope",
                start,
                end,
                f"The offer is “{offer.text}”, not off “{wrong}”.",
                origin=f"{_ORIGIN}.text",
                fix=f"Say: {offer.text}.",
            )


def offer_reach(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks "also valid on …" where what follows is everything, or something else that is sold."""
    offers = _offers(case)
    if not offers:
        return
    offer, allowed, sold = offers[0], "", set[str]()
    offered = set[str]()
    for each in offers:
        language = _offer_language(each, case)
        offered |= {stem(word, language) for word in vocabulary([each.text, each.terms or ""])}
        sold |= _sold_stems(case, language)
        allowed = f"{allowed} {folded(each.text)}"
    sold -= offered
    for found in words(case.lex.applies).finditer(text.low):
        target = text.low[found.end() : found.end() + _TARGET].lstrip()
        said = re.split(r"[.,;:!?()\n]", target)[0]
        broad = words(*case.lex.broad).match(said)
        wide = broad and broad[0] not in allowed
        others = {stem(w, language) for w in re.findall(r"[^\W\d_]+", said)[:4]} & sold
        if wide or others:
            yield text.block(
                "offer.scope",
                found.start(),
                found.end() + len(said),
                f"The offer is “{offer.text}” and nothing else.",
                origin=f"{_ORIGIN}.text",
                fix=f"Say: {offer.text}.",
            )


def _offers(case: Case) -> tuple[Offer, ...]:
    """The offer as a message in its language states it, and as the brief does; none without one."""
    brief = case.assignment.brief
    said = offer_for(brief, case.lex.language)
    return () if said is None or brief.offer is None else tuple(dict.fromkeys((said, brief.offer)))


def _offer_spans(offer: Offer, case: Case) -> list[Span]:
    from copilot.campaigns.check.extract import extract_text

    language = _offer_language(offer, case)
    kinds = {"discount", "price"}
    return [span for span in extract_text(offer.text, language) if span.kind in kinds]


def _offer_language(offer: Offer, case: Case) -> Language:
    named = (each for each in case.assignment.brief.languages if each != "local")
    return written_in(offer.text, next(named, "en"))


def _clauses(terms: str) -> list[str]:
    return [clause.strip(" .,;") for clause in _CLAUSE.split(terms) if clause.strip(" .,;")]


def _says(text: Text, spans: Sequence[Span], clause: str, case: Case) -> bool:
    """Whether a condition is in the text: word for word, or its values and its sense."""
    from copilot.campaigns.check.extract import extract_text

    plain = re.sub(r"\s+", " ", text.low)
    if folded(clause) in plain:
        return True
    named = next((each for each in case.assignment.brief.languages if each != "local"), "en")
    language = written_in(clause, named)
    spoken = extract_text(clause, language)
    values = [span.values for span in spoken if span.kind != "claim"]
    said = {value for span in spans for value in span.values}
    if not all(said & set(each) for each in values):
        return False
    asked = concepts(folded(clause), language)
    if asked:
        return (asked - {"only", "order"} or asked) <= concepts(plain, case.lex.language)
    return bool(values) or _overlaps(clause, plain, language)


def _overlaps(clause: str, plain: str, language: Language) -> bool:
    stops = set(lexicon(language).stop_words)
    wanted = {stem(word, language) for word in vocabulary([clause]) if word not in stops}
    there = {stem(word, language) for word in vocabulary([plain])}
    return not wanted or len(wanted & there) >= _ENOUGH * len(wanted)


def _target(low: str, end: int, lex: Lexicon) -> tuple[int, int]:
    """The words that say what a discount is off: after "off" up to the next bound."""
    after = re.compile(rf" *(?:{_plain(lex.target_after)})(?!\w) *").match(low, end)
    if not after:
        return end, end
    window = low[after.end() : after.end() + _TARGET]
    stop = re.search(
        rf"[.,;:!?()\n{MASK}\"£€$%\d]| - |(?<!\w)(?:{_plain(lex.target_stop)})(?!\w)", window
    )
    return after.end(), after.end() + (stop.start() if stop else len(window))


def _bought(text: Text, span: Span, lex: Lexicon) -> tuple[int, int]:
    """What must be bought for a gift: "free coffee with any cake"; empty when not said here."""
    clause = re.split(r"[.,;:!?()\n]", text.low[span.end : span.end + _TARGET])[0]
    found = words(lex.gift_with).search(clause)
    if not found:
        return span.end, span.end
    start = span.end + found.end()
    stop = words(_plain(lex.target_stop)).search(clause, found.end() + 1)
    return start, span.end + (stop.start() if stop else len(clause))


def _deal_target(
    low: str, span: Span, spans: Sequence[Span], lex: Lexicon
) -> tuple[int, int] | None:
    """What a deal is on: named inside it ("buy one latte and get one free") or after it."""
    inside = re.match(
        r"buy[- ](?:one|1|an?|any) (?P<w>(?!get|and)[^,]+?),?(?: and| &)? get ",
        low[span.start : span.end],
    )
    if inside:
        return span.start + inside.start("w"), span.start + inside.end("w")
    start, end = _target(low, span.end, lex.model_copy(update={"target_after": lex.deal_after}))
    dated = any(s.kind in {"date", "time"} and start <= s.start <= start + _NEAR for s in spans)
    return None if dated or start == end else (start, end)


def _wrong_target(target: str, offer: Offer, case: Case) -> str:
    """The target, when it is not the offer's."""
    low, plain = folded(offer.text), target.strip()
    for name in (case.assignment.brief.brand.name, case.assignment.unit.place):
        plain = re.sub(rf"(?<!\w){re.escape(folded(name))}(?!\w)", "", plain).strip() or plain
    if not plain or plain in low:
        return ""
    broad = words(*case.lex.broad).match(plain)
    if broad and broad[0] not in low and (broad[0] != "all" or plain == "all"):
        return plain
    language = _offer_language(offer, case)
    lex = case.lex
    said = [word for word in re.findall(r"[^\W\d_]+", plain) if word not in lex.neutral]
    content = {stem(word, lex.language) for word in said if word not in lex.stop_words}
    offered = {stem(word, language) for word in vocabulary([offer.text])}
    if language != lex.language:
        return plain if _sold_stems(case, lex.language) & (content - offered) else ""
    universal = _EVERY.match(plain)
    if universal and universal[0] not in low and content < _content(offer.text, language):
        return plain
    if content <= offered:
        return plain if content and _is_wider(content, offer, case, language) else ""
    if not content & offered:
        return plain
    joined = re.search(
        r"(?<!\w)(?:and|or|plus|as well as|und|oder|sowie|et|ou|y|o|e)(?!\w)|[&+]", plain
    )
    others = _sold_stems(case, language) & (content - offered)
    return plain if others or joined else ""


def _content(text: str, language: Language) -> set[str]:
    """Stems of the words that say what an offer is off."""
    lex = lexicon(language)
    passed = {*lex.stop_words, *lex.neutral}
    off = words(lex.discount_words, *_OFF)
    return {
        stem(each, language)
        for each in vocabulary([text])
        if each not in passed and not off.fullmatch(each)
    }


def _is_wider(content: set[str], offer: Offer, case: Case, language: Language) -> bool:
    """Whether the target is a whole category of which the offer names a part."""
    names = {folded(name) for name in case.assignment.known_products}
    categories = {stem(name, language) for name in names if " " not in name}
    said = {word for word in vocabulary([offer.text]) if word not in case.lex.neutral}
    offered = {stem(w, language) for w in said if w not in lexicon(language).stop_words}
    return content <= categories and len(content) < len(offered)


def _broad_before(before: str, offer: Offer, case: Case) -> str:
    """ "Everything 15% off": a broad word or another product just before the discount."""
    for pattern in case.lex.broad:
        found = re.search(rf"(?<!\w)(?P<b>{_plain(pattern)})(?!\w){_JOINT}", before)
        if found and found["b"] not in {"all", *_WEAK} and found["b"] not in folded(offer.text):
            return found["b"]
    last = re.search(rf"(?P<any>(?:any|every) )?(?P<w>[^\W\d_]+){_JOINT}", before)
    if last is None:
        return ""
    language = _offer_language(offer, case)
    offered = {stem(word, language) for word in vocabulary([offer.text])}
    root = stem(last["w"], language)
    other = root in _sold_stems(case, language, heads=True) - offered
    named = last["any"] and root not in offered and last["w"] not in {*case.lex.neutral, *_TIMES}
    return last["w"] if other or named else ""


_JOINT = (
    r"(?:[\s:,-]|(?<!\w)"
    r"(?:is|are|now|at|with|for|gets?|ist|sind|est|sont|es|son|con|avec|mit)(?!\w))*$"
)
_TIMES = frozenset({"time", "day", "visit", "early", "bird", "customer", "one"})
_WEAK = frozenset({"alle", "alles", "tout", "todo"})


def _sold_stems(case: Case, language: Language, *, heads: bool = False) -> frozenset[str]:
    """Stems of what the business sells: of every word, or of each name's last."""
    return _stems_of(case.assignment.known_products, language, heads)


@functools.lru_cache(maxsize=64)
def _stems_of(products: tuple[str, ...], language: Language, heads: bool) -> frozenset[str]:
    sold: set[str] = set()
    for name in products:
        parts = sorted(vocabulary([name])) if not heads else [folded(name).split()[-1]]
        sold |= {stem(part, language) for part in parts if len(part) > 3}
    return frozenset(sold)


@functools.cache
def _plain(pattern: str) -> str:
    return "".join(each if each.isascii() else folded(each) for each in pattern)
