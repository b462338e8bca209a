"""The chat page: ask, drop files, draft; every message keeps what hangs below it."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from copilot import Copilot
from copilot.app._answers import draw_answer, draw_opener, passages_of
from copilot.app._briefs import SAMPLE, brand_kits, choose_brand, draw_form, ordered
from copilot.app._drafting import start
from copilot.app._drafts import draw_jobs
from copilot.app._imports import draw_card, new_card
from copilot.app._jobs import finished
from copilot.app._remembered import begin_anew, draw_earlier, recall, remember
from copilot.app._state import SHOWN, DraftCard, Said, State, complain, service, state, told
from copilot.app._text import plain
from copilot.app._uploads import DATA, DOCUMENTS, Uploaded, draw_index, index_files, is_data
from copilot.assistant.route import route
from copilot.campaigns.briefing.brief import load_brand
from copilot.errors import CopilotError, InputError
from copilot.records import BrandKit, Brief

STARTERS = (
    "Compare micromarketing with mass customisation",
    "What are the drawbacks of local marketing?",
    "Which neighbourhood buys most bread?",
    "Draft an email for each neighbourhood about 15% off any loaf this Saturday before ten, "
    "code CRUST15",
)
BUTTONS = ("Draft it", "Cancel")
AVATARS = {"user": ":material/person:", "assistant": ":material/article:"}
# A long answer is read from its question on, not from its end, where the page would stay.
SCROLL = """<script>
for (const wait of [50, 400])
  setTimeout(() => document.querySelector(".KEY")?.scrollIntoView({block: "start"}), wait);
