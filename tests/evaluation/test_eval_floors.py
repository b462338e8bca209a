"""The shipped set, all of it: no figure falls below its floor, on the held-out half either."""

import tomllib
from collections.abc import Iterator

import pytest

from copilot import Copilot, Settings
from copilot.evaluation.questions import DATA
from copilot.evaluation.run import evaluate
from copilot.records import EvalReport

pytestmark = pytest.mark.floors

FLOORS = tomllib.loads((DATA / "floors.toml").read_text(encoding="utf-8"))
CEILINGS = {"refused_wrongly"}
PARTS = [(part, name) for part in ("all", "held_out") for name in FLOORS[part]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvalReport]:
    """One run with the peers; of the two settings of the LangChain recipe its defaults only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("copilot.evaluation.search.CHUNKS", ((1000, 200),))
        home = tmp_path_factory.mktemp("floors")
        yield evaluate(Copilot(Settings.load(home), complete=None))


def measured(report: EvalReport, part: str, name: str) -> float:
    search = report.search if part == "all" else report.search_held_out
    ours = {"ndcg10": search[0].ndcg10.value, "recall10": search[0].recall10}
    value = ours[name] if name in ours else getattr(report.answers[part], name)
    assert isinstance(value, float)
    return value


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("part", "name"), PARTS)
def test_no_figure_falls_below_its_floor(report: EvalReport, part: str, name: str) -> None:
    value, floor = measured(report, part, name), FLOORS[part][name]
    assert value <= floor if name in CEILINGS else value >= floor


@pytest.mark.timeout(900)
def test_search_stays_ahead_of_the_best_of_the_usual_recipes(report: EvalReport) -> None:
    assert {one.system for one in report.search} == {
        "marketing-copilot",
        "BM25 only",
        "Chroma, dense only",
        "LangChain 1000/200",
    }
    assert report.margin is not None
    assert report.margin_held_out is not None
    assert report.margin.value >= FLOORS["peers"]["margin"]
    assert report.margin_held_out.value >= FLOORS["peers"]["margin_held_out"]
