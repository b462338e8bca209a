"""How long each recipient's message is, by adding what its pieces and its values measure.

Characters, septets, UTF-16 units and bytes of a merged text are the sums of those of its parts.
So each draft's pieces are measured once in Python, each recipient's values once in the engine,
and no merged text is ever searched.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.campaigns.channels import HTML_CLIP, LIMITS, Limit
from copilot.campaigns.sms import (
    GSM_BASIC,
    GSM_EXTENDED,
    GSM_MORE,
    GSM_ONE,
    UCS_MORE,
    UCS_ONE,
)
from copilot.records import Channel, Part

if TYPE_CHECKING:
    import ibis.expr.types as ir

_MOST_BYTES = 4  # of one character in UTF-8


@dataclass(frozen=True)
class Size:
    """What a text measures; `other` characters are outside the GSM alphabet."""

    chars: int = 0
    extended: int = 0
    astral: int = 0
    other: int = 0
    octets: int = 0

    @classmethod
    def of(cls, text: str) -> "Size":
        return cls(
            chars=len(text),
            extended=len(text) - len(_EXTENDED.sub("", text)),
            astral=len(text) - len(_ASTRAL.sub("", text)),
            other=len(text) - len(_OTHER.sub("", text)),
            octets=len(text.encode("utf-8", "replace")),
        )


def class_of(characters: str) -> str:
    """The characters for a regular expression's brackets; all engines read it alike."""
    marks = {"\n": r"\n", "\r": r"\r", "\f": r"\f", "\t": r"\t"}
    return "".join(
        marks.get(each, f"\\{each}" if each in "\\]^-[" else each) for each in characters
    )


EXTENDED = class_of(GSM_EXTENDED)
NOT_GSM = f"[^{class_of(GSM_BASIC)}{EXTENDED}]"
_EXTENDED = re.compile(f"[{EXTENDED}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_OTHER = re.compile(NOT_GSM)


def sms_parts_expression(text: "ir.StringValue") -> "ir.IntegerValue":
    """`copilot.campaigns.sms.sms_parts`, computed by the engine."""
    column: Any = text
    return parts_of(column.length(), extended_of(column), astral_of(column), other_of(column))


def parts_of(chars: Any, extended: Any, astral: Any, other: Any) -> Any:
    """In how many parts a text goes, from what it measures as in Size."""
    import ibis

    septets, units = chars + extended, chars + astral
    return ibis.cases(
        (chars == 0, 0),
        ((other == 0) & (septets <= GSM_ONE), 1),
        (other == 0, _parts(septets, GSM_MORE)),
        (units <= UCS_ONE, 1),
        else_=_parts(units, UCS_MORE),
    )


def extended_of(text: Any) -> Any:
    """How many of a text's characters count twice in the GSM alphabet."""
    return _count(text, f"[{EXTENDED}]", f"[^{EXTENDED}]")


def astral_of(text: Any) -> Any:
    """How many of a text's characters take two UTF-16 units."""
    return _count(text, "[\U00010000-\U0010ffff]", "[^\U00010000-\U0010ffff]")


def other_of(text: Any) -> Any:
    """1 where a text has characters outside the GSM alphabet, else 0."""
    return text.re_search(NOT_GSM).ifelse(1, 0)


def octets_of(text: Any) -> Any:
    """A text's bytes in UTF-8."""
    more = ("[^\u0001-\u007f]", "[^\u0001-\u07ff]", "[\U00010000-\U0010ffff]")
    less = ("[\u0001-\u007f]", "[\u0001-\u07ff]", "[^\U00010000-\U0010ffff]")
    return sum((_count(text, *pair) for pair in zip(more, less, strict=True)), text.length())


def _count(text: Any, searched: str, rest: str) -> Any:
    """Characters that match; most texts have none, and a search is cheaper than a removal."""
    return text.re_search(searched).ifelse(text.re_replace(rest, "").length(), 0)


def _parts(units: Any, size: int) -> Any:
    return ((units + (size - 1)) / size).floor().cast("int64")


# -- per recipient -------------------------------------------------------------------------


def value_sizes(people: "ir.Table", text: Sequence[int], html: Sequence[int]) -> "ir.Table":
    """The people with what their merged values measure: `chars_0`, … for the values `p_text0`, …

    `text` and `html` number the values used in texts and in HTML. What only counts in a text
    message is measured for those alone.
    """
    sms = people["p_channel"] == "sms"
    columns: dict[str, Any] = {}
    for number in text:
        value: Any = people[f"p_text{number}"]
        columns[f"p_chars{number}"] = value.length()
        columns[f"p_extended{number}"] = sms.ifelse(extended_of(value), 0)
        columns[f"p_astral{number}"] = sms.ifelse(astral_of(value), 0)
        columns[f"p_other{number}"] = sms.ifelse(other_of(value), 0)
        columns[f"p_braces{number}"] = value.re_search("[{}%]").ifelse(1, 0)
    for number in html:
        columns[f"p_width{number}"] = people[f"p_html{number}"].length()
    return people.mutate(**columns)


def sms_parts(joined: "ir.Table", text: Sequence[int]) -> Any:
    """How many parts a recipient's text message takes, null on every other channel."""
    import ibis

    sizes = (total(joined, "body", name, text) for name in ("chars", "extended", "astral", "other"))
    return (joined["p_channel"] == "sms").ifelse(parts_of(*sizes), ibis.null("int64"))


def too_long(joined: "ir.Table", text: Sequence[int], channels: Sequence[str]) -> Any:
    """Whether any part of a recipient's message is past what its channel carries."""
    import ibis

    found: Any = ibis.literal(False)
    for channel, part, limit in _limits(channels):
        long = total(joined, part, "chars", text) > limit.hard
        found = found | ((joined["p_channel"] == channel) & long)
    return found


def warnings(
    joined: "ir.Table", text: Sequence[int], html: Sequence[int], channels: Sequence[str]
) -> Any:
    """What is longer than it should be, such as `long_subject,clipped`; empty when nothing is."""
    import ibis

    found: list[Any] = []
    for channel, part, limit in _limits(channels):
        long = total(joined, part, "chars", text) > limit.soft
        here = (joined["p_channel"] == channel) & long
        found.append(here.ifelse(f"long_{part}", ibis.null("string")))
    if "email" in channels:
        found.append(_clipped(joined, html).ifelse("clipped", ibis.null("string")))
    return ibis.literal(",").join(found) if found else ibis.literal("")


def total(joined: "ir.Table", part: Part, name: str, numbers: Sequence[int]) -> Any:
    """What a merged part measures: its draft's pieces, and each value as often as it is used."""
    size: Any = joined[f"d_{part}_{name}"]
    for number in numbers:
        size = size + joined[f"d_{part}_n{number}"] * joined[f"p_{name}{number}"]
    return size


def _limits(channels: Sequence[str]) -> Iterator[tuple[Channel, Part, Limit]]:
    for (channel, part), limit in LIMITS.items():
        if channel in channels:
            yield channel, part, limit


def _clipped(joined: "ir.Table", html: Sequence[int]) -> Any:
    """Bytes are counted only where even four for each character of the values could be too many."""
    pieces: Any = joined["d_html_octets"]
    widths: Any = joined["d_html_chars"] * 0
    exact: Any = pieces
    for number in html:
        uses = joined[f"d_html_n{number}"]
        widths = widths + uses * joined[f"p_width{number}"]
        exact = exact + uses * octets_of(joined[f"p_html{number}"])
    near = pieces + _MOST_BYTES * widths > HTML_CLIP
    return near.ifelse(exact > HTML_CLIP, False)
