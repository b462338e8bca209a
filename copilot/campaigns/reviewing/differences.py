"""What a campaign's drafts share and where they differ, so that each text is approved once.

The drafts of a channel and language are taken apart into subject, preheader and the sentences of
the body; a text that stands in several drafts is one text here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from copilot.records import Draft, Part, SlotGroup, SlotText
from copilot.text import content_id, sentences, squeeze

PREFIX = "t-"
ALIKE = 60
"""From this similarity (0-100) on, a text is shown as the master's with changes."""

_TAG = re.compile(r"<(?:head|style|script)\b.*?</(?:head|style|script)>|<[^>]*>", re.S | re.I)
_LINK = re.compile(r"""\b(?:href|src)\s*=\s*["']([^"']*)["']""", re.I)
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def is_text_id(given: str) -> bool:
    """Whether an id is a text's and not a draft's."""
    return given.startswith(PREFIX)


def texts_of(draft: Draft) -> dict[str, tuple[Part, str]]:
    """Every text of a draft by its id, in the order of reading.

    Of the HTML only what the body does not say: lines it adds, and where its links lead.
    """
    return {
        f"{PREFIX}{content_id(draft.channel, draft.language, part, text)}": (part, text)
        for part, text in _texts(draft)
    }


def differences(
    drafts: Sequence[Draft], approved: Mapping[str, str] | None = None
) -> tuple[SlotGroup, ...]:
    """The distinct texts of the drafts, by channel and language; each with the drafts it is in.

    `approved` says by whom a text was approved. The order is that of the drafts, the master's
    texts first.
    """
    groups: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.channel, draft.language].append(draft)
    return tuple(_group(each, approved or {}) for each in groups.values())


def complete(drafts: Sequence[Draft], approved: Mapping[str, str]) -> list[Draft]:
    """The drafts whose every text is approved."""
    return [draft for draft in drafts if all(each in approved for each in texts_of(draft))]


def changes(text: str, other: str) -> tuple[tuple[int, int], ...]:
    """Where a text differs from another one, as (start, end) of its characters, by whole words.

    >>> changes("Fresh rye in Leeds", "Fresh rye in York")
    ((13, 18),)
    """
    ours, theirs = _WORDS.findall(text), _WORDS.findall(other)
    starts = [0]
    for word in ours:
        starts.append(starts[-1] + len(word))
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return tuple(
        (starts[first], starts[last])
        for kind, first, last, _, _ in matcher.get_opcodes()
        if kind in ("replace", "insert", "delete") and last > first
    )


def _group(drafts: Sequence[Draft], approved: Mapping[str, str]) -> SlotGroup:
    texts = {draft.draft_id: texts_of(draft) for draft in drafts}
    counted = Counter(each for found in texts.values() for each in found)
    master = max(drafts, key=lambda draft: _shares(texts[draft.draft_id], counted))
    ordered = dict(texts[master.draft_id])
    for draft in drafts:
        ordered |= {key: ordered.get(key, value) for key, value in texts[draft.draft_id].items()}
    users: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        for key in texts[draft.draft_id]:
            users[key].append(draft)
    masters = _by_part(texts[master.draft_id])
    return SlotGroup(
        channel=drafts[0].channel,
        language=drafts[0].language,
        master=master.draft_id,
        drafts=len(drafts),
        shared=sum(1 for key in ordered if counted[key] > 1),
        texts=tuple(
            _slot(key, part, text, users[key], masters[part], approved)
            for key, (part, text) in ordered.items()
        ),
    )


def _shares(texts: Mapping[str, object], counted: Mapping[str, int]) -> float:
    """How much a draft shares with the others: the mean number of drafts its texts stand in."""
    return sum(counted[key] for key in texts) / max(1, len(texts))


def _by_part(texts: Mapping[str, tuple[Part, str]]) -> dict[Part, list[str]]:
    found: dict[Part, list[str]] = defaultdict(list)
    for part, text in texts.values():
        found[part].append(text)
    return found


def _slot(
    key: str,
    part: Part,
    text: str,
    users: Sequence[Draft],
    masters: Sequence[str],
    approved: Mapping[str, str],
) -> SlotText:
    from rapidfuzz import fuzz, process

    nearest = ""
    if text not in masters and masters:
        found = process.extractOne(text, masters, scorer=fuzz.ratio, score_cutoff=ALIKE)
        nearest = str(found[0]) if found else ""
    return SlotText(
        text_id=key,
        part=part,
        text=text,
        draft_ids=tuple(draft.draft_id for draft in users),
        units=tuple(dict.fromkeys(draft.unit for draft in users)),
        nearest=nearest,
        changes=changes(text, nearest) if nearest else (),
        approved_by=approved.get(key, ""),
    )


def _texts(draft: Draft) -> Iterator[tuple[Part, str]]:
    message = draft.message
    for part, whole in (("subject", message.subject), ("preheader", message.preheader)):
        if squeeze(whole):
            yield part, squeeze(whole)  # type: ignore[misc]
    body = [each for line in message.body.splitlines() for each in sentences(squeeze(line))]
    for text in body:
        yield "body", text
    said = _bare(squeeze(" ".join([message.preheader, message.subject, *body])))
    for text in _only_in_html(message.html):
        if _bare(text) not in said:
            yield "html", text


def _bare(text: str) -> str:
    """Without what a link need not show."""
    return re.sub(r"https?://|mailto:", "", text)


def _only_in_html(html: str) -> Iterator[str]:
    from html import unescape

    shown = unescape(_TAG.sub("\n", html))
    for line in shown.splitlines():
        yield from sentences(squeeze(line))
    for link in dict.fromkeys(_LINK.findall(html)):
        yield unescape(link)
