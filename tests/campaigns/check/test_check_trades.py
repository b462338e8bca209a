"""How much of the marked copy of other trades is held, and how much sound copy is."""

from collections import Counter
from typing import get_args

import pytest
from trades import BATCHES, Copy, Outcome, copies, outcome, scores

from copilot.campaigns.check.run import check
from copilot.records import Channel, CheckReport, Language

MIN_RECALL = 0.98
MAX_FALSE_BLOCKS = 0.02


def checked(copy: Copy) -> CheckReport:
    return check(copy.message, copy.assignment, fragment=copy.fragment)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return [outcome(copy, checked) for batch in BATCHES for copy in copies(batch)]


def test_the_set_has_every_channel_and_language_and_enough_of_each_kind() -> None:
    given = [copy for batch in BATCHES for copy in copies(batch)]
    assert {copy.assignment.channel for copy in given} == set(get_args(Channel))
    assert {copy.assignment.language for copy in given} == set(get_args(Language))
    assert len({copy.assignment.brief.brand.name for copy in given}) >= 12
    assert sum(len(copy.marks) for copy in given) >= 400
    assert sum(not copy.marks for copy in given) >= 160


def test_nearly_every_marked_span_is_held_for_a_fitting_reason(outcomes: list[Outcome]) -> None:
    missed = [(each.copy.id, mark.text) for each in outcomes for mark in each.missed]
    assert scores(outcomes)["all", ""].recall >= MIN_RECALL, missed


def test_hardly_any_sound_message_is_held(outcomes: list[Outcome]) -> None:
    wrong = {each.copy.id: [f.rule for f in each.wrong] for each in outcomes if each.wrong}
    assert scores(outcomes)["all", ""].false_blocks <= MAX_FALSE_BLOCKS, wrong


def test_no_channel_and_no_language_is_far_behind_the_others(outcomes: list[Outcome]) -> None:
    found = scores(outcomes)
    groups = {key: score for key, score in found.items() if key[0] in {"channel", "language"}}
    assert len(groups) == len(get_args(Channel)) + len(get_args(Language))
    assert {key for key, score in groups.items() if score.recall < 0.95} == set()


def test_every_finding_names_its_rule_its_reason_its_source_and_a_fix() -> None:
    rules: Counter[str] = Counter()
    for copy in copies("third"):
        for finding in checked(copy).findings:
            rules[finding.rule] += 1
            assert finding.message.endswith(".")
            assert finding.source
            assert finding.fix
            part = getattr(copy.message, finding.part)
            assert part[finding.start : finding.end] == finding.text or not finding.text
    assert len(rules) >= 20
