"""What every generated question must hold, over all shipped notes, and some by name."""

import re
from collections import Counter
from collections.abc import Callable

import pytest

from copilot.rag.notes import passages_of
from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.kinship import Shelf, is_kin, same_by
from copilot.rag.tutoring.questions import exercises
from copilot.rag.tutoring.wording import NUMBERS
from copilot.text import fold

Asked = dict[str, list[Exercise]]
Ask = Callable[..., Exercise]


def everything(asked: Asked) -> list[Exercise]:
    return [one for found in asked.values() for one in found]


def test_every_note_gives_at_least_five_questions_of_four_kinds(asked: Asked) -> None:
    few = {slug: len(found) for slug, found in asked.items() if len(found) < 5}
    assert few == {}
    narrow = [s for s, found in asked.items() if len({one.question.kind for one in found}) < 4]
    assert narrow == []


def test_every_quote_stands_in_the_source_it_names(asked: Asked, shelf: Shelf) -> None:
    raw = {note.path: note.raw for note in shelf.notes.values()}
    for one in everything(asked):
        assert one.question.quote
        assert one.question.quote in raw[one.question.source]
        for point in one.points:
            assert any(point.quote in text for text in raw.values()), point


def test_every_question_leads_to_the_passage_that_answers_it(asked: Asked, shelf: Shelf) -> None:
    for slug, found in asked.items():
        texts = {p.id: p.text for p in passages_of(shelf.notes[slug])}
        for one in found:
            assert one.question.quote in texts[one.question.passage_id], one.question.id


def test_no_prompt_contains_its_answer(asked: Asked) -> None:
    for one in everything(asked):
        prompt = fold(one.question.prompt)
        if one.question.kind == "true_false":
            continue  # judging the statement is the answer
        for point in one.points:
            assert fold(point.text) not in prompt, one.question.prompt
            if one.question.kind == "which":
                names = [n for n in point.ways if re.search(rf"\b{re.escape(fold(n))}\b", prompt)]
                assert names == [], one.question.prompt


def test_ids_are_unique_and_the_same_when_made_again(asked: Asked, shelf: Shelf) -> None:
    ids = [one.question.id for one in everything(asked)]
    assert len(ids) == len(set(ids))
    again = [one.question.id for one in exercises(shelf.notes["churn"], shelf)]
    assert again == [one.question.id for one in asked["churn"]]


def test_a_list_asks_for_as_many_as_its_lead_announces(asked: Asked) -> None:
    lists = [one for one in everything(asked) if one.question.kind == "list"]
    assert len(lists) > len(asked)
    for one in lists:
        words = re.findall(r"[a-z]+", one.question.prompt.lower())
        assert NUMBERS[len(one.points) - 2] in words
        assert 2 <= one.needed <= len(one.points)


def test_prompts_are_whole_sentences(asked: Asked) -> None:
    for one in everything(asked):
        prompt = one.question.prompt
        assert prompt[0].isupper() or prompt[0] in "“‘", prompt
        assert prompt[-1] in ".?”", prompt
        assert "  " not in prompt
        assert "None" not in prompt.split()


def test_false_statements_are_denied_or_belong_to_a_contrast(asked: Asked, shelf: Shelf) -> None:
    false = [one for one in everything(asked) if not one.truth]
    assert len(false) > len(asked) / 2
    for one in false:
        note = shelf.notes[one.question.concept]
        shown = one.question.prompt.split("”")[0].lstrip("“")
        assert shown not in note.raw
        rival = one.rivals[0]
        if rival.slug == note.slug:
            assert re.search(r"\bnot\b|\bcannot\b", rival.statement.quote), shown
            assert rival.statement.quote in note.raw
        else:
            other = shelf.notes[rival.slug]
            assert rival.slug in note.contrasts_with
            assert not is_kin(note, other, shelf.words)
            assert not same_by(note, other, shelf.words)


def test_true_statements_are_verbatim(asked: Asked, shelf: Shelf) -> None:
    true = [o for o in everything(asked) if o.question.kind == "true_false" and o.truth]
    assert len(true) > len(asked)
    for one in true:
        assert one.question.quote.rstrip(".") in one.question.prompt


def test_true_and_false_are_about_even(asked: Asked) -> None:
    counts = Counter(o.truth for o in everything(asked) if o.question.kind == "true_false")
    assert 0.25 < counts[True] / counts.total() < 0.75


def test_the_answer_is_carried_but_not_dumped(ask: Ask) -> None:
    question = ask("local-marketing", "define").question
    assert question.quote.startswith("Local marketing is a strategy")
    assert "quote" not in question.model_dump(mode="json")
    assert question.quote not in question.model_dump_json()


def test_options_hold_the_concept_and_none_that_a_source_makes_one(
    asked: Asked, shelf: Shelf
) -> None:
    offered = [one for one in everything(asked) if one.question.options]
    assert offered
    for one in offered:
        note = shelf.notes[one.question.concept]
        assert note.title in one.question.options
        others = {n.title: n for n in shelf.notes.values()}
        for title in set(one.question.options) - {note.title}:
            assert not same_by(note, others[title], shelf.words)


@pytest.mark.parametrize(
    ("slug", "kind", "prompt"),
    [
        ("can-spam", "define", "What is the CAN-SPAM Act? Answer in a sentence or two."),
        (
            "economies-of-scale",
            "define",
            "What are economies of scale? Answer in a sentence or two.",
        ),
        ("micromarketing", "list", "Micromarketing has two parts. Name both."),
        ("rfm-analysis", "list", "RFM analysis has three measures. Name all three."),
        ("local-marketing", "why", "“Local marketing creates logistics problems.” Why is that so?"),
        ("local-marketing", "when", "When does local marketing work best?"),
    ],
)
def test_prompts_read_as_a_tutor_would_say_them(
    asked: Asked, slug: str, kind: str, prompt: str
) -> None:
    assert prompt in [o.question.prompt for o in asked[slug] if o.question.kind == kind]


def test_unlimited_choice_is_asked_as_a_false_premise(ask: Ask) -> None:
    one = ask("mass-customisation", "true_false", "means unlimited choice")
    assert one.truth is False
    assert "does not mean unlimited choice" in one.question.quote
