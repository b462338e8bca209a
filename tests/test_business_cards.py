"""Cards and suggestions through the facade and the command line, on the bakery."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot import Copilot
from copilot.__main__ import run
from copilot.demo import bakery_files


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copilot]:
    copilot = Copilot.open(tmp_path_factory.mktemp("bakery"))
    for path, table in bakery_files():
        copilot.import_customers([path], table=table)
    yield copilot
    copilot.engine.close()


def test_a_question_about_a_place_cites_its_card_with_the_query(bakery: Copilot) -> None:
    answer = bakery.ask("What do we know about Harehills?")
    assert {c.source for c in answer.citations} == {"business/locality/neighbourhood/Harehills"}
    assert answer.query is not None
    assert answer.query.rows[0]["customers"] == 90


def test_a_concept_is_still_explained_by_the_notes(bakery: Copilot) -> None:
    answer = bakery.ask("What is local marketing?")
    assert answer.citations
    assert all(c.source.startswith("knowledge/") for c in answer.citations)


def test_search_finds_a_card_by_the_name_of_its_place(bakery: Copilot) -> None:
    assert bakery.search("Harehills")[0].source == "business/locality/neighbourhood/Harehills"
    assert {h.source.split("/")[0] for h in bakery.search("local marketing")} == {"knowledge"}


def test_cards_are_made_again_after_somebody_is_forgotten(bakery: Copilot) -> None:
    bakery.ask("What do we know about Holbeck?")
    row = next(c for c in bakery.cards() if c.name == "Holbeck" and "neighbourhood" in c.source)
    people = bakery.engine.table("customers")
    one = bakery.engine.rows(people.filter(people["neighbourhood"] == "Holbeck").limit(1))[0]
    bakery.forget(one["customer_id"])
    assert bakery.card_library.library.sources() == []
    answer = bakery.ask("What do we know about Holbeck?")
    assert f"has {row.people - 1} customers" in answer.answer


def test_next_writes_all_rows_and_shows_the_first(bakery: Copilot, tmp_path: Path) -> None:
    out = tmp_path / "next.csv"
    found = bakery.next_products(limit=1, out=out)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + found.by_own_history + found.by_place
    assert found.shown == 100
    assert found.out == str(out)


def test_the_commands_print_one_object(bakery: Copilot, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--workspace", str(bakery.settings.home), "--json"]
    assert run(["customers", "next", "C0002", *home]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {s["customer_id"] for s in found["suggestions"]} == {"C0002"}
    assert run(["customers", "next", "--task", "upsell", *home]) == 2
    assert "upsell" in json.loads(capsys.readouterr().out)["error"]["message"]
