"""Jobs as users see them: queued once, paused, resumed, cancelled, listed, forgotten."""

from pathlib import Path

import pytest
from durable import few, opened

from copilot.errors import InputError, RefusedError


def test_an_order_is_queued_once_however_often_it_is_given(tmp_path: Path) -> None:
    copilot = opened(tmp_path)
    first = copilot.start_draft(few(), out=tmp_path / "a.csv")
    again = opened(tmp_path).start_draft(few(), out=tmp_path / "a.csv")
    assert (first.id, first.state, first.total) == (again.id, "queued", 0)
    assert [job.id for job in copilot.jobs().jobs] == [first.id]


def test_a_brief_is_not_drafted_to_two_files_at_a_time(tmp_path: Path) -> None:
    copilot = opened(tmp_path)
    first = copilot.start_draft(few(), out=tmp_path / "a.csv")
    with pytest.raises(RefusedError, match=first.id):
        copilot.start_draft(few(), out=tmp_path / "b.csv")
    copilot.cancel(first.id)
    assert copilot.start_draft(few(), out=tmp_path / "b.csv").id != first.id


def test_a_wrong_format_is_refused_before_anything_is_queued(tmp_path: Path) -> None:
    copilot = opened(tmp_path)
    with pytest.raises(InputError, match="no format 'papyrus'"):
        copilot.start_draft(few(), format="papyrus")
    assert copilot.jobs().jobs == ()


def test_states_move_only_as_they_may(tmp_path: Path) -> None:
    copilot = opened(tmp_path)
    job = copilot.start_draft(few())
    assert copilot.pause(job.id).state == "paused"
    assert copilot.pause(job.id).state == "paused"
    assert copilot.queue.claim("somebody", 60) is None
    assert copilot.resume(job.id, budget_usd=2.5).state == "queued"
    assert copilot.job(job.id).budget_usd == 2.5
    assert copilot.cancel(job.id).state == "cancelled"
    with pytest.raises(RefusedError, match="is cancelled and cannot be resumed"):
        copilot.resume(job.id)
    with pytest.raises(RefusedError, match="is cancelled and cannot be paused"):
        copilot.pause(job.id)
    assert [line[9:] for line in copilot.job(job.id).log] == [
        "Queued.",
        "Paused: by hand",
        "Resumed.",
        "Cancelled.",
    ]


def test_a_job_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no job 'nope'"):
        opened(tmp_path).job("nope")


def test_what_names_a_forgotten_person_goes_and_the_rest_stays(tmp_path: Path) -> None:
    copilot = opened(tmp_path)
    kept = copilot.start_draft(few())
    about = copilot.start_draft(few(name="ann", audience="email = 'ann@example.org'"))
    copilot.queue.skip(kept.id, {"ann@example.org email": "no", "Leeds email": "neither"})
    assert copilot.queue.forget(lambda text: "ann@example.org" in text) == 3
    (left,) = copilot.jobs().jobs
    assert left.id == kept.id != about.id
    assert [one.unit for one in left.skipped] == ["Leeds email"]
    assert "ann@" not in str(copilot.job(kept.id).log)
