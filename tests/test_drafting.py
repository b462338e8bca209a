"""Drafting as a whole, where the command line's tests do not reach."""

import csv
import datetime as dt
import re
from pathlib import Path

import pytest

from copilot import Brief, Copilot, Settings
from copilot.campaigns.briefing.brief import load_brief
from copilot.drafting.drifting import hold_drifted
from copilot.drafting.planning import make_plan
from copilot.errors import BriefError, DataError
from copilot.records import LocalBrand
from tests.conftest import ROOT, TODAY
from tests.scripted_server import Reply, scripted_server

SATURDAY = ROOT / "samples" / "bakery" / "saturday-loaves.yaml"


def opened(home: Path, **settings: object) -> Copilot:
    return Copilot(Settings.load(home, **settings), today=lambda: TODAY)


def changed(**changes: object) -> Brief:
    return load_brief(SATURDAY).model_copy(update=changes)


def test_a_flyer_needs_no_recipients(bakery: Path) -> None:
    done = opened(bakery).draft(changed(channels=("flyer",), variants=1))
    assert (done.units, done.passed, done.held) == (6, 6, 0)
    done = opened(bakery).draft(changed(channels=("social",), level="mass", by=None, variants=1))
    assert (done.units, done.passed) == (1, 1)


def test_a_flyer_for_each_person_is_refused_with_the_remedy(bakery: Path) -> None:
    with pytest.raises(BriefError, match=r"flyer does not.*email"):
        opened(bakery).draft(changed(channels=("flyer",), level="individual"))


def test_one_message_for_all_needs_no_customers_and_other_levels_say_what_is_missing(
    tmp_path: Path,
) -> None:
    copilot = opened(tmp_path)
    assert copilot.draft(changed(level="mass", by=None)).passed == 4
    with pytest.raises(DataError, match=r"'local' needs customers.*customers import"):
        copilot.draft(changed())


def test_an_offer_that_has_ended_is_said(bakery: Path) -> None:
    late = Copilot(Settings.load(bakery), today=lambda: dt.date(2026, 12, 1))
    (warning,) = late.draft(changed(variants=1, channels=("sms",))).warnings
    assert "ended on 2026-11-28" in warning


def test_nobody_left_in_the_audience_is_said(bakery: Path) -> None:
    with pytest.raises(BriefError, match="nobody who can be written to"):
        opened(bakery).draft(changed(audience="consent and city = 'Atlantis'"))


def test_a_lying_model_gives_way_to_the_composer_and_sees_nobody(bakery: Path) -> None:
    lie = (
        '{"subject": "Half price today", "preheader": "", '
        '"body": "Dear Zo\u00eb, everything is half price until Sunday with code LIES99."}'
    )
    with scripted_server(Reply(lie)) as server:
        copilot = opened(bakery, base_url=server.url, model="liar", concurrency=1)
        done = copilot.draft(changed(variants=1, channels=("email",)))
        sent = str(server.requests)
    assert (done.passed, done.held) == (6, 0)
    assert {draft.writer for draft in done.preview} == {"composer"}
    assert all(draft.fallback for draft in done.preview)
    assert "not used for 6 of 6" in done.warnings[0]
    assert "LIES99" not in str([draft.message for draft in done.preview])
    assert len(server.requests) == 6 * 3  # one draft and two repairs each
    people = copilot.engine.table("customers").select("email", "phone", "last_name", "street")
    for row in people.to_pyarrow().to_pylist():
        for value in row.values():
            assert not value or not re.search(rf"\b{re.escape(value)}\b", sent), value


def test_an_interrupted_job_goes_on_where_it_stopped(bakery: Path, tmp_path: Path) -> None:
    honest = (
        '{"subject": "15% off any loaf on Saturday 28 November", "preheader": "", "body": '
        '"On Saturday 28 November there is 15% off any loaf, before 10:00, in store only. '
        'The code is CRUST15.\\n\\nOrder ahead: https://cornercrumb.example/order"}'
    )
    brief = changed(variants=1, channels=("email",), name="resumed")
    with scripted_server(Reply(honest)) as server:
        copilot = opened(bakery, base_url=server.url, model="honest", concurrency=1)
        copilot.draft(brief, out=tmp_path / "a.csv", limit=2)
        assert len(server.requests) == 2
        done = copilot.draft(brief, out=tmp_path / "a.csv", resume=True)
        assert len(server.requests) == 6
    assert done.passed == 6
    assert {draft.writer for draft in done.preview} == {"model"}


