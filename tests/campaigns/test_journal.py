from pathlib import Path

from copilot.campaigns.journal import Journal
from copilot.records import Draft, Message


def draft(number: int) -> Draft:
    return Draft(
        draft_id=f"d{number}",
        campaign="loaves",
        level="local",
        unit="Holbeck",
        channel="email",
        language="en",
        variant="A",
        message=Message(subject="Loaves", body=f"The ovens are on, batch {number}."),
        facts=(),
        status="passed",
    )


def test_a_resumed_job_finds_what_was_finished_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "job.jsonl"
    first = Journal(path, resume=False)
    first.add(draft(1))
    first.add(draft(2))
    second = Journal(path, resume=True)
    assert second.get("d1") == draft(1)
    assert second.get("d2") == draft(2)
    assert second.get("d3") is None


def test_a_line_cut_off_by_a_kill_is_drafted_again(tmp_path: Path) -> None:
    path = tmp_path / "job.jsonl"
    journal = Journal(path, resume=False)
    journal.add(draft(1))
    journal.add(draft(2))
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: len(whole) - 40], encoding="utf-8")
    resumed = Journal(path, resume=True)
    assert resumed.get("d1") == draft(1)
    assert resumed.get("d2") is None
    resumed.add(draft(2))
    assert Journal(path, resume=True).get("d2") == draft(2)


def test_a_job_that_is_not_resumed_starts_afresh(tmp_path: Path) -> None:
    path = tmp_path / "job.jsonl"
    Journal(path, resume=False).add(draft(1))
    assert Journal(path, resume=False).get("d1") is None
