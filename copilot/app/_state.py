"""What one visitor's session holds, in one dataclass under one key, and the shared service."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import streamlit as st

from copilot import Copilot, Settings
from copilot.app._hands import Hands, hands
from copilot.errors import CopilotError
from copilot.records import (
    Answer,
    Audience,
    Brief,
    CheckReport,
    DoctorReport,
    DraftReport,
    Forgotten,
    ImportReport,
    RuleTest,
    Turn,
    Understanding,
)

SERVICE, STATE = "copilot", "state"
SHOWN = 30
KEPT_FIGURES = 60
REMEMBERED = 6
T = TypeVar("T")


@dataclass
class ImportCard:
    """Customers' data on their way in, a file or a database's query: proposed, corrected, loaded.

    A database's URL may hold a password: it is in memory only, never shown, and let go of once
    the data are loaded.
    """

    id: str
    path: Path
    table: str | None = None
    proposal: ImportReport | None = None
    base: ImportReport | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    job: str | None = None
    problem: str = ""
    cancelled: bool = False
    url: str = field(default="", repr=False)
    query: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    rejected: int = 0
    corrected: "ImportCard | None" = None

    @property
    def label(self) -> str:
        """What it is called on the page; of a URL never more than the report shows."""
        if not self.url:
            return self.path.name
        return self.base.source if self.base else "The database"


@dataclass
class DraftCard:
    """A campaign asked for in the chat: understood, confirmed, drafted."""

    id: str
    understanding: Understanding
    brief: Brief | None
    jobs: tuple[str, ...] = ()
    closed: str = ""
    seen: bool = False

    @property
    def waiting(self) -> bool:
        """Whether it still waits to be confirmed or corrected."""
        return not self.jobs and not self.closed


@dataclass
class Said:
    """One message of the conversation with whatever hangs below it."""

    role: Literal["user", "assistant"]
    text: str = ""
    answer: Answer | None = None
    passages: dict[str, str] = field(default_factory=dict)
    index_job: str | None = None
    imports: list[ImportCard] = field(default_factory=list)
    draft: DraftCard | None = None
    problem: CopilotError | None = None
    files: list[str] = field(default_factory=list)
    id: str = ""


@dataclass
class RuleRow:
    """One test as a row: the field and test last chosen, and the values to begin with."""

    id: str
    start: RuleTest | None = None


@dataclass
class RuleBox:
    """Rows and boxes of rows that must all hold, or of which one must."""

    id: str
    how: Literal["and", "or"] = "and"
    negated: bool = False
    rows: list[RuleRow] = field(default_factory=list)
    boxes: list["RuleBox"] = field(default_factory=list)


@dataclass
class RuleDraft:
    """The rule being built: its rows (None: only its text), the text in force, what is wrong."""

    root: RuleBox | None = None
    where: str = ""
    begun: bool = False
    problem: str = ""
    saved: str = ""


@dataclass
class State:
    """Everything a session remembers, apart from the values of widgets."""

    said: list[Said] = field(default_factory=list)
    chat_id: str = ""
    chat_version: int = 0
    chat_digest: str = ""
    pending: str = ""
    focus: str = ""
    waiting: tuple[str, str] | None = None
    audience: Audience = "practitioner"
    imports: list[ImportCard] = field(default_factory=list)
    index_job: str | None = None
    sample_job: str | None = None
    doctor: DoctorReport | None = None
    estimates: tuple[DraftReport, ...] = ()
    draft_jobs: tuple[str, ...] = ()
    checked: tuple[str, CheckReport] | None = None
    rule: RuleDraft = field(default_factory=RuleDraft)
    draft_for: str = ""
    pages: dict[str, Any] = field(default_factory=dict)
    figures: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    forgotten: Forgotten | None = None
    counter: int = 0

    def next_id(self) -> str:
        """A new id, unique in the session: it keys widgets."""
        self.counter += 1
        return str(self.counter)

    def open_draft(self) -> DraftCard | None:
        """The latest brief that still waits to be confirmed."""
        cards = [one.draft for one in self.said if one.draft is not None]
        return cards[-1] if cards and cards[-1].waiting else None

    def turns(self) -> list[Turn]:
        """The latest questions and answers, for a question that leans on them."""
        found = []
        for one in self.said:
            text = one.answer.answer if one.answer else one.text
            if text:
                found.append(Turn(role=one.role, text=text))
        return found[-REMEMBERED:]


def state() -> State:
    """This session's state, made on first use."""
    if STATE not in st.session_state:
        st.session_state[STATE] = State()
    return cast(State, st.session_state[STATE])


@st.cache_resource(show_spinner=False)
def _opened(home: str) -> Copilot:
    copilot = Copilot.open(home)
    threading.Thread(target=_warm, args=(copilot, hands()), daemon=True).start()
    return copilot


def _warm(copilot: Copilot, crew: Hands) -> None:
    """Go on with unfinished jobs, and load what the first question needs."""
    crew.take_over(copilot)
    with suppress(CopilotError):
        copilot.search("marketing", k=1)


def provide_service() -> None:
    """Put the workspace's service into the session, unless one was put there before."""
    if SERVICE not in st.session_state:
        home = Settings.load().home
        st.session_state[SERVICE] = _opened(str(home))


def service() -> Copilot:
    """The service of this session."""
    provide_service()
    return cast(Copilot, st.session_state[SERVICE])


def figure(copilot: Copilot, key: tuple[Any, ...], make: Callable[[], T]) -> T:
    """What `make` computes, kept for this session until the data change.

    `key` names the verb and all it was asked with.
    """
    held, now = state().figures, copilot.store.manifest().generation
    whole = (now, *key)
    if whole not in held:
        with st.spinner("Computing"):
            held[whole] = make()
        for old in list(held)[:-KEPT_FIGURES]:
            del held[old]
    return cast(T, held[whole])


def complain(error: CopilotError) -> None:
    """Show an error on purpose as a box: what is wrong, and what to do."""
    st.error(f"{error.message}\n\n{error.hint}".strip())


@contextmanager
def told() -> Iterator[None]:
    """Turn an error on purpose inside the block into a box."""
    try:
        yield
    except CopilotError as error:
        complain(error)
