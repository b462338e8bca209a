"""The drift budget: drafts that stand too far from the brand's exemplars are held."""

from copilot.drafting.desk import Desk
from copilot.records import BrandKit, Run


def hold_drifted(desk: Desk, run: Run, brand: BrandKit) -> int:
    """Hold a run's drafts over the brand's drift budget, with why; returns how many.

    All drafts are measured together, because siblings count. Those that somebody has decided on
    stay as they are.
    """
    from copilot.campaigns.drifting.drift import drift, drift_findings

    if brand.drift_budget is None:
        return 0
    drafts = {one.draft_id: one for one in desk.campaigns.drafts(run.run_id)}
    open_drafts = {
        name: one for name, one in drafts.items() if one.status in ("passed", "in_review")
    }
    embedder = desk.open_embedder()
    report = drift(list(drafts.values()), brand, embedder.embed if embedder else None)
    held = 0
    for name, finding in drift_findings(report).items():
        if (draft := open_drafts.get(name)) is not None:
            changed = {"status": "held", "findings": (*draft.findings, finding)}
            desk.campaigns.replace(run.run_id, name, draft.model_copy(update=changed))
            held += 1
    return held
