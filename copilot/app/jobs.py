"""The jobs page: every durable job, how far it is, what it skipped, what came of it."""

import streamlit as st

from copilot.app._charts import table
from copilot.app._drafts import draw_report
from copilot.app._durable import draw_state
from copilot.app._state import service, told
from copilot.records import Job


def main() -> None:
    """Choose a job and look at it closely."""
    copilot = service()
    st.title("Jobs")
    st.caption(
        "Drafting goes on when this page is closed, and after a restart. Workers on other machines "
        "take part with `marketing-copilot worker` and a shared DATABASE."
    )
    with told():
        found = copilot.jobs().jobs
        if not found:
            st.info("Nothing has been drafted yet. Start under Chat or Campaigns.")
            return
        table([_row(one) for one in found])
        labels = {one.id: _label(one) for one in found}
        chosen = st.selectbox("Job", list(labels), format_func=lambda each: labels[each])
        _draw(copilot.job(chosen or found[0].id))


def _row(job: Job) -> dict[str, object]:
    return {
        "job": job.id,
        "campaign": job.campaign,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "skipped": len(job.skipped),
        "cost_usd": job.cost_usd,
        "started": job.created,
    }


def _label(job: Job) -> str:
    """What a job is called for as long as it is kept: its state would change under the hand."""
    return f"{job.campaign} · {job.created:%Y-%m-%d %H:%M} UTC · {job.id}"


def _draw(job: Job) -> None:
    if job.state != "done":
        draw_state(job, "page")
    if job.skipped:
        st.markdown(f"**Skipped ({len(job.skipped):,})**")
        table([{"message": one.unit, "why": one.reason} for one in job.skipped])
    if job.report is not None:
        draw_report(job.report, f"job-{job.id}")
    with st.expander("Log", expanded=job.report is None):
        st.code("\n".join(job.log) or "Nothing yet.", language=None)


if __name__ == "__main__":
    main()
