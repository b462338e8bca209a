"""An answer on the page: its text, its numbers, and citations that open what they quote."""

import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping

import streamlit as st

from copilot import Copilot
from copilot.app._charts import bars, table
from copilot.app._state import Said
from copilot.app._text import Span, chunks, marked, plain, safe_markdown, shortened
from copilot.records import Answer, Citation, Query

PAUSE_S, SQL_PX = 0.06, 320
# The click that opens must come after the one on the link, which would close it again.
_OPENER = """<script>
if (!window.citationOpener) {
  window.citationOpener = true;
  document.addEventListener("click", event => {
    const link = event.target.closest('a[href^="#cite-"]');
    if (!link) return;
    event.preventDefault();
    const name = ".st-key-" + link.getAttribute("href").slice(1) + " button";
    const button = document.querySelector(name);
    button?.scrollIntoView({block: "center"});
    setTimeout(() => button?.click(), 0);
  }, true);
}
</script>"""


def passages_of(copilot: Copilot, answer: Answer) -> dict[str, str]:
    """The whole text of each cited passage, by passage id; kept with the message."""
    wanted = {(one.source, one.passage_id) for one in answer.citations if one.passage_id}
    found: dict[str, str] = {}
    for source in {source for source, _ in wanted}:
        ids = {passage_id for other, passage_id in wanted if other == source}
        for passage in copilot.library.passages(source):
            if passage.id in ids:
                found[passage.id] = passage.text
    return found


def draw_answer(said: Said, *, stream: bool = False) -> None:
    """The message's answer and everything below it."""
    answer = said.answer
    if answer is None:
        return
    if answer.refused:
        st.badge("Not answered", color="orange")
    text = linked(safe_markdown(answer.answer), answer.citations, said.id)
    if stream:
        st.write_stream(_paced(text))
    else:
        st.markdown(text)
    if answer.query is not None:
        _draw_query(answer.query)
    _draw_disagreements(answer)
    for warning in answer.warnings:
        st.caption(plain(warning))
    draw_citations(answer.citations, said.passages, said.id)


def draw_opener() -> None:
    """Once a page: a click on a marker in the text opens its passage below."""
    st.html(_OPENER, unsafe_allow_javascript=True)


def linked(text: str, citations: tuple[Citation, ...], key: str) -> str:
    """Each marker as a link to its passage; hovering over it shows the quote."""
    notes = {one.marker: _note(one) for one in citations}

    def link(found: re.Match[str]) -> str:
        marker = int(found[1])
        if marker not in notes:
            return found[0]
        return f'[\\[{marker}\\]](#cite-{key}-{marker} "{notes[marker]}")'

    return re.sub(r"\[(\d+)\]", link, text)


def _note(one: Citation) -> str:
    """What hovering shows: no character that would end the link or a table's cell."""
    return re.sub(
        r"[^\w\s.,;:'’%&/-]+|\s+", " ", f"{one.title}: {shortened(one.quote, 160)}"
    ).strip()


def _paced(text: str) -> Iterator[str]:
    for chunk in chunks(text):
        yield chunk
        time.sleep(PAUSE_S)


def _draw_query(query: Query) -> None:
    if query.rows:
        if bars(query.rows):
            with st.expander(f"The same as a table · {len(query.rows)} rows"):
                table(query.rows)
        else:
            table(query.rows)
    with st.expander("How this was computed"):
        st.markdown(plain(query.description))
        st.code(query.sql, language="sql", wrap_lines=True, height=SQL_PX)


def _draw_disagreements(answer: Answer) -> None:
    for one in answer.disagreements:
        if all(claim.text.rstrip(".") in answer.answer for claim in one.claims):
            continue  # the answer tells it already
        with st.container(border=True):
            st.markdown(f"**Sources disagree** · {plain(one.point)}")
            for number, claim in enumerate(one.claims):
                marker = f" \\[{one.markers[number]}\\]" if number < len(one.markers) else ""
                st.markdown(f"- {plain(claim.text)}{marker}  \n  :gray[{plain(claim.source)}]")


def draw_citations(citations: tuple[Citation, ...], passages: Mapping[str, str], key: str) -> None:
    """The citations of an answer, by source; each opens the passage with its quote marked."""
    if not citations:
        return
    by_source: dict[str, list[Citation]] = defaultdict(list)
    for one in citations:
        by_source[one.source].append(one)
    st.caption(f"Sources ({len(by_source)}) - open a number to read the passage it quotes")
    for cited in by_source.values():
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"**{plain(shortened(cited[0].title))}**", width="content")
            for one in cited:
                name, where = f"cite-{key}-{one.marker}", plain(_where(one))
                with st.popover(str(one.marker), type="tertiary", help=where, key=name):
                    _draw_passage(one, passages.get(one.passage_id, ""))


def _where(one: Citation) -> str:
    section = one.heading.split(" > ")[-1]
    page = f"page {one.page}" if one.page else ""
    return (
        ", ".join(part for part in (one.title, section, page) if part and part != one.title)
        or one.title
    )


def place(source: str, title: str, heading: str, page: int | None) -> str:
    """Where a passage is: title › headings, page, and its file."""
    steps = [title, *(step for step in heading.split(" > ") if step and step != title)]
    where = " › ".join(steps) + (f", page {page}" if page else "")
    return f"**{plain(where)}**  \n:gray[{plain(source)}]"


def _draw_passage(one: Citation, passage: str) -> None:
    st.markdown(place(one.source, one.title, one.heading, one.page))
    start = passage.find(one.quote)
    text, start = (passage, start) if start >= 0 else (one.quote, 0)
    st.html(marked(text, [Span(start, start + len(one.quote), "quote", "quoted in the answer")]))
