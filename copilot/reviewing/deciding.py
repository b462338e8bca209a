"""A campaign's drafts looked at, approved, rejected and edited; every decision is kept."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from copilot.campaigns.reviewing import review as rules
from copilot.campaigns.reviewing.differences import complete, differences, is_text_id, texts_of
from copilot.drafting.desk import Desk
from copilot.drafting.planning import Plan, make_plan
from copilot.errors import InputError, RefusedError
from copilot.records import (
    Assignment,
    Draft,
    Edited,
    Message,
    Reviewed,
    ReviewEvent,
    ReviewReport,
    Run,
    SlotGroup,
)

ALL = "all"
EVERY_TEXT = "every text of it is approved"
WAITING = ("in_review", "passed")


@dataclass(frozen=True)
class Standing:
    """A campaign's latest run: its drafts with the status they have in truth, and decisions."""

    run: Run
    drafts: tuple[Draft, ...]
    events: Mapping[str, Sequence[ReviewEvent]]

    @property
    def approved_texts(self) -> dict[str, str]:
        """The texts approved one by one, and by whom."""
        return {
            each: events[-1].by
            for each, events in self.events.items()
            if is_text_id(each) and events[-1].action == "approved"
        }


def standing(desk: Desk, campaign: str) -> Standing:
    """How a campaign stands. Raises InputError naming the campaigns there are."""
    run = desk.campaigns.latest(campaign)
    events = rules.by_draft(desk.campaigns.events(run.run_id))
    drafts = tuple(
        draft.model_copy(update={"status": rules.standing(draft, events.get(draft.draft_id, ()))})
        for draft in desk.campaigns.drafts(run.run_id)
    )
    return Standing(run, drafts, events)


def look(desk: Desk, campaign: str) -> ReviewReport:
    """Every draft of a campaign as it stands, with the decisions on it."""
    return _report(standing(desk, campaign))


def compared(desk: Desk, campaign: str) -> tuple[SlotGroup, ...]:
    """What the drafts share and where they differ; held drafts are left out."""
    now = standing(desk, campaign)
    open_ones = [draft for draft in now.drafts if draft.status != "held"]
    return differences(open_ones, now.approved_texts)


def approve(
    desk: Desk, campaign: str, ids: Sequence[str], *, by: str, note: str, at: dt.datetime
) -> ReviewReport:
    """Approve drafts, or texts that stand in several of them; `all` are those not held.

    A draft whose last text is approved is approved with it. Raises InputError for an unknown id
    or no name, RefusedError when a draft is held or who decides may not.
    """
    now, by = standing(desk, campaign), rules.reviewer(by)
    texts = [each for each in ids if is_text_id(each)]
    if texts:
        return _approve_texts(desk, now, texts, by, note, at)
    if list(ids) == [ALL]:
        drafts = [draft for draft in now.drafts if draft.status in WAITING]
    else:
        drafts = rules.chosen(now.drafts, ids)
    rules.must_not_be_held(drafts)
    rules.must_be_allowed(now.run.brief.brand, by, drafts, now.events)
    _decide(desk, now.run, drafts, "approved", by, note, at)
    return _report(standing(desk, campaign), changed=drafts)


def reject(
    desk: Desk, campaign: str, ids: Sequence[str], *, by: str, note: str, at: dt.datetime
) -> ReviewReport:
    """Reject drafts, or every draft with a text. Raises InputError without a note or a name."""
    now, by = standing(desk, campaign), rules.reviewer(by)
    if not note.strip():
        raise InputError("A rejection needs a reason.", hint="Add --note WHY.")
    texts = _known_texts(now, [each for each in ids if is_text_id(each)])
    if list(ids) == [ALL]:
        drafts = [draft for draft in now.drafts if draft.status != "held"]
    else:
        drafts = rules.chosen(now.drafts, [each for each in ids if not is_text_id(each)])
        drafts += [draft for draft in now.drafts if set(texts) & set(texts_of(draft))]
    unique = list({draft.draft_id: draft for draft in drafts}.values())
    rules.must_be_a_reviewer(now.run.brief.brand, by)
    if texts:
        desk.campaigns.decide(now.run.run_id, texts, "rejected", by=by, note=note, at=at)
    _decide(desk, now.run, unique, "rejected", by, note, at)
    return _report(standing(desk, campaign), changed=unique)


