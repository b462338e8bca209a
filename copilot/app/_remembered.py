"""The conversation kept across reloads and restarts, under an id in the page's address."""

from uuid import uuid4

import streamlit as st
from pydantic import Field

from copilot import Copilot
from copilot.app._state import DraftCard, ImportCard, Said, State
from copilot.app._text import plain
from copilot.errors import CopilotError
from copilot.records import Answer, Brief, KeptChat, Understanding
from copilot.records.base import Record
from copilot.text import content_id

ADDRESS = "chat"
TITLE = 60


class _Draft(Record):
    """A campaign asked for in the chat; its drafts are found again by the jobs."""

    id: str
    understanding: Understanding
    brief: Brief | None
    jobs: tuple[str, ...]
    closed: str


class _Problem(Record):
    message: str
    hint: str


class _Message(Record):
    """One message as it is kept: of files only what became of them."""

    id: str
    role: str = Field(pattern="user|assistant")
    text: str
    answer: Answer | None
    passages: dict[str, str]
    draft: _Draft | None
    problem: _Problem | None
    files: tuple[str, ...]


def recall(copilot: Copilot, now: State) -> None:
    """Bring back the conversation of the page's address, or what is left of one changed since."""
    wanted = st.query_params.get(ADDRESS, "")
    if wanted and wanted != now.chat_id:
        _restore(copilot, now, wanted)
    elif now.chat_id and copilot.chats.version(now.chat_id) != now.chat_version:
        _restore(copilot, now, now.chat_id)
    if now.chat_id:
        st.query_params[ADDRESS] = now.chat_id


def remember(copilot: Copilot, now: State) -> None:
    """Keep the conversation as it stands; one that has not changed costs nothing."""
    if not now.said:
        return
    records = [_kept(one).model_dump_json() for one in now.said]
    digest = content_id(*records)
    if digest == now.chat_digest:
        return
    now.chat_id = now.chat_id or uuid4().hex[:12]
    saved = copilot.chats.save(now.chat_id, _title(now), records, now.chat_version)
    if saved is not None:  # else somebody else changed it; the next run brings it back
        now.chat_version, now.chat_digest = saved, digest
    st.query_params[ADDRESS] = now.chat_id


def begin_anew(now: State) -> None:
    """Leave the conversation; it stays among the earlier ones."""
    now.said, now.waiting = [], None
    now.chat_id, now.chat_version, now.chat_digest = "", 0, ""
    st.query_params.pop(ADDRESS, None)


def draw_earlier(copilot: Copilot, now: State) -> None:
    """The earlier conversations, to open or delete."""
    found = [one for one in copilot.chats.recent() if one.id != now.chat_id]
    if not found:
        return
    with st.expander("Earlier conversations"):
        for one in found:
            _draw_one(copilot, now, one)


def _draw_one(copilot: Copilot, now: State, one: KeptChat) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    if left.button(plain(one.title), key=f"open-{one.id}", width="stretch"):
        begin_anew(now)
        st.query_params[ADDRESS] = one.id
        st.rerun()
    if right.button(":material/delete:", key=f"delete-{one.id}", help="Delete it"):
        copilot.chats.delete(one.id)
        st.rerun()


def _restore(copilot: Copilot, now: State, chat_id: str) -> None:
    found = copilot.chats.load(chat_id)
    begin_anew(now)
    if found is None:
        return
    records, version = found
    now.said = [_said(_Message.model_validate_json(record)) for record in records]
    now.chat_id, now.chat_version = chat_id, version
    now.chat_digest = content_id(*records)
    ids = [one.id for one in now.said] + [one.draft.id for one in now.said if one.draft]
    now.counter = max([now.counter, *(int(each) for each in ids if each.isdigit())])


def _kept(one: Said) -> _Message:
    card, problem = one.draft, one.problem
    names = ("id", "understanding", "brief", "jobs", "closed")
    draft = None if card is None else _Draft(**{name: getattr(card, name) for name in names})
    return _Message(
        id=one.id,
        role=one.role,
        text=one.text,
        answer=one.answer,
        passages=one.passages,
        draft=draft,
        problem=None if problem is None else _Problem(message=problem.message, hint=problem.hint),
        files=(*one.files, *(_became(each) for each in one.imports)),
    )


def _said(kept: _Message) -> Said:
    card, problem = kept.draft, kept.problem
    draft = None
    if card is not None:
        draft = DraftCard(card.id, card.understanding, card.brief, card.jobs, card.closed, True)
    return Said(
        role="user" if kept.role == "user" else "assistant",
        text=kept.text,
        answer=kept.answer,
        passages=kept.passages,
        draft=draft,
        problem=None if problem is None else CopilotError(problem.message, hint=problem.hint),
        files=list(kept.files),
        id=kept.id,
    )


def _became(card: ImportCard) -> str:
    if card.job is None:
        return f"{card.label}: not loaded. Drop it again to load it."
    return f"{card.label}: loaded; see Customers."


def _title(now: State) -> str:
    first = next((one.text for one in now.said if one.role == "user" and one.text), "")
    return first if len(first) <= TITLE else f"{first[: TITLE - 1]}…"
