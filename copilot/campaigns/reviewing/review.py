"""Who may decide on a draft, what a decision is bound to, and what stands after it.

An approval is bound to the text that was approved, by its hash: a draft whose text is another
today is not approved, whatever its status says.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from copilot.errors import InputError, RefusedError
from copilot.records import BrandKit, Draft, Message, ReviewEvent, Status
from copilot.text import fold, squeeze

NAMED = 3


def text_hash(message: Message) -> str:
    """SHA-256 of a message's four parts."""
    parts = [message.subject, message.preheader, message.body, message.html]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8")).hexdigest()


def by_draft(events: Iterable[ReviewEvent]) -> dict[str, tuple[ReviewEvent, ...]]:
    """The decisions on each draft, oldest first."""
    found: dict[str, list[ReviewEvent]] = defaultdict(list)
    for event in events:
        found[event.draft_id].append(event)
    return {draft_id: tuple(each) for draft_id, each in found.items()}


def approval(draft: Draft, events: Sequence[ReviewEvent]) -> ReviewEvent | None:
    """The decision by which a draft, as it reads now, is approved; None when it is not.

    `events` are those on the draft. A rejection or an edit ends every earlier approval.
    """
    current = text_hash(draft.message)
    last: ReviewEvent | None = None
    for event in events:
        if event.action == "approved":
            last = event
        elif event.action != "exported":
            last = None
    return last if last is not None and last.text_hash == current else None


def standing(draft: Draft, events: Sequence[ReviewEvent]) -> Status:
    """The status that a draft has in truth: approved and exported only while its text stands."""
    if draft.status in ("approved", "exported") and approval(draft, events) is None:
        return "in_review"
    return draft.status


def reviewer(by: str) -> str:
    """The name of who decides. Raises InputError when there is none."""
    name = squeeze(by)
    if not name:
        raise InputError("A decision needs a name.", hint="Add --by NAME.")
    return name


def must_be_a_reviewer(brand: BrandKit, by: str) -> None:
    """Raise RefusedError when the brand kit names its reviewers and this is none of them."""
    if brand.reviewers and fold(by) not in {fold(each) for each in brand.reviewers}:
        raise RefusedError(
            f"{by!r} may not decide for {brand.name}.",
            hint=f"The brand kit's reviewers are {', '.join(brand.reviewers)}.",
        )


def must_be_allowed(
    brand: BrandKit, by: str, drafts: Sequence[Draft], events: Mapping[str, Sequence[ReviewEvent]]
) -> None:
    """Raise RefusedError when the brand kit names its reviewers and this is none of them, or is
    the one who edited a draft last."""
    must_be_a_reviewer(brand, by)
    for draft in drafts if brand.reviewers else ():
        edits = [each for each in events.get(draft.draft_id, ()) if each.action == "edited"]
        if edits and fold(edits[-1].by) == fold(by):
            raise RefusedError(
                f"{by!r} edited {draft.draft_id} and may not approve it.",
                hint="Another of the brand kit's reviewers has to.",
            )


def must_not_be_held(drafts: Sequence[Draft]) -> None:
    """Raise RefusedError naming the finding that holds the first held draft."""
    held = [draft for draft in drafts if draft.status == "held"]
    if not held:
        return
    why = next((each for each in held[0].findings if each.severity == "block"), None)
    said = f"{why.rule}: {why.message}" if why else "a check blocked it"
    more = f" ({len(held) - 1} more are held)" if held[1:] else ""
    raise RefusedError(
        f"{held[0].draft_id} ({held[0].unit}, {held[0].channel}) is held and cannot be approved "
        f"({said}){more}",
        hint=f"Correct it: review {held[0].campaign} --edit {held[0].draft_id} --file TEXT",
    )


def expired_claim(draft: Draft, brand: BrandKit, today: dt.date) -> str:
    """Why a draft's claims no longer hold: one of them was substantiated until an earlier day."""
    stated = {fold(fact.text).rstrip(".") for fact in draft.facts if fact.kind == "claim"}
    here = brand.localities.get(draft.unit)
    for claim in (*brand.claims, *(here.claims if here else ())):
        texts = {fold(each).rstrip(".") for each in (claim.text, *claim.translations.values())}
        if claim.until and claim.until < today and texts & stated:
            return f"the claim {claim.text!r} was substantiated until {claim.until}"
    return ""


def chosen(drafts: Sequence[Draft], ids: Sequence[str]) -> list[Draft]:
    """The drafts with these ids, in the drafts' order. Raises InputError naming an unknown id."""
    known = {draft.draft_id for draft in drafts}
    unknown = [each for each in ids if each not in known]
    if unknown:
        told = ", ".join(draft.draft_id for draft in drafts[:NAMED])
        raise InputError(
            f"There is no draft {unknown[0]!r} in this campaign.",
            hint=f"Its drafts are {told}{' …' if len(drafts) > NAMED else ''}; "
            "see them all: marketing-copilot review CAMPAIGN",
        )
    wanted = set(ids)
    return [draft for draft in drafts if draft.draft_id in wanted]
