"""Yes-or-no questions and false premises over the shipped notes, decided without retrieval."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.rag.answering.concepts import Vocabulary, vocabulary
from copilot.rag.answering.evidence import Cites, Evidence
from copilot.rag.answering.judge import judge
from copilot.rag.answering.question import understand
from copilot.rag.notes import load_notes
from copilot.records import ConceptNote
from copilot.settings import data_folder

LABELLED = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "judged.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
MOST_WRONG = 0.03  # of the questions; a wrong verdict is worse than none
LEAST_DECIDED = 0.45
Judged = tuple[str, str, tuple[str, ...]]
Judges = Callable[[str], Judged]


@pytest.fixture(scope="module")
def shipped() -> tuple[ConceptNote, ...]:
    return load_notes(data_folder("knowledge") / "concepts")


@pytest.fixture(scope="module")
def judged(shipped: tuple[ConceptNote, ...]) -> Judges:
    """The verdict ("none" without one), the body, and the quotes cited."""
    words: Vocabulary = vocabulary(shipped)
    evidence = Evidence(notes={note.slug: note for note in shipped}, hits=(), top_cosine=None)

    def ask(question: str) -> Judged:
        cites = Cites(evidence)
        found = judge(understand(question, words), evidence, cites, words)
        if found is None:
            return "none", "", ()
        verdict = "depends" if found[0] == "disputed" else found[0]
        return verdict, found[1], tuple(c.quote for c in cites.citations)

    return ask


def test_wrong_verdicts_are_rare_and_enough_is_decided(judged: Judges) -> None:
    verdicts = [(judged(row["question"])[0], row) for row in LABELLED]
    given = [(verdict, row) for verdict, row in verdicts if verdict != "none"]
    wrong = [row["question"] for verdict, row in given if verdict != row["verdict"]]
    assert len(wrong) <= MOST_WRONG * len(LABELLED), wrong
    assert len(given) - len(wrong) >= LEAST_DECIDED * len(LABELLED)


def test_what_the_notes_leave_open_gets_no_verdict(judged: Judges) -> None:
    undecided = [row["question"] for row in LABELLED if row["verdict"] == "none"]
    assert [question for question in undecided if judged(question)[0] != "none"] == []


@pytest.mark.parametrize(
    ("question", "verdict", "quoted"),
    [
        ("Does a perceptual map show the facts about brands?", "no", "perceptions and not facts"),
        ("Is a persona a real customer you can count?", "no", "a persona contains nobody"),
        (
            "Does brand consistency require everything to be identical everywhere?",
            "no",
            "does not require that everything be identical",
        ),
        ("Is a soft opt-in the same thing as double opt-in?", "no", "without prior consent"),
        (
            "Does the winner of an A/B test always bring extra sales?",
            "no",
            "may still have sold nothing",
        ),
        ("Should I use a customer persona to choose recipients?", "no", "the wrong tool"),
        ("Is individual marketing costly?", "yes", "is costly"),
        ("Do coupons lower the price for everybody?", "no", "only for those who take"),
        ("Is brand identity the same as brand image?", "no", "what the receiver perceives"),
        ("Is micromarketing the same as niche marketing?", "no", "goes further than"),
    ],
)
def test_a_verdict_quotes_what_decides_it(
    question: str, verdict: str, quoted: str, judged: Judges
) -> None:
    given, _, quotes = judged(question)
    assert given == verdict
    assert any(quoted in " ".join(quote.split()) for quote in quotes)


@pytest.mark.parametrize(
    ("question", "correction"),
    [
        ("Why does attribution prove that an ad caused the sale?", "does not show that any"),
        (
            "Since micromarketing aims one offer at the whole market, how does it save money?",
            "opposite of mass marketing",
        ),
        ("Since market segments never age, how often should I redo them?", "ages, because"),
        ("Why does a geo-experiment have to track persons?", "avoids tracking persons"),
        ("Why is micromarketing the same as mass marketing?", "opposite"),
    ],
)
def test_a_false_premise_is_corrected_first(question: str, correction: str, judged: Judges) -> None:
    verdict, body, _ = judged(question)
    assert verdict == "no"
    assert correction in body.split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Why does local marketing raise production costs?",
        "Why does mass marketing waste contacts?",
        "How does postponement keep goods interchangeable?",
        "Since word of mouth cannot be ordered, what can a shop do?",
    ],
)
def test_a_true_premise_is_never_denied(question: str, judged: Judges) -> None:
    assert judged(question)[0] != "no"


def test_the_opposite_of_a_statement_is_denied_and_the_statement_affirmed(judged: Judges) -> None:
    assert judged("Does retail localisation by clusters take five steps?")[0] != "no"
    assert judged("Is SMS marketing free of cost for each recipient?")[0] != "yes"
    assert judged("Does a response rate count everyone who bought with the code?")[0] != "no"


def test_a_property_of_one_concept_is_not_lent_to_its_neighbour(judged: Judges) -> None:
    for question in (
        "Is positioning also called segmented marketing?",
        "Is profiling related to the privacy paradox?",
        "Is relationship marketing best known as the four Ps of product?",
        "Is selection bias a group of people?",
        "Does niche marketing leave unmet needs?",
    ):
        assert judged(question)[0] != "yes", question


def test_sources_that_disagree_are_each_named(judged: Judges) -> None:
    verdict, body, _ = judged("Does component sharing always increase profit?")
    assert verdict == "depends"
    assert "Bernstein" in body
    assert "Desai" in body


def test_every_sentence_of_a_verdict_has_a_marker(judged: Judges) -> None:
    for row in LABELLED:
        body = judged(row["question"])[1]
        for paragraph in filter(None, body.split("\n\n")):
            opener = paragraph.startswith("**Sources disagree.**")
            assert opener or re.search("\ue000\\d+\ue001", paragraph), paragraph
