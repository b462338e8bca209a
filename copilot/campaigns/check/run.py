"""All checks over one message, and over text that a user pasted.

Every statement of every part resolves to a fact with its origin, or holds the message.
"""

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from copilot.campaigns.check import voice
from copilot.campaigns.check import words as wordcheck
from copilot.campaigns.check.advert import advert
from copilot.campaigns.check.book import Book, book, vocabulary
from copilot.campaigns.check.channel import channel_limits
from copilot.campaigns.check.closed import beyond, doings
from copilot.campaigns.check.extract import extract, link_spans
from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.legal import claim_source, legal
from copilot.campaigns.check.lexicon import lexicon, words
from copilot.campaigns.check.markup import disguises, markup
from copilot.campaigns.check.names import names
from copilot.campaigns.check.offering import offerings
from copilot.campaigns.check.passing import in_passing
from copilot.campaigns.check.placeholders import placeholders, without_tags
from copilot.campaigns.check.privacy import privacy
from copilot.campaigns.check.readable import readable
from copilot.campaigns.check.resolve import Missed, resolve
from copilot.campaigns.check.span import Span
from copilot.campaigns.check.terms import offer_reach, offer_scope, offer_whole
from copilot.campaigns.check.view import MASK, Link, View, folded, html_view, mask, plain_view
from copilot.campaigns.composing.spoken import offer_for, written_in
from copilot.records import (
    Assignment,
    Brief,
    Channel,
    CheckReport,
    Draft,
    Fact,
    FactUse,
    Finding,
    Language,
    Message,
    Offer,
    Part,
    Unit,
)
from copilot.text import squeeze

_SUBJECT_LINE = re.compile(r"\A\s*(?:subject|betreff|objet|asunto)\s*:\s*(?P<s>[^\n]*)\n", re.I)
_HTML = re.compile(r"<(?:html|body|p|div|table|a|br)\b", re.I)
_TITLED = frozenset({"push", "flyer", "social", "letter"})
"""Channels whose title is shown as one with the text, so that either may state the offer."""

_PER_TEXT: tuple[Callable[[Text, Case], Iterator[Finding]], ...] = (
    names,
    offerings,
    doings,
    beyond,
    privacy,
    wordcheck.banned,
    wordcheck.language,
    voice.preferred,
    voice.emoji,
    voice.formality,
    wordcheck.loudness,
    wordcheck.avoided,
    markup,
    readable,
)


def check(message: Message, assignment: Assignment, *, fragment: bool = False) -> CheckReport:
    """Every finding on a message and every fact it states; passed when nothing blocks it.

    `fragment` is for a piece of copy whose sender block is added later: what a whole message
    needs is then advice.
    """
    facts = book(assignment.facts)
    case = Case(
        message=message,
        assignment=assignment,
        lex=lexicon(assignment.language),
        facts=facts,
        fragment=fragment,
        vocabulary=facts.vocabulary | _brief_words(assignment.brief, assignment.language),
        offered=_words_of(
            (
                _brief_text(assignment.brief),
                _offer_text(offer_for(assignment.brief, assignment.language)),
            )
        ),
    )
    found: list[Finding] = []
    uses: list[FactUse] = []
    title: list[Span] = []
    for part in get_args(Part):
        source: str = getattr(message, part)
        if source:
            findings, stated, spans = _check_part(part, source, case, title)
            found += findings
            uses += stated
            if part == "subject" and assignment.channel in _TITLED:
                title = spans
    found += channel_limits(case)
    if assignment.channel == "rsa":
        found += advert(case)
    ordered = tuple(dict.fromkeys(sorted(found, key=_place)))
    passed = not any(each.severity == "block" for each in ordered)
    return CheckReport(passed=passed, findings=ordered, facts=tuple(uses))


