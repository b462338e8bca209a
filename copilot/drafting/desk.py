"""What drafting needs from the outside, handed over by the service."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.models import spend
from copilot.settings import Settings

if TYPE_CHECKING:
    from copilot.campaigns.store import CampaignStore
    from copilot.customers.engine import Engine
    from copilot.models.chat import Complete
    from copilot.models.embed import Embedder

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Desk:
    """Settings, data, model, and where drafts are kept.

    `withheld` are the customers' fields that copy may not name; `hashed` turns an address into
    the form in which an erased person's suppression is kept.
    """

    settings: Settings
    engine: "Engine"
    open_campaigns: "Callable[[], CampaignStore]"
    open_embedder: "Callable[[], Embedder | None]"
    complete: "Complete | None"
    meter: spend.Meter
    hashed: Callable[[str], str] | None
    today: dt.date
    withheld: tuple[str, ...] = ()

    @property
    def campaigns(self) -> "CampaignStore":
        """The drafted campaigns; their database is opened when they are first asked for."""
        return self.open_campaigns()

    @property
    def writer(self) -> str:
        """The connected model's name, or `offline`."""
        return self.settings.model if self.complete and self.settings.model else "offline"
