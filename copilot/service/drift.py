"""The verb that measures how far a campaign's copy stands from its brand."""

from pathlib import Path

from copilot.records import BrandKit, DriftReport
from copilot.service.parts import Parts


class DriftVerbs(Parts):
    """Holds copy against the brand's own."""

    def drift(self, campaign: str, *, brand: BrandKit | Path | str | None = None) -> DriftReport:
        """How far each draft of a campaign's latest run stands from the brand's exemplars.

        `brand` is a kit or its YAML file, to measure with other exemplars than those the
        campaign was drafted under. Raises InputError for an unknown campaign, BriefError when
        the kit has no exemplars.
        """
        from copilot.campaigns.briefing.brief import load_brand
        from copilot.campaigns.drifting.drift import drift

        with self._lock:
            run = self.campaigns.latest(campaign)
            kit = run.brief.brand if brand is None else brand
            if not isinstance(kit, BrandKit):
                kit = load_brand(Path(kit))
            drafts = [one for one in self.campaigns.drafts(run.run_id) if one.status != "rejected"]
            embedder = self.open_embedder()
            return drift(drafts, kit, embedder.embed if embedder else None)
