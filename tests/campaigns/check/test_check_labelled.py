"""How much of the labelled set is caught and how much clean copy is held."""

import pytest
from labelled import Row, rows

from copilot.campaigns.check.run import check

MIN_RECALL = 0.98
MAX_FALSE_BLOCKS = 0.02


def blocked(row: Row) -> set[str]:
    findings = check(row.message, row.assignment).findings
    return {finding.rule for finding in findings if finding.severity == "block"}


@pytest.fixture(scope="module")
def results() -> list[tuple[Row, set[str]]]:
    return [(row, blocked(row)) for row in rows()]


def test_the_labelled_set_is_large_enough_to_mean_something() -> None:
    clean = [row for row in rows() if not row.rules]
    assert len(clean) >= 100
    assert len(rows()) - len(clean) >= 400


def test_nearly_every_dirty_message_is_held_for_the_labelled_reason(
    results: list[tuple[Row, set[str]]],
) -> None:
    dirty = [(row, found) for row, found in results if row.rules]
    missed = [
        row.id for row, found in dirty if not any(rule.startswith(row.rules) for rule in found)
    ]
    assert 1 - len(missed) / len(dirty) >= MIN_RECALL, missed


def test_hardly_any_clean_message_is_held(results: list[tuple[Row, set[str]]]) -> None:
    clean = [(row, found) for row, found in results if not row.rules]
    held = {row.id: found for row, found in clean if found}
    assert len(held) / len(clean) <= MAX_FALSE_BLOCKS, held
