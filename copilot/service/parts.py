"""The parts of a workspace, each opened on first use."""

import datetime as dt
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from copilot.records import ConceptNote
from copilot.settings import Settings, data_folder

if TYPE_CHECKING:
    from copilot.assistant.chats import ChatStore
    from copilot.campaigns.store import CampaignStore
    from copilot.customers.engine import Engine
    from copilot.customers.store import Store
    from copilot.forgetting import Forgets
    from copilot.jobs.queue import Queue
    from copilot.models.chat import Complete
    from copilot.models.embed import Embedder
    from copilot.models.spend import Meter
    from copilot.rag.business import CardLibrary
    from copilot.rag.index import Library
    from copilot.rag.retrieve import Retriever

Progress = Callable[[int, int, str], None]
Unset = Literal["settings"]


class Parts:
    """What the verbs work with: settings, model, notes, library, store, engine."""

    def __init__(
        self,
        settings: Settings,
        *,
        complete: "Complete | Unset | None" = "settings",
        embedder: "Embedder | Unset | None" = "settings",
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self.settings = settings
        self.today = today
        self._complete = complete
        self._embedder = embedder
        self._lock = threading.RLock()

    @classmethod
    def open(cls, workspace: Settings | Path | str | None = None) -> Self:
        """The Copilot of a workspace folder (default: the settings' own).

        Raises SettingsError naming a setting that cannot work.
        """
        if isinstance(workspace, Settings):
            return cls(workspace)
        return cls(Settings.load(workspace))

    @cached_property
    def meter(self) -> "Meter":
        """What model calls have cost since this Copilot was opened."""
        from copilot.models.spend import Meter

        return Meter(self.settings.budget_usd)

    @cached_property
    def complete(self) -> "Complete | None":
        """The connected model, or None when everything runs offline."""
        from copilot.models.chat import open_chat

        if self._complete == "settings":
            return open_chat(self.settings, self.meter)
        return self._complete

    @cached_property
    def notes(self) -> tuple[ConceptNote, ...]:
        """The shipped concept notes."""
        from copilot.rag.notes import load_notes

        return load_notes(data_folder("knowledge") / "concepts")

    def open_embedder(self) -> "Embedder | None":
        """What turns texts into vectors; None when its weights are missing."""
        from copilot.models.embed import open_embedder

        return open_embedder(self.settings) if self._embedder == "settings" else self._embedder

    @cached_property
    def library(self) -> "Library":
        """The indexed notes and documents; the shipped notes are brought in on first use."""
        from copilot.rag.index import Library

        library = Library.open(
            self.settings.home / "library", self.open_embedder(), self.settings.chroma
        )
        library.sync_notes(self.notes)
        return library

    @cached_property
    def retriever(self) -> "Retriever":
        """Fused retrieval over the library."""
        from copilot.rag.retrieve import Retriever

        return Retriever(self.library, self.notes)

    @cached_property
    def store(self) -> "Store":
        """The customers' Parquet files."""
        from copilot.customers.store import Store
        from copilot.forgetting import finish

        store = Store(self.settings.home / "customers")
        finish(self.settings.home, store, lambda: self.campaigns, lambda: self.kept)
        return store

    @cached_property
    def engine(self) -> "Engine":
        """The data engine over the store."""
        from copilot.customers.engine import Engine

        return Engine(self.store, url=self.settings.engine)

    @cached_property
    def campaigns(self) -> "CampaignStore":
        """The drafted campaigns and the decisions on them."""
        from copilot.campaigns.store import open_store

        return open_store(self.settings)

    @cached_property
    def queue(self) -> "Queue":
        """The durable jobs."""
        from copilot.database import database_url
        from copilot.jobs.queue import Queue

        return Queue(database_url(self.settings))

    @cached_property
    def chats(self) -> "ChatStore":
        """The conversations that are kept."""
        from copilot.assistant.chats import ChatStore
        from copilot.database import database_url

        return ChatStore(database_url(self.settings))

    @property
    def kept(self) -> "dict[str, Forgets]":
        """What else is kept that may name a person, by what it is called."""
        return {"jobs": self.queue, "conversations": self.chats}

    @cached_property
    def card_library(self) -> "CardLibrary":
        """The index of the business's cards, as it is; `business` brings it up to date."""
        from copilot.rag.business import CardLibrary

        folder = self.settings.home / "library" / "business"
        return CardLibrary(folder, self.library.embedder, self.settings.chroma)

    def business(self) -> "CardLibrary":
        """The business's cards, made again when the customers' data or the templates moved."""
        from copilot.customers.business.cards import cards, made_from

        self.card_library.sync(made_from(self.engine), lambda: cards(self.engine))
        return self.card_library

    def forget_cards(self) -> None:
        """Remove the cards made before somebody was erased; they are made again when needed."""
        if (self.settings.home / "library" / "business").is_dir():
            self.card_library.clear()
