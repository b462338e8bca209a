"""The campaigns page: a brief drafted, reviewed, measured, exported; any text checked; the kit."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
import yaml

from copilot import Copilot
from copilot.app._brand import draw_brand
from copilot.app._briefs import choose_brand, draw_form, ordered
from copilot.app._charts import table
from copilot.app._drafting import start
from copilot.app._drafts import (
    draw_counts,
    draw_draft,
    draw_facts,
    draw_files,
    draw_findings,
    draw_rows,
    spans_of,
)
from copilot.app._drift import draw_drift
from copilot.app._durable import outcomes
from copilot.app._review import draw_review
from copilot.app._state import State, service, state, told
from copilot.app._text import marked, plain
from copilot.app._uploads import Uploaded, keep
from copilot.campaigns.briefing.brief import parse_brief
from copilot.errors import BriefError
from copilot.records import BrandKit, Brief, Draft, DraftReport
from copilot.settings import data_folder
from copilot.text import content_id

BLANK = "A new brief"
BUTTONS = ("Draft it", "Estimate")
KEPT = ("brief", "brand-campaigns", "send-to", "campaign")
# keys of the form's fields; those of buttons may not be set
FORM = re.compile(r"(?!first-|second-)[a-z]+-page-")
SECTIONS = ("Draft", "Review and export", "Drift", "Check a text", "Brand kit")
AS_WRITTEN, RULE = "Whom the brief says", "The rule made under Customers"


def main() -> None:
    """One section at a time, so that only what is looked at is computed."""
    copilot, now = service(), state()
    _keep_input()
    st.title("Campaigns")
    with told():
        section = st.segmented_control(
            "Section",
            SECTIONS,
            default=SECTIONS[0],
            required=True,
            key="campaign-section",
            label_visibility="collapsed",
        )
        if section == "Brand kit":
            draw_brand(copilot.settings.home)
        elif section in ("Review and export", "Drift"):
            _drafted(copilot, section)
        else:
            _with_brief(copilot, now, checks=section == "Check a text")


def _keep_input() -> None:
    """Streamlit forgets what was typed in a section that is not drawn; said again, it stays."""
    for key in list(st.session_state):
        name = str(key)
        if name in KEPT or FORM.match(name):
            st.session_state[key] = st.session_state[key]


def _with_brief(copilot: Copilot, now: State, *, checks: bool) -> None:
    left, right = st.columns(2)
    with right:
        brand = choose_brand(copilot.settings.home, "campaigns")
    with left:
        name = _choose_brief(copilot)
    brief, key = _sent_to(copilot, now, _load(copilot, name, brand), name)
    if checks:
        _checking(copilot, now, brief)
    else:
        _drafting(copilot, now, brief, brand, key)


def _drafted(copilot: Copilot, section: str) -> None:
    """What is done with a campaign once it is drafted."""
    runs = {run.campaign: run for run in copilot.campaigns.runs()}
    if not runs:
        st.info("No campaign has been drafted yet. Draft one first.")
        return
    campaign = st.selectbox("Campaign", list(runs), key="campaign") or next(iter(runs))
    run = runs[campaign]
    st.caption(f"Drafted {run.started:%d %B %Y, %H:%M} UTC · {run.drafted} of {run.planned}")
    if section == "Drift":
        draw_drift(copilot, campaign)
    else:
        draw_review(copilot, campaign)


def brief_files(home: Path) -> dict[str, Path]:
    """The briefs to choose from, by label: the workspace's own, then the sample's."""
    own = sorted((home / "uploads" / "briefs").glob("*.y*ml"))
    samples = sorted((data_folder("samples") / "bakery").glob("*.yaml"))
    shown = {path.stem: path for path in own}
    return shown | {
        f"{path.stem} (sample)": path
        for path in samples
        if "brand:" in path.read_text(encoding="utf-8")
    }


def _choose_brief(copilot: Copilot) -> str:
    home = copilot.settings.home
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = left.selectbox("Brief", [BLANK, *brief_files(home)], key="brief")
    with right.popover("Upload", width="stretch"):
        given = st.file_uploader("A brief (YAML)", ["yaml", "yml"], key="brief-file")
        if given is not None and st.button("Keep this brief"):
            _keep(home, given)
            st.rerun()
    return name or BLANK


def _keep(home: Path, given: Uploaded) -> None:
    path = keep(home, "briefs", given)
    try:
        _read(path)
    except BriefError:
        path.unlink()
        raise


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BriefError(f"{path.name} is not valid YAML: {error}.") from error
    if not isinstance(data, dict):
        raise BriefError(f"{path.name} is not a list of `key: value` lines.")
    return data


def _load(copilot: Copilot, name: str, brand: BrandKit) -> Brief:
    """The chosen brief under the chosen brand kit; a blank one for a new brief."""
    if name == BLANK:
        return Brief(name="campaign", brand=brand)
    path = brief_files(copilot.settings.home)[name]
    data = _read(path) | {"brand": brand.model_dump()}
    return parse_brief(data, folder=path.parent, name=path.name)


def _sent_to(copilot: Copilot, now: State, brief: Brief, name: str) -> tuple[Brief, str]:
    """The brief with the audience chosen for it, and a key for its form.

    A rule made under Customers comes first, then the saved segments.
    """
    rules = {f"Saved: {one.name}": one.where for one in copilot.saved_segments()}
    if now.draft_for:
        rules = {RULE: now.draft_for, **rules}
    if not rules:
        return brief, name
    chosen = st.selectbox(
        "Send to", [AS_WRITTEN, *rules], index=1 if now.draft_for else 0, key="send-to"
    )
    where = rules.get(chosen)
    if where is None:
        return brief, name
    st.caption(f"Audience: {plain(where)}")
    return brief.model_copy(update={"audience": where}), f"{name}-{content_id(where)[:8]}"


def _drafting(copilot: Copilot, now: State, brief: Brief, brand: BrandKit, key: str) -> None:
    pressed, values = draw_form(brief, f"page-{key}", each=False, buttons=BUTTONS)
    if pressed:
        order = ordered(brief, brand, values)
        if pressed == "Estimate":
            now.draft_jobs = ()
            with st.spinner("Counting"):
                reports = [copilot.draft(one, estimate=True) for one in order.briefs]
            now.estimates = tuple(reports)
        else:
            now.estimates = ()
            now.draft_jobs = start(copilot, order)
            st.query_params["jobs"] = ",".join(now.draft_jobs)
            st.rerun()
    elif not now.draft_jobs and st.query_params.get("jobs"):  # the page was loaded again
        now.draft_jobs = tuple(st.query_params["jobs"].split(","))
    for report in now.estimates:
        draw_counts(report)
    for number, job in enumerate(outcomes(copilot, now.draft_jobs, "campaigns")):
        if job.report is not None:
            _draw_report(job.report, number)


def _draw_report(report: DraftReport, number: int) -> None:
    st.divider()
    st.subheader(f"{report.campaign} · {report.level}")
    draw_counts(report)
    draw_files(report, f"page-{number}")
    if report.level == "individual" and report.out:
        draw_rows(Path(report.out), f"page-{number}")
    if report.preview:
        _review(report.preview, number)


def _review(drafts: Sequence[Draft], number: int) -> None:
    left, middle, right = st.columns([1, 1, 2])
    channels = sorted({one.channel for one in drafts})
    statuses = sorted({one.status for one in drafts})
    channel = left.selectbox("Channel", ["all", *channels], key=f"channel-{number}")
    status = middle.selectbox("Status", ["all", *statuses], key=f"status-{number}")
    shown = [
        one for one in drafts if channel in ("all", one.channel) and status in ("all", one.status)
    ]
    if not shown:
        st.caption("No draft is like that.")
        return
    table([_row(one) for one in shown])
    places = right.selectbox(
        "Read one",
        range(len(shown)),
        format_func=lambda place: _label(shown[place]),
        key=f"read-{number}-{channel}-{status}",
    )
    draw_draft(shown[places or 0])


def _label(one: Draft) -> str:
    return f"{one.unit} · {one.channel} · {one.language} · {one.variant}"


def _row(one: Draft) -> dict[str, object]:
    return {
        "for": one.unit,
        "channel": one.channel,
        "language": one.language,
        "variant": one.variant,
        "status": one.status,
        "facts": len(one.facts),
        "findings": len(one.findings),
        "subject_or_first_words": one.message.subject or one.message.body[:80],
    }


def _checking(copilot: Copilot, now: State, brief: Brief) -> None:
    st.caption(
        f"Any text, under the same checks, against the facts of “{brief.name}”. A first line "
        "`Subject: …` is read as an e-mail's subject."
    )
    with st.form("check-text"):
        text = st.text_area("Text to check", height=180, key="text-to-check")
        channel = st.selectbox("Channel", list(brief.channels), key=f"check-{brief.name}")
        if st.form_submit_button("Check it", type="primary") and text.strip():
            now.checked = (text, copilot.check(text, brief, channel=channel))
    if now.checked is None:
        return
    text, report = now.checked
    if not report.passed:
        st.error("This must not be sent as it is.")
    with st.container(border=True):
        st.html(marked(text, spans_of("body", report.facts, report.findings)))
    draw_findings(report.findings)
    draw_facts(report.facts)


if __name__ == "__main__":
    main()
