"""Campaigns by a scripted liar: what it makes up is in no export, and nobody is left without."""

import json
from pathlib import Path

import pytest

from copilot import Copilot, Settings
from tests.conftest import TODAY
from tests.liar import LIES, Liar, leaked
from tests.scripted_server import scripted_server
from tests.untrusted import (
    bakery_with_every_channel,
    briefs,
    draft_all,
    exported,
    judged_by_liar,
    personal_values,
    places,
)

AUDIENCE = "consent and customer_id like 'C001%'"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("untrusted")
    bakery_with_every_channel(home)
    return home


def some_briefs() -> list:
    """Each of a few people by four channels in four languages; ads, posts, flyers, letters for
    each neighbourhood."""
    *own, printed = briefs(variants=1)
    return [*(each.model_copy(update={"audience": AUDIENCE}) for each in own), printed]


@pytest.mark.timeout(600)
def test_nothing_a_liar_makes_up_is_exported_and_everybody_gets_a_message(home: Path) -> None:
    liar = Liar(others=places(home))
    with scripted_server(answer=liar.answer) as server:
        found = draft_all(home, server, some_briefs(), "liar")
    leaks = [
        leak
        for each in some_briefs()
        for leak in judged_by_liar(home, exported(home / f"{each.name}.csv"), liar)
    ]
    assert leaks == []
    assert found.leaks == []
    assert found.drafts >= 150
    assert found.valid >= 0.99 * found.reached
    assert found.personal == []
    assert found.requests > found.drafts
    assert found.by_model > 0  # some of what it wrote was sound, and that was used
    assert set(liar.told) >= {*LIES, "other place", "truncated", "nothing made up"}
    assert len(liar.invented) > 100


def test_the_judge_finds_every_lie_in_a_file_that_holds_it(home: Path, tmp_path: Path) -> None:
    liar = Liar(honest=0.0, others=("Holbeck", "Roundhay"))
    request = {
        "messages": [
            {"content": "Write in German."},
            {"content": "offer: 15 % Rabatt\nwhen: am Samstag\ncode: CRUST15\nterms: x\n"
             "readers: Holbeck"},
        ],
        "response_format": {"json_schema": {"schema": {"properties": {"body": {}}}}},
    }  # fmt: skip
    for _ in range(200):
        content = liar.answer(request).content
        kept = dict(liar.invented)
        if '"body"' in content and content.endswith("}"):
            body = json.loads(content)["body"]
            row = {"customer_id": "", "unit": "Holbeck", "draft_id": "d", "channel": "sms"}
            row |= {"subject": "", "preheader": "", "html": "", "body": body}
            lied = leaked(body, kept) or "Roundhay" in body or "Code ." in body
            assert bool(judged_by_liar(home, [row], liar)) == bool(lied or "CRUST15" not in body)
    assert {*liar.invented.values()} == {*LIES}


def test_what_the_composer_writes_is_no_lie_to_the_judge(home: Path, tmp_path: Path) -> None:
    liar = Liar(honest=0.0, others=places(home))
    request = {
        "messages": [{"content": "Write in British English."}, {"content": ""}],
        "response_format": {"json_schema": {"schema": {"properties": {"body": {}}}}},
    }
    for _ in range(400):
        liar.answer(request)
    copilot = Copilot(Settings.load(home), today=lambda: TODAY)
    rows: list[dict[str, str]] = []
    for brief in some_briefs():
        done = copilot.draft(brief, out=tmp_path / "sound.csv")
        assert done.held == 0, brief.name
        rows += exported(tmp_path / "sound.csv")
    assert len(rows) > 150
    assert judged_by_liar(home, rows, liar) == []


def test_the_judge_finds_a_customer_in_a_request(home: Path) -> None:
    copilot = Copilot(Settings.load(home), today=lambda: TODAY)
    (row,) = [
        row
        for row in copilot.engine.rows(copilot.engine.table("customers"))
        if row["customer_id"] == "C0002"
    ]
    for value in ("C0002", row["email"], row["phone"], row["street"]):
        assert personal_values(home, [{"messages": [f"Tell {value} about loaves"]}]) == [value]
    assert personal_values(home, [{"messages": ["Tell the neighbours about loaves"]}]) == []
