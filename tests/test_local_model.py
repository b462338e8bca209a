"""A real, weak model behind the seam: what it writes passes the same checks as all else."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot import Copilot, Settings
from tests.conftest import ROOT, TODAY
from tests.local_model import local_model

pytestmark = [pytest.mark.llm, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    with local_model() as url:
        yield url


@pytest.fixture
def connected(bakery: Path, model_url: str) -> Copilot:
    settings = Settings.load(bakery, base_url=model_url, model="smollm2", timeout_s=600.0)
    return Copilot(settings, today=lambda: TODAY)


def test_an_answer_by_the_model_cites_verbatim_and_counts_its_tokens(connected: Copilot) -> None:
    answer = connected.ask("What is local marketing?", audience="student")
    assert not answer.refused
    assert connected.meter.total.input_tokens > 100
    assert answer.citations
    for cited in answer.citations:
        text = " ".join((ROOT / cited.source).read_text(encoding="utf-8").split())
        assert " ".join(cited.quote.split()) in text
    assert answer.model == "smollm2" or answer.warnings


def test_a_draft_by_the_model_passes_the_checks_or_gives_way_to_the_composer(
    connected: Copilot, tmp_path: Path
) -> None:
    out = tmp_path / "loaves.csv"
    brief = ROOT / "samples" / "bakery" / "saturday-loaves.yaml"
    done = connected.draft(brief, out=out, limit=2)
    assert (done.passed, done.held, done.model) == (2, 0, "smollm2")
    for draft in done.preview:
        assert draft.writer == "model" or draft.fallback
        assert draft.prompt_hash
        assert not [one for one in draft.findings if one.severity == "block"]
        assert "CRUST15" in draft.message.body
    with out.open(encoding="utf-8", newline="") as file:
        assert {row["writer"] for row in csv.DictReader(file)} <= {"model", "composer"}


def test_doctor_finds_the_model(connected: Copilot) -> None:
    (model,) = [check for check in connected.doctor().checks if check.name == "model"]
    assert model.status == "ok"
