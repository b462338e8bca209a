"""Questions that the business's cards answer, and those they leave alone."""

from pathlib import Path

import pytest

from copilot.rag.business import CardLibrary, named
from copilot.records import Card, CardKind


def made(source: str, name: str, title: str = "", **sections: str) -> Card:
    kind: CardKind = source.split("/")[1]  # type: ignore[assignment]
    return Card(
        source=source,
        kind=kind,
        name=name,
        title=title or name,
        as_of="2026-11-20",
        people=50,
        sections={topic.replace("_", " "): text for topic, text in sections.items()},
    )


CARDS = [
    made("business/business/overview", "overview", "The business", size="The business has 500."),
    made(
        "business/locality/neighbourhood/Harehills",
        "Harehills",
        "Harehills (neighbourhood)",
        size="Harehills has 90 customers.\n87 of them bought something.",
        best_sellers="The best sellers there are Polish rye.",
    ),
    made("business/locality/city/Leeds", "Leeds", "Leeds (city)", size="Leeds has 500."),
    made("business/locality/region/Leeds", "Leeds", "Leeds (region)", size="The region has 510."),
    made("business/locality/store/Crumb Riverside", "Crumb Riverside", best_sellers="Rye sold."),
    made("business/locality/store/Crumb Market", "Crumb Market", best_sellers="Tea sold."),
    made("business/segment/new", "new", "Segment new", size="New holds 12."),
    made("business/product/Local loaf", "Local loaf", size="Bought by 20."),
    made("business/campaign/spring-sourdough", "spring-sourdough", response="37 of 295."),
]


@pytest.fixture
def library(tmp_path: Path) -> CardLibrary:
    found = CardLibrary(tmp_path / "business", None)
    found.sync("1", lambda: CARDS)
    return found


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("What do we know about Harehills?", "business/locality/neighbourhood/Harehills"),
        ("tell me about harehills", "business/locality/neighbourhood/Harehills"),
        ("What sold best at Riverside?", "business/locality/store/Crumb Riverside"),
        ("Tell me about the spring-sourdough campaign", "business/campaign/spring-sourdough"),
        ("Who are our new customers?", "business/segment/new"),
        ("What do we know about the region Leeds?", "business/locality/region/Leeds"),
        ("What do we know about Leeds?", "business/locality/city/Leeds"),
        ("Tell me about our business", "business/business/overview"),
        ("How is Local loaf doing?", "business/product/Local loaf"),
    ],
)
def test_a_question_about_the_business_is_answered_from_its_card(
    library: CardLibrary, question: str, source: str
) -> None:
    answer = library.answer(question)
    assert answer is not None
    assert {cited.source for cited in answer.citations} == {source}


@pytest.mark.parametrize(
    "question",
    [
        "What is local marketing?",
        "Will Harehills flood next year?",
        "What is new in marketing?",
        "How should a bakery in Leeds advertise?",
        "Who won the football in Leeds?",
        "How many champions in Harehills bought twice since March?",
        "What is a good business?",
        "",
    ],
)
def test_every_other_question_is_left_alone(library: CardLibrary, question: str) -> None:
    assert library.answer(question) is None


def test_every_sentence_is_quoted_word_for_word_with_the_date(library: CardLibrary) -> None:
    answer = library.answer("What do we know about Harehills?")
    assert answer is not None
    texts = {p.id: p.text for p in library.library.passages()}
    assert len(answer.citations) == 3
    for cited in answer.citations:
        assert cited.quote in texts[cited.passage_id]
        assert f"- {cited.quote} [{cited.marker}]" in answer.answer
        assert "2026-11-20" in cited.heading


def test_a_topic_asked_for_is_all_that_is_told(library: CardLibrary) -> None:
    answer = library.answer("What sells best in Harehills?")
    assert answer is not None
    assert [cited.quote for cited in answer.citations] == ["The best sellers there are Polish rye."]


def test_two_places_are_told_one_after_the_other(library: CardLibrary) -> None:
    answer = library.answer("Compare Harehills and Leeds")
    assert answer is not None
    names = [cited.source.rsplit("/", 1)[-1] for cited in answer.citations]
    assert names == ["Harehills", "Harehills", "Harehills", "Leeds"]


def test_cards_that_are_no_more_go_and_unchanged_ones_cost_nothing(library: CardLibrary) -> None:
    def never() -> list[Card]:
        raise AssertionError("made again")

    assert not library.sync("1", never)
    assert library.sync("2", lambda: CARDS[:1])
    assert [one.source for one in library.library.sources()] == ["business/business/overview"]
    assert library.answer("What do we know about Harehills?") is None


def test_cleared_cards_are_gone_until_they_are_made_again(library: CardLibrary) -> None:
    assert library.clear() == len(CARDS)
    assert library.library.sources() == []
    assert library.clear() == 0
    assert library.sync("1", lambda: CARDS)


def test_a_search_finds_the_cards_it_names_only(library: CardLibrary) -> None:
    found = library.hits("best sellers in Harehills", 5)
    assert {hit.source for hit in found} == {"business/locality/neighbourhood/Harehills"}
    assert library.hits("local marketing", 5) == []
    segments = library.hits("new holds", 5, "business/segment/*")
    assert [hit.source for hit in segments] == ["business/segment/new"]


def test_the_longest_name_wins() -> None:
    sources = ["business/locality/city/Leeds", "business/locality/neighbourhood/North Leeds"]
    found = named(["about", "north", "leeds"], sources)
    assert [one.source for one in found] == sources[1:]
