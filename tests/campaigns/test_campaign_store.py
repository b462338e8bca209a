import datetime as dt
from pathlib import Path

import pytest

from copilot.campaigns.store import CampaignStore, open_store
from copilot.errors import InputError
from copilot.records import BrandKit, Brief, Draft, Message, Run
from copilot.settings import Settings

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


def run(name: str = "loaves", *, hour: int = 9, **changes: object) -> Run:
    given = {
        "run_id": f"{name}-{hour}",
        "campaign": name,
        "brief": Brief(name=name, brand=BrandKit(name="Corner Crumb")),
        "model": "offline",
        "today": NOW.date(),
        "planned": 3,
        "drafted": 0,
        "started": NOW.replace(hour=hour),
    }
    return Run.model_validate(given | changes)


def draft(number: int, **changes: object) -> Draft:
    given = {
        "draft_id": f"d{number}",
        "campaign": "loaves",
        "level": "local",
        "unit": f"unit {number}",
        "channel": "email",
        "language": "en",
        "variant": "A",
        "message": Message(subject="Loaves", body=f"The ovens are on, batch {number}."),
        "facts": (),
        "status": "in_review",
    }
    return Draft.model_validate(given | changes)


@pytest.fixture
def store(tmp_path: Path) -> CampaignStore:
    return CampaignStore(f"sqlite:///{tmp_path / 'campaigns.db'}")


def test_drafts_come_back_in_the_order_of_the_plan(store: CampaignStore) -> None:
    started = store.begin(run(), fresh=True)
    assert store.add(started.run_id, [(2, draft(3)), (0, draft(1))]) == 2
    assert store.add(started.run_id, [(1, draft(2))]) == 1
    assert [one.draft_id for one in store.drafts(started.run_id)] == ["d1", "d2", "d3"]
    assert store.latest("loaves").drafted == 3
    assert store.latest("loaves").statuses == {"in_review": 3}


def test_a_draft_added_twice_stays_as_it_was(store: CampaignStore) -> None:
    store.begin(run(), fresh=True)
    store.add("loaves-9", [(0, draft(1))])
    again = draft(1, message=Message(body="Something else."))
    assert store.add("loaves-9", [(0, again), (1, draft(2))]) == 1
    assert next(store.drafts("loaves-9")).message.subject == "Loaves"


def test_another_process_sees_what_was_added(store: CampaignStore) -> None:
    store.begin(run(), fresh=True)
    store.add("loaves-9", [(0, draft(1))])
    assert CampaignStore(store.url).finished("loaves-9") == {"d1"}


def test_drafting_anew_keeps_only_what_somebody_decided_on(store: CampaignStore) -> None:
    store.begin(run(), fresh=True)
    store.add("loaves-9", [(number, draft(number)) for number in range(3)])
    store.decide("loaves-9", ["d1"], "approved", by="Ada", at=NOW)
    assert store.begin(run(), fresh=False).drafted == 3
    assert store.begin(run(), fresh=True).drafted == 1
    assert store.finished("loaves-9") == {"d1"}


def test_drafts_that_are_no_longer_planned_go(store: CampaignStore) -> None:
    store.begin(run(), fresh=True)
    store.add("loaves-9", [(number, draft(number)) for number in range(3)])
    store.keep("loaves-9", ["d2"])
    assert store.finished("loaves-9") == {"d2"}


def test_a_decision_gives_a_draft_its_status_and_is_remembered(store: CampaignStore) -> None:
    store.begin(run(), fresh=True)
    store.add("loaves-9", [(0, draft(1)), (1, draft(2))])
    store.decide("loaves-9", ["d1"], "rejected", by="Ada", at=NOW, note="too loud")
    store.decide("loaves-9", ["d1"], "approved", by="Bea", at=NOW.replace(hour=11))
    first, second = store.events("loaves-9")
    assert (first.by, first.note, first.at) == ("Ada", "too loud", NOW)
    assert (second.action, second.by) == ("approved", "Bea")
    approved = [one.draft_id for one in store.drafts("loaves-9", statuses=["approved"])]
    assert approved == ["d1"]


def test_an_edited_draft_takes_the_place_of_the_old_one(store: CampaignStore) -> None:
    store.begin(run(), fresh=True)
    store.add("loaves-9", [(0, draft(1)), (1, draft(2))])
    store.replace("loaves-9", "d1", draft(9))
    assert [one.draft_id for one in store.drafts("loaves-9")] == ["d9", "d2"]


def test_the_latest_run_of_a_campaign_counts_and_an_unknown_one_is_named(
    store: CampaignStore,
) -> None:
    for name, hour in (("loaves", 9), ("loaves", 11), ("cakes", 10)):
        store.begin(run(name, hour=hour), fresh=True)
    assert store.latest("loaves").run_id == "loaves-11"
    assert [one.run_id for one in store.runs()] == ["loaves-11", "cakes-10"]
    with pytest.raises(InputError, match="'rolls'") as raised:
        store.latest("rolls")
    assert "'cakes'" in raised.value.hint


def test_only_the_same_brief_by_the_same_writer_is_resumed(store: CampaignStore) -> None:
    first = store.begin(run(), fresh=True)
    assert store.resumable(first.brief, "offline") == first
    assert store.resumable(first.brief, "gpt") is None
    assert store.resumable(first.brief.model_copy(update={"goal": "more"}), "offline") is None


def test_a_forgotten_person_is_in_no_draft(store: CampaignStore) -> None:
    store.begin(run(), fresh=True)
    named = draft(2, message=Message(body="Hello zoe@example.org."))
    store.add("loaves-9", [(0, draft(1)), (1, named), (2, draft(3))])
    gone = store.forget({"unit 3"}, lambda text: "zoe@example.org" in text)
    assert gone == 2
    assert store.finished("loaves-9") == {"d1"}


def test_the_database_is_a_file_in_the_workspace_or_the_one_of_the_setting(tmp_path: Path) -> None:
    assert open_store(Settings(home=tmp_path / "here")).url.endswith("here/campaigns.db")
    other = f"sqlite:///{tmp_path / 'shared.db'}"
    assert open_store(Settings(home=tmp_path, database=other)).url == other


def test_a_database_that_cannot_be_used_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="DATABASE") as raised:
        open_store(Settings(home=tmp_path, database="nonsense://x"))
    assert "sqlite:///" in raised.value.hint
