"""The page "Learn", run for real on the bakery's workspace."""

import pytest
from apptest import Open, words
from streamlit.testing.v1 import AppTest

from copilot import Copilot
from copilot.charts import map_rows


@pytest.fixture
def drawn(page: Open) -> AppTest:
    at = page("tutor")
    at.text_input(key="learner").set_value("page-test").run()
    at.selectbox(key="topic").select("Micromarketing")
    next(one for one in at.button if one.label == "New quiz").click().run()
    assert not at.exception
    return at


def test_a_quiz_is_drawn_answered_and_marked(drawn: AppTest, bakery: Copilot) -> None:
    quiz = drawn.session_state["learn"].quiz
    assert quiz.topic == "Micromarketing"
    assert all(one.prompt.split("?")[0][:20] in words(drawn) for one in quiz.questions[:1])
    question = next(one for one in quiz.questions if not one.options)
    drawn.text_area(key=f"text-{question.id}").set_value("I don't know")
    place = [one.id for one in quiz.questions].index(question.id)
    [one for one in drawn.button if one.label == "Mark it"][place].click().run()
    assert not drawn.exception
    assert drawn.session_state["learn"].marked[question.id].verdict == "wrong"
    assert "No answer was given." in words(drawn)
    assert question.quote in words(drawn).replace("\\", "")
    assert bakery.progress("page-test").asked >= 1


def test_progress_is_shown_and_can_be_erased(drawn: AppTest, bakery: Copilot) -> None:
    question = drawn.session_state["learn"].quiz.questions[0]
    bakery.mark(question, "no idea", learner="page-test")
    drawn.run()
    assert "Micromarketing" in list(drawn.dataframe[0].value["Concept"])
    drawn.button(key="forget-learner").click().run()
    assert not drawn.exception
    assert bakery.progress("page-test").asked == 0
    assert "Nothing is kept yet" in words(drawn)


def test_the_map_comes_with_a_table_of_the_same_links(page: Open, bakery: Copilot) -> None:
    at = page("tutor")
    assert not at.exception
    found = bakery.concept_map(["Micromarketing", "Mass customisation"])
    assert len(at.dataframe[-1].value) == len(map_rows(found))
    at.multiselect(key="map-concepts").set_value([]).run()
    assert "Choose one or more concepts." in words(at)


def test_a_name_that_cannot_be_one_is_said_in_a_box(page: Open) -> None:
    at = page("tutor")
    at.text_input(key="learner").set_value("x" * 81).run()
    assert not at.exception
    assert "not a learner's name" in at.error[0].value