def edit(
    desk: Desk, campaign: str, draft_id: str, text: str, *, by: str, note: str, at: dt.datetime
) -> Edited:
    """A draft with another text, under the same checks; a finding that blocks refuses it.

    Lines `Subject:` and `Preheader:` at the top are read as such; without them those stay. What
    it said before is kept, and whatever was decided on it no longer counts.
    """
    from copilot.campaigns.check.run import check

    now, by = standing(desk, campaign), rules.reviewer(by)
    (draft,) = rules.chosen(now.drafts, [draft_id])
    assignment = assignments_of(desk, now.run, [draft]).get(draft_id)
    if assignment is None:
        raise RefusedError(
            f"The {draft.unit} of {draft_id} is no longer in the audience.",
            hint="Draft the campaign again.",
        )
    message = _edited(draft, text)
    report = check(message, assignment)
    version = 1 + sum(event.action == "edited" for event in now.events.get(draft_id, ()))
    if not report.passed:
        return Edited(draft_id=draft_id, version=version, check=report)
    optional = now.run.brief.brand.review == "optional"
    new = draft.model_copy(
        update={
            "message": message,
            "facts": report.facts,
            "findings": report.findings,
            "status": "passed" if optional else "in_review",
        }
    )
    run_id = now.run.run_id
    old = draft.model_copy(update={"draft_id": f"{draft_id}.v{version}"})
    desk.campaigns.add(versions_of(run_id), [(version, old)])
    desk.campaigns.replace(run_id, draft_id, new)
    hashes = {draft_id: rules.text_hash(message)}
    desk.campaigns.decide(run_id, [draft_id], "edited", by=by, note=note, at=at, texts=hashes)
    return Edited(draft_id=draft_id, version=version + 1, check=report, draft=new)


def versions_of(run_id: str) -> str:
    """Under what the earlier texts of a run's edited drafts are kept."""
    return f"{run_id}/versions"


def assignments_of(desk: Desk, run: Run, drafts: Iterable[Draft]) -> dict[str, Assignment]:
    """What each draft has to hold to now, by draft id: today's facts of its unit."""
    return assignments_in(make_plan(desk, run.brief), drafts)


def assignments_in(plan: Plan, drafts: Iterable[Draft]) -> dict[str, Assignment]:
    """What a plan gives each draft; a draft whose unit is gone has nothing."""
    made = {
        (one.unit.name, one.channel, one.language, one.variant): one for one in plan.assignments
    }
    found = {
        draft.draft_id: made.get((draft.unit, draft.channel, draft.language, draft.variant))
        for draft in drafts
    }
    return {draft_id: one for draft_id, one in found.items() if one is not None}


def _approve_texts(
    desk: Desk, now: Standing, texts: Sequence[str], by: str, note: str, at: dt.datetime
) -> ReviewReport:
    known = _known_texts(now, texts)
    users = [
        draft
        for draft in now.drafts
        if draft.status in WAITING and set(known) & set(texts_of(draft))
    ]
    rules.must_be_allowed(now.run.brief.brand, by, users, now.events)
    desk.campaigns.decide(now.run.run_id, known, "approved", by=by, note=note, at=at)
    done = complete(users, now.approved_texts | dict.fromkeys(known, by))
    _decide(desk, now.run, done, "approved", by, note or EVERY_TEXT, at)
    report = _report(standing(desk, now.run.campaign), changed=done)
    return report.model_copy(update={"texts_approved": tuple(known)})


def _known_texts(now: Standing, texts: Sequence[str]) -> list[str]:
    there = {each for draft in now.drafts if draft.status != "held" for each in texts_of(draft)}
    unknown = [each for each in texts if each not in there]
    if unknown:
        raise InputError(
            f"There is no text {unknown[0]!r} in the drafts of {now.run.campaign!r}.",
            hint="See the texts with: marketing-copilot review CAMPAIGN --differences",
        )
    return list(dict.fromkeys(texts))


def _decide(
    desk: Desk,
    run: Run,
    drafts: Sequence[Draft],
    action: str,
    by: str,
    note: str,
    at: dt.datetime,
) -> None:
    if not drafts:
        return
    texts = {draft.draft_id: rules.text_hash(draft.message) for draft in drafts}
    desk.campaigns.decide(
        run.run_id,
        list(texts),
        action,  # type: ignore[arg-type]
        by=by,
        note=note,
        at=at,
        texts=texts,
    )


def _edited(draft: Draft, text: str) -> Message:
    """The draft's message with another text; its HTML is made anew from it."""
    from copilot.campaigns.composing.html import email_html
    from copilot.campaigns.merging.liquid import slots

    given = {"subject": draft.message.subject, "preheader": draft.message.preheader}
    lines = text.strip().splitlines()
    while lines and (part := lines[0].partition(":")[0].strip().lower()) in given:
        given[part] = lines.pop(0).partition(":")[2].strip()
    body = "\n".join(lines).strip()
    html = ""
    if draft.message.html:
        above, _, below = body.rpartition("\n\n")
        html = email_html(language=draft.language, body=above or body, footer=below, **given)
    merged = {**slots(given["subject"]), **slots(given["preheader"]), **slots(body)}
    return Message(body=body, html=html, slots=merged, **given)


def _report(now: Standing, changed: Sequence[Draft] = ()) -> ReviewReport:
    statuses = {draft.status: 0 for draft in now.drafts}
    for draft in now.drafts:
        statuses[draft.status] += 1
    return ReviewReport(
        campaign=now.run.campaign,
        run_id=now.run.run_id,
        drafts=len(now.drafts),
        statuses=statuses,
        changed=tuple(draft.draft_id for draft in changed),
        reviewed=tuple(
            Reviewed(draft=draft, events=tuple(now.events.get(draft.draft_id, ())))
            for draft in now.drafts
        ),
    )
