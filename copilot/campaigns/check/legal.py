"""The lines that law and the brand kit want in a message, by channel."""

import re
from collections.abc import Iterator

from copilot.campaigns.check.finding import Case, Text, missing
from copilot.campaigns.check.lexicon import LANGUAGES, lexicon, words
from copilot.campaigns.check.links import canonical_url, links
from copilot.campaigns.check.view import folded
from copilot.records import Finding
from copilot.text import squeeze

_US = "CAN-SPAM, 15 U.S.C. 7704(a)(5)(A)"
_EU = "GDPR article 21 and ePrivacy Directive article 13"
_SMS = "ePrivacy Directive article 13(4); CTIA messaging principles"


def legal(text: Text, case: Case) -> Iterator[Finding]:
    """Missing sender, postal address, way out and required lines; advice on a mere fragment."""
    brand, channel = case.assignment.brief.brand, case.assignment.channel
    plain = squeeze(text.low)
    hold = not case.fragment
    if channel == "email":
        yield from _email(text, plain, case, hold)
    elif channel in {"sms", "whatsapp"}:
        if not _has(plain, brand.name) and not (brand.legal_name and _has(plain, brand.legal_name)):
            yield missing(
                "legal.sender",
                "The message does not say who sends it.",
                origin=_SMS,
                fix=f"Name {brand.name}.",
                hold=hold,
            )
        if not _way_out(plain):
            yield missing(
                "legal.opt-out",
                "The message does not say how to stop such messages.",
                origin=_SMS,
                fix="Add a line such as “Reply STOP to opt out”.",
                hold=hold and channel == "sms",
            )
    line = brand.required.get(channel)
    if line and not _has(plain, line):
        yield missing(
            "brand.required",
            f"The required line “{line}” is missing.",
            origin=f"brand.required.{channel}",
            fix=f"Add: {line}",
            hold=hold,
        )


def _email(text: Text, plain: str, case: Case, hold: bool) -> Iterator[Finding]:
    brand = case.assignment.brief.brand
    if not _has(plain, brand.legal_name or brand.name) and not _has(plain, brand.name):
        yield missing(
            "legal.sender",
            "The email does not say who sends it.",
            origin=_US,
            fix=f"Name {brand.legal_name or brand.name}.",
            hold=hold,
        )
    if not brand.address:
        yield missing(
            "legal.address",
            "The brand kit has no postal address, which every commercial email must show.",
            origin=_US,
            fix="Add `address` to the brand kit.",
            hold=hold,
        )
    elif not _has(plain, brand.address):
        yield missing(
            "legal.address",
            "The sender's postal address is missing.",
            origin=_US,
            fix=f"Add: {brand.address}",
            hold=hold,
        )
    if not _can_unsubscribe(text, plain, case):
        yield missing(
            "legal.unsubscribe",
            "The email does not say how to unsubscribe.",
            origin=f"{_US}; {_EU}",
            fix=f"Add: Unsubscribe: {brand.unsubscribe_url or '(add unsubscribe_url to the kit)'}",
            hold=hold,
        )


def _can_unsubscribe(text: Text, plain: str, case: Case) -> bool:
    url = case.assignment.brief.brand.unsubscribe_url
    said = any(words(lexicon(each).unsubscribe).search(plain) for each in LANGUAGES)
    if not said:
        return False
    if not url:
        return bool(re.search(r"https?://|@|\bstop\b", plain))
    written = {span.values[0] for span in links(text.view, text.low)[0]}
    return canonical_url(url) in written | {canonical_url(link.href) for link in text.links}


def _way_out(plain: str) -> bool:
    return any(words(lexicon(each).opt_out).search(plain) for each in LANGUAGES)


def _has(plain: str, wanted: str) -> bool:
    """Whether the text holds the words, whatever commas, line breaks and stops part them."""
    wanted_words = re.findall(r"\w+", folded(wanted))
    pattern = r"[\W_]+".join(map(re.escape, wanted_words))
    return bool(re.search(rf"(?<!\w){pattern}(?!\w)", plain))
