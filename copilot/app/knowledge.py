"""The knowledge page: what the library holds, searching it, and the concepts it ships with."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from copilot import Copilot
from copilot.app._answers import place
from copilot.app._charts import table, words
from copilot.app._state import State, service, state, told
from copilot.app._text import marked, plain, safe_markdown
from copilot.app._uploads import ARCHIVES, DATA, DOCUMENTS, draw_index, index_files
from copilot.records import ConceptNote

PASSAGES = 8
CONCEPT = "concept"


def main() -> None:
    """Three views of the library, one a tab."""
    copilot, now = service(), state()
    st.title("Knowledge")
    library, searching, concepts = st.tabs(["Library", "Search", "Concepts"])
    with library, told():
        _library(copilot, now)
    with searching, told():
        _search(copilot)
    with concepts, told():
        _concepts(copilot.notes)


def _library(copilot: Copilot, now: State) -> None:
    with st.form("add-documents", clear_on_submit=True):
        files = st.file_uploader(
            "Add documents, or zip files of them",
            [*DOCUMENTS, *DATA, *ARCHIVES],
            accept_multiple_files=True,
            key="documents",
        )
        if st.form_submit_button("Add to the library", type="primary") and files:
            now.index_job = index_files(copilot, files)
    if now.index_job is not None:
        draw_index(now.index_job)
    sources = copilot.library.sources()
    own = [one.source for one in sources if one.kind == "document"]
    st.markdown(f"**{len(sources)} sources**, {len(own)} of them your own")
    rows = [
        {
            "title": one.title,
            "kind": one.kind,
            "pages": one.pages,
            "passages": one.passages,
            "source": one.source,
        }
        for one in sorted(sources, key=lambda one: (one.kind == "note", one.title.casefold()))
    ]
    table(rows)
    if own:
        _remove(copilot, own)


def _remove(copilot: Copilot, own: Sequence[str]) -> None:
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Take one of your documents out", own, index=None, format_func=lambda one: Path(one).name
    )
    if right.button("Remove", disabled=chosen is None, width="stretch"):
        copilot.index(remove=chosen)
        st.rerun()


def _search(copilot: Copilot) -> None:
    question = st.text_input("Look for", placeholder="drawbacks of local marketing", key="search")
    if not question.strip():
        st.caption("Type a few words to read the nearest passages.")
        return
    hits = copilot.search(question, k=PASSAGES)
    if not hits:
        st.info("Nothing in the library is near to that.")
    for hit in hits:
        with st.container(border=True):
            left, right = st.columns([5, 1])
            left.markdown(place(hit.source, hit.title, hit.heading, hit.page))
            right.progress(min(max(hit.score, 0.0), 1.0), text=f"score {hit.score:.2f}")
            st.html(marked(hit.text.strip(), []))


def _concepts(notes: Sequence[ConceptNote]) -> None:
    by_slug = {note.slug: note for note in notes}
    slug = st.selectbox(
        "Concept",
        list(by_slug),
        format_func=lambda one: by_slug[one].title,
        key=CONCEPT,
    )
    note = by_slug[slug]
    st.header(note.title)
    if note.aliases:
        st.caption("Also called " + plain(", ".join(note.aliases)))
    for heading, text in note.sections.items():
        if heading == "Definition":
            st.markdown(safe_markdown(text))
        else:
            with st.expander(heading):
                st.markdown(safe_markdown(text))
    if note.dimensions:
        st.subheader("Along the dimensions")
        st.table({words(name): plain(text) for name, text in note.dimensions.items()})
    _examples(note)
    _links("Set against", note.contrasts_with, by_slug)
    _links("Related", note.related, by_slug)


def _examples(note: ConceptNote) -> None:
    if note.examples:
        st.subheader("Examples")
        lines = [
            f"- **{plain(one.who)}** {plain(one.what)} :gray[{plain(one.source)}]"
            for one in note.examples
        ]
        st.markdown("\n".join(lines))
    if note.sources:
        with st.expander(f"Literature ({len(note.sources)})"):
            for one in note.sources:
                st.markdown(plain(f"{one.author} ({one.year}). {one.title}. {one.where}."))


def _open(slug: str) -> None:
    st.session_state[CONCEPT] = slug


def _links(title: str, slugs: Sequence[str], by_slug: dict[str, ConceptNote]) -> None:
    known = [slug for slug in slugs if slug in by_slug]
    if not known:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**", width="content")
        for slug in known:
            st.button(by_slug[slug].title, key=f"{title}-{slug}", on_click=_open, args=(slug,))


if __name__ == "__main__":
    main()