</script>"""


def main() -> None:
    """Draw the conversation, then take in what was just said or dropped."""
    copilot, now = service(), state()
    recall(copilot, now)
    remember(copilot, now)
    _sidebar(copilot, now)
    draw_opener()
    welcome = st.empty()
    if not now.said and not now.pending:
        with welcome.container():
            _welcome(now)
    first = max(0, len(now.said) - SHOWN)
    if first:
        st.caption(f"{first} earlier messages are not shown.")
    for said in now.said[first:]:
        _draw(copilot, said)
    given = st.chat_input(
        "Ask, drop documents or customer files, or say what to draft",
        accept_file="multiple",
        file_type=[*DOCUMENTS, *DATA],
        submit_mode="stop",
        key="message",
    )
    text, files = (given.text.strip(), given.files) if given else ("", [])
    if text or files:
        welcome.empty()
    if files:
        text = _take_files(copilot, now, text, files)
    _take_text(copilot, now, text or _due(now))
    if now.focus:
        st.html(SCROLL.replace("KEY", f"st-key-said-{now.focus}"), unsafe_allow_javascript=True)
        now.focus = ""


def _sidebar(copilot: Copilot, now: State) -> None:
    with st.sidebar:
        now.audience = st.selectbox(
            "Answer for",
            ["practitioner", "student"],
            index=["practitioner", "student"].index(now.audience),
            format_func=str.capitalize,
        )
        if now.said and st.button("New conversation", width="stretch"):
            begin_anew(now)
            st.rerun()
        if now.said and st.button("Clear conversation", width="stretch"):
            copilot.chats.delete(now.chat_id)
            begin_anew(now)
            st.rerun()
        draw_earlier(copilot, now)


def _welcome(now: State) -> None:
    st.title("What shall we work on?")
    st.markdown(
        "Ask about marketing and read an answer with its sources. Drop your own documents and "
        "customer files below. Or say what to draft: only facts you gave can appear in the copy."
    )
    for number, prompt in enumerate(STARTERS):
        if st.button(prompt, key=f"starter-{number}", width="stretch"):
            now.pending = prompt
            st.rerun()


def _due(now: State) -> str:
    """What is still to be answered: a starter, or a question that waited for its documents."""
    text, now.pending = now.pending, ""
    if not text and now.waiting and finished(now.waiting[0]):
        text, now.waiting = now.waiting[1], None
    return text


def _draw(copilot: Copilot, said: Said, *, stream: bool = False) -> None:
    with st.container(key=f"said-{said.id}"), st.chat_message(said.role, avatar=AVATARS[said.role]):
        if said.text:
            st.markdown(plain(said.text))
        if said.problem is not None:
            complain(said.problem)
        draw_answer(said, stream=stream)
        if said.index_job is not None:
            draw_index(said.index_job)
        for line in said.files:
            st.caption(plain(line))
        for card in said.imports:
            draw_card(copilot, card)
        if said.draft is not None:
            with told():
                _draw_draft(copilot, said.draft)
            _show_once(copilot, said)


def _show_once(copilot: Copilot, said: Said) -> None:
    """Scroll to the drafts of a message when they have just come."""
    card = said.draft
    if card is None or not card.jobs or card.seen:
        return
    with suppress(InputError):
        if not any(copilot.queue.job(each).active for each in card.jobs):
            state().focus, card.seen = said.id, True


def _keep(copilot: Copilot, now: State, said: Said) -> None:
    said.id = now.next_id()
    now.said.append(said)
    remember(copilot, now)


def _say(copilot: Copilot, now: State, said: Said, *, stream: bool = False) -> None:
    """Keep a message before it is drawn, so that a stop or a click cannot lose it."""
    _keep(copilot, now, said)
    _draw(copilot, said, stream=stream)


def _take_files(copilot: Copilot, now: State, text: str, files: Sequence[Uploaded]) -> str:
    """Start with the dropped files; returns the text to answer now."""
    _say(copilot, now, Said("user", "Dropped: " + ", ".join(file.name for file in files)))
    documents = [file for file in files if not is_data(file.name)]
    said = Said("assistant")
    if documents:
        said.index_job = index_files(copilot, documents)
    with st.spinner("Looking at the files"):
        data = [file for file in files if is_data(file.name)]
        said.imports = [new_card(copilot, file, now.next_id()) for file in data]
    _say(copilot, now, said)
    if said.index_job and text:
        now.waiting = (said.index_job, text)
        return ""
    return text


def _take_text(copilot: Copilot, now: State, text: str) -> None:
    if not text:
        return
    asked = Said("user", text)
    _say(copilot, now, asked)
    with st.spinner("Thinking"):
        said = _reply(copilot, now, text)
    if said.draft is not None:
        _keep(copilot, now, said)
        now.focus = asked.id
        st.rerun()  # the brief that this one replaces is still drawn open above
    _say(copilot, now, said, stream=True)
    now.focus = asked.id


def _reply(copilot: Copilot, now: State, text: str) -> Said:
    """What the assistant says: an answer, a brief to confirm, or what went wrong."""
    waiting = now.open_draft()
    try:
        tool = route(text, drafting=waiting is not None)
        if tool != "ask":
            return _understood(copilot, now, text, waiting if tool == "revise" else None)
        turns = now.turns()[:-1]
        answer = copilot.ask(text, audience=now.audience, history=turns)
        return Said("assistant", answer=answer, passages=passages_of(copilot, answer))
    except CopilotError as error:
        return Said("assistant", problem=error)


def _understood(copilot: Copilot, now: State, text: str, before: DraftCard | None) -> Said:
    """A new brief, or the waiting one changed by what was said."""
    waiting = now.open_draft()
    previous = before.brief if before else None
    brand = previous.brand if previous else _default_brand(copilot)
    understanding = copilot.understand(text, brand=brand, previous=previous)
    if waiting is not None:
        waiting.closed = "Replaced by the brief below."
    card = DraftCard(now.next_id(), understanding, understanding.brief)
    return Said("assistant", draft=card)


def _default_brand(copilot: Copilot) -> BrandKit:
    kits = brand_kits(copilot.settings.home)
    return load_brand(next(iter(kits.values()), kits[SAMPLE]))


def _draw_draft(copilot: Copilot, card: DraftCard) -> None:
    if card.jobs:
        draw_jobs(copilot, card.jobs, f"draft-{card.id}")
        return
    if card.closed:
        st.caption(card.closed)
        return
    _draw_understanding(card)
    brand = choose_brand(copilot.settings.home, card.id)
    brief = card.brief or Brief(name="campaign", brand=brand)
    pressed, values = draw_form(brief, card.id, each=True, buttons=BUTTONS)
    if pressed == "Cancel":
        card.closed = "Not drafted."
        st.rerun()
    if pressed:
        card.jobs = start(copilot, ordered(brief, brand, values))
        st.rerun()


def _draw_understanding(card: DraftCard) -> None:
    found = card.understanding
    st.markdown("**This is what I understood.** Correct it below, or say what to change.")
    lines = [f"- {plain(one)}" for one in found.understood]
    lines += [f"- :gray[Assumed: {plain(one)}]" for one in found.assumed]
    lines += [f"- :orange[Missing: {plain(one)}]" for one in found.missing]
    st.markdown("\n".join(lines))


if __name__ == "__main__":
    main()
