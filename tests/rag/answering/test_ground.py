"""Quotes are verbatim or dropped; sentences are carried by their passages or cut."""

import pytest

from copilot.rag.answering.ground import LEAST_SUPPORT, check_sentences, supported, verify
from copilot.records import Citation

DRAWBACK = (
    "Local marketing raises production costs, because smaller runs give up economies of scale."
)


def cite(quote: str, source: str = "a.md") -> Citation:
    return Citation(marker=1, source=source, title="A", quote=quote, score=1.0)


def test_a_quote_stands_in_its_source_white_space_aside() -> None:
    kept = verify([cite("two  lines"), cite("three lines")], lambda _: "Here are two\nlines.")
    assert [citation.quote for citation in kept] == ["two  lines"]


def test_a_quote_of_another_source_is_dropped() -> None:
    texts = {"a.md": "one", "b.md": "two"}
    assert verify([cite("two")], texts.__getitem__) == []


def test_a_paraphrase_is_carried() -> None:
    said = "Production costs rise in local marketing because small runs lose economies of scale."
    assert supported(said, DRAWBACK) >= LEAST_SUPPORT


@pytest.mark.parametrize(
    "said",
    [
        "Local marketing raises production costs by 30 per cent.",
        "Local marketing raises production costs threefold, in two ways.",
        "Local marketing at Tesco raises production costs.",
        "Local marketing does not raise production costs.",
        "Local marketing reduces production costs through smaller runs.",
        "Local marketing raises production costs, see https://evil.example now.",
        "Email permission protects every reader from spam.",
    ],
)
def test_an_invention_has_no_support(said: str) -> None:
    assert supported(said, DRAWBACK) < LEAST_SUPPORT


def test_a_negated_fact_needs_a_negated_quote() -> None:
    quote = "Mass customisation does not mean unlimited choice."
    assert supported("Mass customisation does not mean unlimited choice.", quote) == 1.0
    assert supported("Mass customisation means unlimited choice.", quote) == 0.0


def test_a_sentence_is_checked_against_what_it_cites() -> None:
    passages = [DRAWBACK, "Postponement is the delay of the last step."]
    checked = check_sentences(
        [(DRAWBACK, [1]), (DRAWBACK, [2]), (DRAWBACK, []), (DRAWBACK, [1, 7])], passages
    )
    assert [one.kept for one in checked] == [True, False, False, False]


def test_a_true_sentence_cannot_be_moved_to_another_subject() -> None:
    said = "Mass marketing raises costs, because smaller runs give up economies of scale."

    def concepts(text: str) -> frozenset[str]:
        return frozenset(n for n in ("mass marketing", "local marketing") if n in text.casefold())

    assert check_sentences([(said, [1])], [DRAWBACK])[0].kept
    assert not check_sentences([(said, [1])], [DRAWBACK], concepts)[0].kept