def check_text(
    text: str,
    brief: Brief,
    *,
    facts: Sequence[Fact],
    today: dt.date,
    channel: Channel | None = None,
    language: Language | None = None,
    known_products: Sequence[str] = (),
    withheld: Sequence[str] = (),
) -> CheckReport:
    """The same checks on pasted text or HTML, "Subject: …" on its first line being the subject.

    `facts` are those of every locality. Without a channel the text is taken as a fragment of the
    brief's first one; without a language, as the one of the brief it reads most like.
    """
    message = _message(text)
    first: Language = next((each for each in brief.languages if each != "local"), "en")
    assignment = Assignment(
        brief=brief,
        unit=Unit(level="mass", name="everybody", customers=0),
        channel=channel or brief.channels[0],
        language=language or _language(message.body or message.html, brief, first),
        facts=tuple(facts),
        known_products=tuple(known_products),
        withheld=tuple(withheld),
        today=today,
    )
    return check(message, assignment, fragment=channel is None)


def duplicates(drafts: Sequence[Draft]) -> dict[str, Finding]:
    """Warnings for drafts that repeat another unit's, by draft id."""
    return wordcheck.duplicates(drafts)


def _check_part(
    part: Part, source: str, case: Case, title: Sequence[Span]
) -> tuple[list[Finding], list[FactUse], list[Span]]:
    """Findings, fact uses and spans of one part; `title` has the spans of a title shown with it."""
    view, linked = html_view(source) if part == "html" else (plain_view(source), ())
    if part == "html" and _repeats(view, case.message):
        text = Text(part, source, view, view.low, "", "", linked)
        return [*markup(text, case), *placeholders(text), *disguises(text)], [], []
    text, spans, uses, found = _read(part, source, view, linked, case)
    found += [finding for each in _PER_TEXT for finding in each(text, case)]
    found += placeholders(text)
    found += disguises(text)
    found += offer_scope(text, spans, case)
    found += offer_reach(text, case)
    if part in {"body", "html"}:
        found += offer_whole(text, [*title, *spans], case)
        found += legal(text, case)
    return found, uses, spans


def _repeats(view: View, message: Message) -> bool:
    """Whether an HTML part shows the lines of the plain parts, in order, and no others."""
    plain = "\n".join((message.preheader, message.body))
    return _lines(view.low) == _lines(plain_view(plain).low)


def _lines(low: str) -> list[str]:
    bare = re.sub(r"https?://(\S*?)/?(?:\?\S*)?(?=[\s.,;:!?)]*(?:\s|$))", r"\1", low)
    return [line for each in bare.split("\n") if (line := squeeze(each))]


def _read(
    part: Part, source: str, view: View, linked: tuple[Link, ...], case: Case
) -> tuple[Text, list[Span], list[FactUse], list[Finding]]:
    """The part with its statements resolved: what is left, what it states, what it must not."""
    low = without_tags(view.low)
    spans, rest = link_spans(view, low, case.lex.language)
    more, rest = _codes(view, rest, case.facts)
    spans += more
    known, rest = _phrases(rest, case.facts)
    loose = written_in(_brief_text(case.assignment.brief), "en") != case.lex.language
    if loose:
        rest = _without_quotes(rest, case.assignment.brief)
    today, unknown = case.assignment.today, rest
    more, rest = extract(view, unknown, case.lex.language, today=today, loose=loose)
    spans += more
    text = Text(part, source, view, low, unknown, rest, linked)
    uses = [text.use(start, end, fact) for start, end, fact in known]
    found: list[Finding] = []
    for span in spans:
        fact = resolve(span, case.facts, case.assignment)
        if isinstance(fact, Missed) and in_passing(span, spans, low, case):
            continue
        if isinstance(fact, Fact) and _out_of_terms(span, fact, low, case):
            fact = Missed("claim.superlative", f"The terms do not say “{span.text}” of this.")
        if isinstance(fact, Fact) and _is_opening(span, fact, low, case):
            fact = Missed("date.unknown", f"No fact says that it is open on {span.text}.")
        if isinstance(fact, Missed):
            found.append(
                text.block(
                    fact.rule,
                    span.start,
                    span.end,
                    fact.message,
                    origin=claim_source(fact.rule),
                    fix=fact.fix,
                )
            )
        else:
            uses.append(text.use(span.start, span.end, fact))
    return text, spans, sorted(uses, key=lambda use: use.start), found


