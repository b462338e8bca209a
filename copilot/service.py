"""Copilot: the facade, and the one place where the columns are wired.

One short method a verb of the command line. It holds no conversation; history is an argument.
Parts are opened on first use, so that opening a Copilot costs nothing.
"""

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from copilot.errors import DataError, InputError
from copilot.records import (
    Answer,
    Audience,
    BrandKit,
    Brief,
    CheckReport,
    ConceptNote,
    DemoReport,
    DoctorReport,
    DraftReport,
    Hit,
    ImportReport,
    IndexReport,
    Locality,
    LocalityLevel,
    Profile,
    Segment,
    TableName,
    Turn,
    Understanding,
)
from copilot.settings import Settings, data_folder

if TYPE_CHECKING:
    from copilot.customers.engine import Engine
    from copilot.customers.segments import Scheme
    from copilot.customers.store import Store
    from copilot.drafting import Desk
    from copilot.models.chat import Complete
    from copilot.models.embed import Embedder
    from copilot.models.spend import Meter
    from copilot.rag.index import Library
    from copilot.rag.retrieve import Retriever

Progress = Callable[[int, int, str], None]
Unset = Literal["settings"]
MOST_PASSAGES = 100


class Copilot:
    """Explains, computes, drafts. Safe to share between threads; build one with `open`."""

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
    def open(cls, workspace: Settings | Path | str | None = None) -> "Copilot":
        """The Copilot of a workspace folder (default: the settings' own).

        Raises SettingsError naming a setting that cannot work.
        """
        if isinstance(workspace, Settings):
            return cls(workspace)
        return cls(Settings.load(workspace))

    # -- the parts -------------------------------------------------------------------------

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

    @cached_property
    def library(self) -> "Library":
        """The indexed notes and documents; the shipped notes are brought in on first use."""
        from copilot.models.embed import open_embedder
        from copilot.rag.index import Library

        embedder = self._embedder
        if embedder == "settings":
            embedder = open_embedder(self.settings)
        library = Library.open(
            self.settings.home / "library",
            embedder,
            self.settings.chroma,
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

        return Store(self.settings.home / "customers")

    @cached_property
    def engine(self) -> "Engine":
        """The data engine over the store."""
        from copilot.customers.engine import Engine

        return Engine(self.store, url=self.settings.engine)

    # -- knowledge -------------------------------------------------------------------------

    def index(
        self,
        paths: Sequence[Path | str] = (),
        *,
        remove: str | None = None,
        rebuild: bool = False,
        progress: Progress | None = None,
    ) -> IndexReport:
        """Read files or folders into the library; failures are listed and the rest goes on."""
        from copilot.rag.update import update

        with self._lock:
            return update(
                self.library,
                [Path(path) for path in paths],
                notes=self.notes,
                remove=remove,
                rebuild=rebuild,
                progress=progress,
            )

    def search(self, question: str, *, k: int = 5, source: str | None = None) -> list[Hit]:
        """The k passages nearest to a question, best first, scores 0-1; k from 1 to 100."""
        if not 1 <= k <= MOST_PASSAGES:
            raise InputError(f"k is {k}.", hint=f"Ask for 1 to {MOST_PASSAGES} passages.")
        with self._lock:
            return list(self.retriever.retrieve(question, k=k, source=source).hits)

    def ask(
        self,
        question: str,
        *,
        audience: Audience = "practitioner",
        source: str | None = None,
        history: Sequence[Turn] = (),
        id: str = "",
    ) -> Answer:
        """Answer from the library with citations, or from the data with the query.

        A question about the customers' numbers is computed; one that cannot be parsed is
        refused with what would work, never guessed.
        """
        from copilot.asking import answer_question

        with self._lock:
            return answer_question(
                question,
                engine=self.engine,
                retriever=lambda: self.retriever,
                notes=self.notes,
                complete=self.complete,
                audience=audience,
                source=source,
                history=history,
                id=id,
            )

    # -- customers -------------------------------------------------------------------------

    def import_customers(
        self,
        files: Sequence[Path | str],
        *,
        table: str | None = None,
        mapping: Path | Mapping[str, str] | None = None,
        dry_run: bool = False,
        synthetic: tuple[str, ...] = (),
    ) -> list[ImportReport]:
        """Load files into the canonical tables; rows are loaded, updated or rejected."""
        from copilot.customers.importing.load import import_file
        from copilot.customers.importing.mapping import load_mapping

        if table is not None and table not in get_args(TableName):
            raise InputError(
                f"There is no table {table!r}.",
                hint=f"Tables are: {', '.join(get_args(TableName))}.",
            )
        chosen = load_mapping(mapping) if isinstance(mapping, Path) else mapping
        with self._lock:
            return [
                import_file(
                    self.store,
                    Path(file),
                    table=cast("TableName | None", table),
                    mapping=chosen,
                    dry_run=dry_run,
                    synthetic=synthetic,
                )
                for file in files
            ]

    def profile(self) -> Profile:
        """What is in the tables, how complete it is, who consents, what is missing for what."""
        from copilot.customers.profile import profile

        with self._lock:
            return profile(self.engine)

    def localities(
        self, level: str = "neighbourhood", *, name: str | None = None
    ) -> list[Locality]:
        """Every locality of a level, computed, with what it over-indexes on."""
        from copilot.customers.localities import localities

        if level not in get_args(LocalityLevel):
            raise InputError(
                f"There is no level {level!r}.",
                hint=f"Levels are: {', '.join(get_args(LocalityLevel))}.",
            )
        with self._lock:
            found = localities(self.engine, cast(LocalityLevel, level), name=name)
        if name is not None and not found:
            raise DataError(
                f"There is no {level} {name!r} in the data.",
                hint=f"See: marketing-copilot localities --level {level}",
            )
        return found

    def segments(self, *, by: str = "rfm", where: str = "") -> list[Segment]:
        """Named segments with the rule behind each."""
        from copilot.customers.segments import segments

        with self._lock:
            return segments(self.engine, cast("Scheme", by), where=where)

    def customer(self, customer_id: str) -> dict[str, Any]:
        """One customer's row, consents and purchases; for this machine only, never a model."""
        from copilot.customers.lookup import customer

        with self._lock:
            return customer(self.engine, customer_id)

    def forget(self, customer_id: str) -> dict[str, Any]:
        """Erase a person everywhere; a keyed hash stays so that they are never written to."""
        from copilot.customers.erase import forget

        with self._lock:
            return {"customer_id": customer_id, "erased": forget(self.store, customer_id)}

    def suppress(self, file: Path | str) -> ImportReport:
        """Add addresses that must never be contacted."""
        from copilot.customers.erase import suppress

        with self._lock:
            return suppress(self.store, Path(file))

    # -- campaigns -------------------------------------------------------------------------

    def understand(
        self, message: str, *, brand: BrandKit, previous: Brief | None = None
    ) -> Understanding:
        """A chat message as a brief: what was understood, assumed, and is missing.

        With `previous`, the message is read as a correction to that brief.
        """
        from copilot.campaigns.chat_brief import understand
        from copilot.customers.names import Names, names

        with self._lock:
            known = names(self.engine) if self.engine.has("customers") else Names()
        return understand(
            message,
            brand=brand,
            today=self.today(),
            places=known.places,
            products=known.products,
            previous=previous,
        )

    def parse_brief(self, text: str, *, folder: Path | None = None) -> Brief:
        """A brief from YAML text; paths in it are relative to `folder`. Raises BriefError."""
        from copilot.campaigns.brief import brief_from_text

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
        progress: Progress | None = None,
    ) -> DraftReport:
        """Draft, check, merge and write copy for a brief; only what passes reaches `out`.

        `brief` is a record or the path of a YAML file; `out` ends in .csv, .parquet or .jsonl.
        """
        from copilot.drafting import draft_brief

        with self._lock:
            return draft_brief(
                self._desk(),
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

    def _desk(self) -> "Desk":
        from copilot.customers.erase import suppressed_hash
        from copilot.drafting import Desk

        return Desk(
            settings=self.settings,
            engine=self.engine,
            complete=self.complete,
            meter=self.meter,
            hashed=lambda address: suppressed_hash(self.store, address),
            today=self.today(),
        )

    # -- running ---------------------------------------------------------------------------

    def doctor(self) -> DoctorReport:
        """What is installed, connected and missing, and how to fix it."""
        from copilot.doctor import examine

        return examine(self)

    def demo(self, business: str = "bakery", *, progress: Progress | None = None) -> DemoReport:
        """Load a sample business and show every feature once."""
        from copilot.showing import show

        return show(self, business, progress=progress)


def _brief(brief: Brief | Path | str) -> Brief:
    from copilot.campaigns.brief import load_brief

    return brief if isinstance(brief, Brief) else load_brief(Path(brief))
