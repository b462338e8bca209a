"""Verbs of a drafted campaign: look, compare, approve, reject, edit, preview, export, verify."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from copilot.records import Edited, ExportReport, Preview, ReviewReport, SlotGroup, Verified
from copilot.service.campaigns import CampaignVerbs


class ReviewVerbs(CampaignVerbs):
    """From a draft to a file that may be sent, with who decided what and when."""

    def review(self, campaign: str) -> ReviewReport:
        """A campaign's latest drafts as they stand, with every decision on them."""
        from copilot.reviewing.deciding import look

        with self._lock:
            return look(self._desk(), campaign)

    def differences(self, campaign: str) -> tuple[SlotGroup, ...]:
        """What the drafts share and where they differ; a text is approved once for all of them."""
        from copilot.reviewing.deciding import compared

        with self._lock:
            return compared(self._desk(), campaign)

    def approve(
        self, campaign: str, ids: Sequence[str], *, by: str, note: str = ""
    ) -> ReviewReport:
        """Approve drafts (`all`: those not held), or texts that stand in several of them.

        Raises RefusedError for a held draft, naming its finding, and for who may not approve.
        """
        from copilot.reviewing.deciding import approve

        with self._lock:
            return approve(self._desk(), campaign, ids, by=by, note=note, at=_now())

    def reject(self, campaign: str, ids: Sequence[str], *, by: str, note: str) -> ReviewReport:
        """Reject drafts, saying why; they are not exported."""
        from copilot.reviewing.deciding import reject

        with self._lock:
            return reject(self._desk(), campaign, ids, by=by, note=note, at=_now())

    def edit_draft(
        self, campaign: str, draft_id: str, text: str, *, by: str, note: str = ""
    ) -> Edited:
        """Give a draft another text, if every check passes it; it waits for review again."""
        from copilot.reviewing.deciding import edit

        with self._lock:
            return edit(self._desk(), campaign, draft_id, text, by=by, note=note, at=_now())

    def preview_as(self, campaign: str, customer_id: str) -> tuple[Preview, ...]:
        """The messages as one customer gets them, merged as the export merges them."""
        from copilot.reviewing.previewing import preview_as

        with self._lock:
            return preview_as(self._desk(), campaign, customer_id)

    def preview_worst(self, campaign: str) -> tuple[Preview, ...]:
        """The messages on the rows hardest to merge, synthetic where the data have none."""
        from copilot.reviewing.previewing import preview_worst

        with self._lock:
            return preview_worst(self._desk(), campaign)

    def export(
        self,
        campaign: str,
        *,
        out: Path | str,
        by: str,
        format: str = "generic",
        recipients: bool = False,
    ) -> ExportReport:
        """Write what may be sent, with a manifest; `recipients` merges a row for each of them.

        Consent, the offer, claims and facts are looked at again. `out` ends in .csv, .tsv, .xlsx,
        .parquet or .jsonl. Raises RefusedError when nothing may be sent.
        """
        from copilot.reviewing.exporting import export

        with self._lock:
            return export(
                self._desk(),
                campaign,
                format=format,
                out=Path(out),
                recipients=recipients,
                by=by,
                at=_now(),
            )

    def verify_export(self, manifest: Path | str) -> Verified:
        """Whether an export's files are byte for byte what its manifest says."""
        from copilot.campaigns.exporting.manifest import verify_manifest

        return verify_manifest(Path(manifest))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