def test_a_drift_budget_holds_what_stands_too_far_from_the_brand(bakery: Path) -> None:
    kit = changed().brand
    copilot = opened(bakery)
    strict = kit.model_copy(update={"drift_budget": 0.0})
    done = copilot.draft(changed(name="strict", brand=strict, channels=("email",), variants=1))
    assert done.held == 6
    assert {finding.rule for draft in done.preview for finding in draft.findings} >= {"brand.drift"}
    wide = kit.model_copy(update={"drift_budget": 1.0})
    again = copilot.draft(changed(name="wide", brand=wide, channels=("email",), variants=1))
    assert again.held == 0
    assert copilot.drift("strict").budget == 0.0


def test_a_draft_that_was_approved_is_not_held_for_its_drift(bakery: Path) -> None:
    copilot = opened(bakery)
    kit = changed().brand.model_copy(update={"drift_budget": 0.0})
    brief = changed(name="approved", brand=kit, channels=("email",), variants=1)
    free = brief.model_copy(update={"brand": kit.model_copy(update={"drift_budget": None})})
    run_id = copilot.draft(free).run_id
    ids = sorted(copilot.campaigns.finished(run_id))
    copilot.approve("approved", ids[:1], by="Ada")
    assert copilot.draft(free, resume=True).held == 0
    assert hold_drifted(copilot._desk(), copilot.campaigns.run(run_id), kit) == 5
    statuses = {one.draft_id: one.status for one in copilot.campaigns.drafts(run_id)}
    assert statuses[ids[0]] == "approved"


def test_a_drift_budget_without_exemplars_is_refused_before_anything_is_drafted(
    bakery: Path,
) -> None:
    kit = changed().brand.model_copy(update={"drift_budget": 0.5, "exemplars": ()})
    copilot = opened(bakery)
    with pytest.raises(BriefError, match="drift budget"):
        copilot.draft(changed(name="bare", brand=kit))
    assert "bare" not in {run.campaign for run in copilot.campaigns.runs()}


def test_each_customer_alone_is_written_only_what_was_drawn_for_them(
    bakery: Path, tmp_path: Path
) -> None:
    alone = {"level": "individual", "method": "bespoke", "by": "neighbourhood"}
    brief = changed(name="alone", variants=2, channels=("email",), holdout=0.25, **alone)
    copilot = opened(bakery)
    planned = make_plan(copilot._desk(), brief, 60).assignments
    done = copilot.draft(brief, out=tmp_path / "a.csv", limit=60)
    with (tmp_path / "a.arms.csv").open(encoding="utf-8", newline="") as file:
        arms = [row["arm"] for row in csv.DictReader(file)]
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        sent = [row["variant"] for row in csv.DictReader(file)]
    assert len(arms) == 60
    assert set(arms) == {"A", "B", "holdout"}
    assert len(planned) == done.passed == len(sent) == 60 - arms.count("holdout")
    assert sent.count("A") == arms.count("A")
    assert [one.variant for one in planned].count("A") == arms.count("A")


def test_what_will_not_be_written_and_what_is_no_place_is_said_beforehand(bakery: Path) -> None:
    kit = changed().brand.model_copy(update={"localities": {"Headingly": LocalBrand(phone="1")}})
    alone = {"level": "individual", "by": "neighbourhood", "channels": ("email", "letter")}
    done = opened(bakery).draft(changed(name="doubts", brand=kit, **alone), estimate=True)
    told = " ".join(done.warnings)
    assert "Nothing is written for letter" in told
    assert "'Headingly'" in told
    assert "'Headingley'" in told