def _out_of_terms(span: Span, fact: Fact, low: str, case: Case) -> bool:
    """Whether a superlative that the terms use for what is free ("cheapest drink free") stands
    in a clause that gives nothing away."""
    terms = folded(case.assignment.brief.offer.terms or "") if case.assignment.brief.offer else ""
    free = words(case.lex.free)
    if span.kind != "claim" or fact.origin != "brief.offer.terms" or not free.search(terms):
        return False
    clause = re.split(r"[.,;:!?()\n]", low[span.start :])[0]
    return not free.search(clause)


def _is_opening(span: Span, fact: Fact, low: str, case: Case) -> bool:
    """Whether a weekday that merely lies within the offer is said to be a day of opening."""
    if span.kind != "date" or fact.origin != "brief.offer.ends" or span.text[-1:].isdigit():
        return False
    if not any(value.startswith(("weekday ", "weekend")) for value in span.values):
        return False
    before = re.split(r"[.,;:!?()\n]", low[: span.start])[-1]
    after = re.split(r"[.,;:!?()\n]", low[span.end :])[0]
    return bool(words(case.lex.opening).search(f"{before} {after}"))


def _codes(view: View, low: str, facts: Book) -> tuple[list[Span], str]:
    """The brief's own code in its capitals, which may also be a number word: FIVE."""
    spans: list[Span] = []
    for _, value, _ in facts.of("code"):
        if not value.isupper():
            continue
        for found in re.finditer(rf"(?<![\w-]){re.escape(value)}(?![\w-])", view.raw):
            if MASK not in low[found.start() : found.end()]:
                spans.append(Span("code", found.start(), found.end(), found[0], (found[0],)))
                low = mask(low, found.start(), found.end())
    return spans, low


def _phrases(low: str, facts: Book) -> tuple[list[tuple[int, int, Fact]], str]:
    """Known names and sentences, longest first, and the text without them."""
    found: list[tuple[int, int, Fact]] = []
    for phrase in facts.phrases:
        for match in phrase.pattern.finditer(low):
            found.append((match.start(), match.end(), phrase.fact))
            low = mask(low, match.start(), match.end())
    return found, low


def _without_quotes(low: str, brief: Brief) -> str:
    """The text without the offer and its terms where they are quoted in the brief's language."""
    if brief.offer:
        for given in (brief.offer.text, brief.offer.terms or ""):
            plain = folded(squeeze(given)).rstrip(".")
            if plain:
                low = low.replace(plain, MASK * len(plain))
    return low


def _brief_text(brief: Brief) -> str:
    return " ".join([*brief.facts, _offer_text(brief.offer)])


def _offer_text(offer: Offer | None) -> str:
    return f"{offer.text} {offer.terms or ''}" if offer else ""


def _brief_words(brief: Brief, language: Language) -> frozenset[str]:
    texts = [_brief_text(brief), _offer_text(offer_for(brief, language))]
    texts += [brief.goal, brief.name, brief.tone or "", brief.brand.name]
    texts += [*brief.brand.voice.examples, *brief.brand.exemplars]
    return _words_of(tuple(texts))


@functools.lru_cache(maxsize=256)
def _words_of(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(vocabulary(texts))


def _message(text: str) -> Message:
    subject = ""
    if found := _SUBJECT_LINE.match(text):
        subject, text = found["s"].strip(), text[found.end() :]
    if _HTML.search(text):
        return Message(subject=subject, body="", html=text)
    return Message(subject=subject, body=text)


def _language(text: str, brief: Brief, first: Language) -> Language:
    allowed = get_args(Language) if "local" in brief.languages else brief.languages
    read = written_in(text, first)
    return read if read in allowed else first


def _place(finding: Finding) -> tuple[int, int, str]:
    return get_args(Part).index(finding.part), finding.start, finding.rule
