"""The page "Learn": a quiz with marked answers, a learner's progress, the concept map."""

from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from copilot import Copilot
from copilot.app._charts import table
from copilot.app._state import service, told
from copilot.app._text import plain, shortened
from copilot.charts import map_chart, map_rows
from copilot.records import Audience, Citation, LearnerProgress, Marking, Quiz, QuizQuestion

LEARN = "learn"
LEVELS: dict[str, Audience | None] = {
    "Both": None,
    "Student": "student",
    "Practitioner": "practitioner",
}
VERDICTS = {
    "right": ("Right", "green"),
    "partly": ("Partly right", "orange"),
    "wrong": ("Not right", "red"),
}
SIGNS = {"found": ":green[✓]", "missed": ":gray[○]", "contradicted": ":red[✗]"}
MOST = 10


@dataclass
class Learning:
    """The quiz under way: its answers as marked, by question id."""

    quiz: Quiz | None = None
    marked: dict[str, Marking] = field(default_factory=dict)
    seed: int = 0


def main() -> None:
    """Three views: quiz, progress, map."""
    copilot, now = service(), _learning()
    st.title("Learn")
    learner = st.sidebar.text_input(
        "Learner", value="me", key="learner", help="Scores and times are kept under this name."
    )
    quiz, progress, concepts = st.tabs(["Quiz", "Progress", "Concept map"])
    with quiz, told():
        _quiz(copilot, now, learner)
    with progress, told():
        _progress(copilot, learner)
    with concepts, told():
        _map(copilot)


def _learning() -> Learning:
    if LEARN not in st.session_state:
        st.session_state[LEARN] = Learning()
    return cast(Learning, st.session_state[LEARN])


def _quiz(copilot: Copilot, now: Learning, learner: str) -> None:
    with st.form("draw-quiz"):
        left, middle, right = st.columns([4, 1, 1], vertical_alignment="bottom")
        topic = left.selectbox(
            "Topic",
            copilot.topics(),
            key="topic",
            accept_new_options=True,
            help="A concept, a chapter, one of your documents, or a book the notes cite.",
        )
        count = middle.number_input("Questions", 1, MOST, 5, key="count")
        level = right.selectbox("Level", list(LEVELS), key="level")
        if st.form_submit_button("New quiz", type="primary"):
            now.seed += 1
            now.quiz = copilot.quiz(
                topic or "", n=int(count), seed=now.seed, level=LEVELS[level], learner=learner
            )
            now.marked = {}
    if now.quiz is None:
        st.caption("Choose a topic and draw a quiz. Answer in your own words.")
        return
    if now.marked:
        total = sum(one.score for one in now.marked.values())
        st.progress(
            min(len(now.marked) / len(now.quiz.questions), 1.0),
            text=f"{len(now.marked)} of {len(now.quiz.questions)} answered, {total:.1f} points",
        )
    for number, question in enumerate(now.quiz.questions, 1):
        _question(copilot, now, number, question, learner)


def _question(
    copilot: Copilot, now: Learning, number: int, question: QuizQuestion, learner: str
) -> None:
    with st.container(border=True):
        st.markdown(f"**{number}.** {plain(question.prompt)}")
        marking = now.marked.get(question.id)
        with st.form(f"answer-{question.id}", border=False):
            key = f"text-{question.id}"
            if question.options:
                answer = st.radio("Answer", question.options, index=None, key=key)
            else:
                answer = st.text_area("Answer", key=key, height=80, label_visibility="collapsed")
            if st.form_submit_button("Mark it", disabled=marking is not None):
                now.marked[question.id] = copilot.mark(question, answer or "", learner=learner)
                st.rerun()
        if marking is not None:
            _marking(marking)


def _marking(marking: Marking) -> None:
    words, colour = VERDICTS[marking.verdict]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(words, color=colour)  # type: ignore[arg-type]
        st.caption(f"{marking.score:.2f} points")
    if marking.misconception:
        st.warning(plain(f"The answer {marking.misconception}."))
        for one in marking.misconceptions:
            st.markdown(plain(one.explanation))
    shown = {point.reason for point in marking.points}
    for reason in marking.reasons:
        if reason not in shown and all(reason != m.explanation for m in marking.misconceptions):
            st.markdown(plain(reason))
    for point in marking.points:
        if not any(point.reason == one.explanation for one in marking.misconceptions):
            st.markdown(f"{SIGNS[point.state]} {plain(point.reason)}")
    with st.expander("Model answer and where it stands"):
        st.markdown(plain(marking.model_answer))
        for cited in marking.read or (marking.citation,):
            st.markdown(f"> {plain(cited.quote)}\n\n:gray[{plain(_where(cited))}]")


def _where(one: Citation) -> str:
    page = f", page {one.page}" if one.page else ""
    return f"{one.heading or one.title}{page} · {one.source}"


def _progress(copilot: Copilot, learner: str) -> None:
    found: LearnerProgress = copilot.progress(learner)
    if not found.concepts:
        st.caption("Nothing is kept yet under this name.")
        return
    left, middle, right = st.columns(3)
    left.metric("Questions answered", found.asked)
    middle.metric("Mean score", f"{found.score:.0%}")
    right.metric("Due now", found.due)
    table(
        [
            {
                "concept": one.title,
                "asked": one.asked,
                "score": one.score,
                "box": one.box,
                "last_seen": one.last_seen.date(),
                "due": "now" if one.is_due else str(one.due.date()),
            }
            for one in found.concepts
        ]
    )
    st.caption(
        "Five boxes after Leitner: a right answer moves a concept on, a wrong one back to the "
        "first. Question, score and time are kept; what you wrote is not."
    )
    if st.button("Erase what is kept about me", key="forget-learner"):
        copilot.forget_learner(learner)
        st.rerun()


def _map(copilot: Copilot) -> None:
    titles = [note.title for note in copilot.notes]
    usual = ("Micromarketing", "Mass customisation")
    chosen = st.multiselect(
        "Concepts", titles, default=[one for one in usual if one in titles], key="map-concepts"
    )
    around = st.toggle("With their neighbours", value=True, key="map-neighbours")
    if not chosen:
        st.caption("Choose one or more concepts.")
        return
    found = copilot.concept_map(chosen, neighbours=around)
    words = shortened(", ".join(chosen), 120)
    st.altair_chart(map_chart(found), width="content", alt=f"Map of the concepts around {words}")
    with st.expander(f"The same as a table · {len(found.edges)} links"):
        table(map_rows(found))


if __name__ == "__main__":
    main()
