"""Verbs of a campaign: understand, parse a brief, draft, check."""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.records import BrandKit, Brief, CheckReport, DraftReport, Understanding
from copilot.service.parts import Parts, Progress

if TYPE_CHECKING:
    from copilot.drafting.desk import Desk


class CampaignVerbs(Parts):
    """Turns briefs into checked copy."""

    def understand(
        self, message: str, *, brand: BrandKit, previous: Brief | None = None
    ) -> Understanding:
        """A chat message as a brief: what was understood, assumed, and is missing.

        With `previous`, the message is read as a correction to that brief.
        """
        from copilot.campaigns.chatting.second import understand_with
        from copilot.campaigns.chatting.understand import understand
        from copilot.customers.names import Names, names

        with self._lock:
            known = names(self.engine) if self.engine.has("customers") else Names()
        read = understand if self.complete is None else partial(understand_with, self.complete)
        return read(
            message,
            brand=brand,
            today=self.today(),
            places=known.places,
            products=known.products,
            previous=previous,
        )

    def parse_brief(self, text: str, *, folder: Path | None = None) -> Brief:
        """A brief from YAML text; paths in it are relative to `folder`. Raises BriefError."""
        from copilot.campaigns.briefing.brief import brief_from_text

        return brief_from_text(text, folder=folder or self.settings.home)

    def draft(
        self,
        brief: Brief | Path | str,
        *,
        out: Path | str | None = None,
        format: str = "generic",
        limit: int | None = None,
        estimate: bool = False,
        resume: bool = False,
        keep: bool = True,
        progress: Progress | None = None,
    ) -> DraftReport:
        """Draft, check, merge and write copy for a brief; only what passes reaches `out`.

        `brief` is a record or the path of a YAML file; `out` ends in .csv, .parquet or .jsonl.
        The drafts are kept for review and export, unless `keep` is false: then they are only
        returned, as the report's preview.
        """
        from copilot.drafting.running import draft_brief

        with self._lock:
            return draft_brief(
                self._desk(keep=keep),
                _brief(brief),
                out=None if out is None else Path(out),
                format=format,
                limit=limit,
                estimate=estimate,
                resume=resume,
                progress=progress,
            )

    def check(
        self, text: str, brief: Brief | Path | str, *, channel: str | None = None
    ) -> CheckReport:
        """The checks every draft passes, on any text; a `Subject:` line is read as one.

        Without a channel the text counts as a piece of a message: what a whole message needs,
        such as the sender's address, is then advice.
        """
        from copilot.checking import check_pasted

        with self._lock:
            return check_pasted(self._desk(), text, _brief(brief), channel=channel)

    def _desk(self, *, keep: bool = True) -> "Desk":
        from copilot.campaigns.merging.liquid import MERGE_FIELDS
        from copilot.campaigns.store import in_memory
        from copilot.customers.privacy.registry import may_mention
        from copilot.customers.privacy.suppression import suppressed_hash
        from copilot.drafting.desk import Desk

        return Desk(
            settings=self.settings,
            engine=self.engine,
            open_campaigns=(lambda: self.campaigns) if keep else cache(in_memory),
            open_embedder=self.open_embedder,
            complete=self.complete,
            meter=self.meter,
            hashed=lambda address: suppressed_hash(self.store, address),
            today=self.today(),
            withheld=tuple(sorted({*MERGE_FIELDS} - may_mention(self.store, MERGE_FIELDS))),
        )


def _brief(brief: Brief | Path | str) -> Brief:
    from copilot.campaigns.briefing.brief import load_brief

    return brief if isinstance(brief, Brief) else load_brief(Path(brief))
