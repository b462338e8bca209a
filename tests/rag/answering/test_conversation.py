"""Questions in a conversation and questions with slips, labelled, over the shipped notes.

The rows of `data/conversations.jsonl` hold the user's turns, the last of them the question, and
the sets of concepts that it may be understood to be about; an empty set is a change of subject.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from copilot.rag.answering.concepts import Vocabulary, vocabulary
from copilot.rag.answering.question import Asked, understand
from copilot.rag.answering.slips import is_coined, is_word, nearest, repaired
from copilot.rag.notes import load_notes
from copilot.records import Turn
from copilot.settings import data_folder

LABELLED = Path(__file__).parent / "data" / "conversations.jsonl"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary(load_notes(data_folder("knowledge") / "concepts"))


def rows(name: str) -> list[Row]:
    lines = LABELLED.read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["set"] == name]


def said(words: Vocabulary, *turns: str) -> Asked:
    """The last turn understood, after the others were said by the user."""
    return understand(turns[-1], words, [Turn(role="user", text=text) for text in turns[:-1]])


def missed(name: str, words: Vocabulary) -> list[str]:
    wrong = []
    for row in rows(name):
        turns = row["turns"]
        asked = said(words, *turns)
        right = sorted(asked.slugs) in row["concepts"]
        right &= "aspect" not in row or row["aspect"] in asked.aspects
        right &= "kind" not in row or row["kind"] == asked.kind
        if not right:
            wrong.append(f"{' | '.join(turns)}: {asked.slugs} {asked.kind} {asked.aspects}")
    return wrong


def test_follow_ups_are_about_what_the_talk_is_about(words: Vocabulary) -> None:
    wrong = missed("talk", words)
    assert len(rows("talk")) == 114
    assert len(wrong) <= 0.02 * 114, wrong


def test_questions_with_slips_are_understood(words: Vocabulary) -> None:
    wrong = missed("slip", words)
    assert len(rows("slip")) == 114
    assert len(wrong) <= 0.03 * 114, wrong


def test_names_that_do_not_exist_are_not_put_right(words: Vocabulary) -> None:
    questions = [str(row["turns"][0]) for row in rows("near")]
    asked = {question: said(words, question) for question in questions}
    assert len(asked) == 73
    assert not {q: a.slugs for q, a in asked.items() if any(m.score < 1 for m in a.mentions)}


@pytest.mark.parametrize(
    "question",
    [
        "and what is the weather tomorrow?",
        "and how do I cook it?",
        "und wie wird das Wetter morgen?",
        "and who won the election?",
        "can it sing?",
    ],
)
def test_another_subject_takes_nothing_from_the_talk(question: str, words: Vocabulary) -> None:
    assert said(words, "What is a coupon?", question).slugs == ()


def test_a_correction_keeps_what_was_asked(words: Vocabulary) -> None:
    asked = said(words, "What are the drawbacks of churn?", "sorry, I meant local marketing")
    assert (asked.slugs, asked.kind, asked.aspects) == (
        ("local-marketing",),
        "list",
        ("drawbacks",),
    )
    assert not asked.focus


def test_two_concepts_of_two_turns_are_compared(words: Vocabulary) -> None:
    talk = ("What is niche marketing?", "And mass marketing?")
    asked = said(words, *talk, "what is the difference between them?")
    assert (asked.slugs, asked.kind) == (("niche-marketing", "mass-marketing"), "compare")


def test_the_second_one_is_chosen_from_the_list_in_an_answer(words: Vocabulary) -> None:
    history = [
        Turn(role="user", text="What is modularity?"),
        Turn(
            role="assistant", text="Kinds:\n\n- Bus modularity uses a bus.\n- Mix modularity mixes."
        ),
    ]
    assert understand("explain the second one", words, history).slugs == ("mix-modularity",)


def test_an_answer_tells_what_a_question_without_a_name_was_about(words: Vocabulary) -> None:
    history = [
        Turn(role="user", text="how do I stop writing to people who said no?"),
        Turn(role="assistant", text="A suppression list holds the addresses that opted out [1]."),
    ]
    assert understand("and its drawbacks?", words, history).slugs == ("suppression-list",)


def test_a_refusal_tells_nothing(words: Vocabulary) -> None:
    history = [
        Turn(role="user", text="Who founded Amazon?"),
        Turn(role="assistant", text="I cannot answer that. The nearest: Local marketing."),
    ]
    assert understand("and its drawbacks?", words, history).slugs == ()


def test_what_a_concept_is_used_for_stays_beside_it(words: Vocabulary) -> None:
    asked = said(words, "What is legitimate interest?", "can I use it for SMS?")
    assert asked.slugs == ("legitimate-interest",)
    assert [token.text for token in asked.focus] == ["SMS"]


def test_a_pronoun_that_stands_for_nothing_brings_no_concept_along(words: Vocabulary) -> None:
    asked = said(words, "What is churn?", "is it necessary to have a suppression list?")
    assert asked.slugs == ("suppression-list",)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("wat ar teh drawbaks", "what are the drawbacks"),
        ("howdoes it work", "how does it work"),
        ("hwo does it work", "how does it work"),
        ("how dose it work", "how does it work"),
        ("wie unterscheidet sich das", "wie unterscheidet sich das"),
        ("shift the gift", "shift the gift"),
    ],
)
def test_slips_in_the_words_of_a_question_are_put_right(
    text: str, meant: str, words: Vocabulary
) -> None:
    assert repaired(text, words.words, words.name_words) == meant


def test_a_word_by_itself_is_no_slip() -> None:
    assert is_word("vocal")
    assert is_word("paralysis")
    assert not is_word("segmentaton")
    assert is_coined("macromarketing", frozenset({"marketing"}))
    assert not is_coined("micromarkting", frozenset({"marketing"}))


@pytest.mark.parametrize(
    ("word", "target"),
    [("maximisation", "minimisation"), ("incrimination", "discrimination"), ("mabs", "mass")],
)
def test_letters_far_apart_make_another_word(word: str, target: str) -> None:
    assert nearest(word, [target]) == []
