"""A drafted campaign on its way out: reviewed, edited, approved, merged, written, verified."""

import csv
import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from copilot import Brief, Copilot, Settings
from copilot.__main__ import run
from copilot.campaigns.briefing.brief import load_brief
from copilot.campaigns.exporting import formats
from copilot.campaigns.exporting.manifest import read_manifest
from copilot.campaigns.exporting.tags import canonical, neutral
from copilot.campaigns.reviewing.review import text_hash
from copilot.demo import bakery_files
from copilot.errors import InputError, RefusedError
from copilot.records import Draft
from tests.conftest import ROOT, TODAY

NAME = "saturday-loaves"
CHANNELS = ("email", "sms")


def brief(**changes: object) -> Brief:
    """The sample's brief as one message to all, by e-mail and SMS, in two variants."""
    loaded = load_brief(ROOT / "samples" / "bakery" / f"{NAME}.yaml")
    return loaded.model_copy(update={"level": "mass", "by": None, **changes})


def opened(home: Path, today: dt.date = TODAY) -> Copilot:
    return Copilot(Settings.load(home), today=lambda: today)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with customers and one drafted campaign; copied by each test."""
    home = tmp_path_factory.mktemp("drafted")
    for path, table in bakery_files():
        opened(home).import_customers([path], table=table)
    report = opened(home).draft(brief())
    assert (report.passed, report.held) == (4, 0)
    return home


@pytest.fixture
def copilot(drafted: Path, tmp_path: Path) -> Copilot:
    shutil.copytree(drafted, tmp_path / "home", dirs_exist_ok=True)
    return opened(tmp_path / "home")


def rows_of(path: Path | str, delimiter: str = ",") -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def drafts_of(copilot: Copilot) -> list[Draft]:
    return [one.draft for one in copilot.review(NAME).reviewed]


def approved(copilot: Copilot) -> Copilot:
    copilot.approve(NAME, ["all"], by="Ann")
    return copilot


def stored(copilot: Copilot, draft: Draft, **parts: str) -> Draft:
    """Another text put into the database behind the product's back."""
    message = draft.message.model_copy(update=parts)
    run_id = copilot.campaigns.latest(NAME).run_id
    changed = draft.model_copy(update={"message": message})
    copilot.campaigns.replace(run_id, draft.draft_id, changed)
    return changed


# -- review --------------------------------------------------------------------------------------


def test_drafts_wait_for_review_and_nothing_leaves_before(copilot: Copilot, tmp_path: Path) -> None:
    assert copilot.review(NAME).statuses == {"in_review": 4}
    with pytest.raises(RefusedError, match=r"4 in_review.*--approve all"):
        copilot.export(NAME, out=tmp_path / "a.csv", by="Ann")
    assert not (tmp_path / "a.csv").exists()
    with pytest.raises(InputError, match=f"No campaign 'x'.*{NAME}"):
        copilot.review("x")


def test_who_decided_what_when_and_why_is_kept(copilot: Copilot) -> None:
    first, second, *_ = drafts_of(copilot)
    copilot.approve(NAME, [first.draft_id], by="Ann")
    with pytest.raises(InputError, match="needs a reason"):
        copilot.reject(NAME, [second.draft_id], by="Ann", note=" ")
    with pytest.raises(InputError, match="needs a name"):
        copilot.reject(NAME, [second.draft_id], by="", note="dull")
    found = copilot.reject(NAME, [second.draft_id], by="Bob", note="dull")
    assert found.statuses == {"approved": 1, "rejected": 1, "in_review": 2}
    events = {one.draft.draft_id: one.events for one in found.reviewed}
    assert [(one.action, one.by) for one in events[first.draft_id]] == [("approved", "Ann")]
    assert [(one.by, one.note) for one in events[second.draft_id]] == [("Bob", "dull")]
    assert events[first.draft_id][0].at.tzinfo is not None


def test_a_text_approved_once_approves_every_draft_it_was_missing_in(copilot: Copilot) -> None:
    groups = copilot.differences(NAME)
    texts = [text for group in groups for text in group.texts]
    last = next(text for text in texts if len(text.draft_ids) == 2)
    others = [text.text_id for text in texts if text != last]
    assert set(copilot.approve(NAME, others, by="Ann").changed).isdisjoint(last.draft_ids)
    done = copilot.approve(NAME, [last.text_id], by="Ann")
    assert set(done.changed) == set(last.draft_ids)
    assert done.statuses == {"approved": 4}
    assert {text.approved_by for group in copilot.differences(NAME) for text in group.texts} == {
        "Ann"
    }


def test_an_edit_passes_the_same_checks_or_is_refused(copilot: Copilot) -> None:
    approved(copilot)
    draft = next(one for one in drafts_of(copilot) if one.channel == "sms")
    lie = copilot.edit_draft(NAME, draft.draft_id, "50% off, code LIES99.", by="Bob")
    assert lie.draft is None
    assert any(one.severity == "block" for one in lie.check.findings)
    assert drafts_of(copilot)[2].message == draft.message
    text = draft.message.body.replace("15% off any loaf", "Any loaf is 15% off", 1)
    done = copilot.edit_draft(NAME, draft.draft_id, text, by="Bob", note="reads better")
    assert done.draft is not None
    assert (done.version, done.draft.status, done.draft.message.body) == (2, "in_review", text)
    (one,) = [one for one in copilot.review(NAME).reviewed if one.draft.draft_id == draft.draft_id]
    assert [event.action for event in one.events] == ["approved", "edited"]
    run_id = copilot.campaigns.latest(NAME).run_id
    (old,) = copilot.campaigns.drafts(f"{run_id}/versions")
    assert old.message == draft.message
    assert copilot.review(NAME).statuses == {"approved": 3, "in_review": 1}


def test_a_new_drafting_of_another_brief_has_nothing_approved(copilot: Copilot) -> None:
    approved(copilot)
    copilot.draft(brief(goal="bring everybody in"))
    assert "approved" not in copilot.review(NAME).statuses


def test_only_the_brand_s_reviewers_approve(copilot: Copilot) -> None:
    kit = brief().brand.model_copy(update={"reviewers": ("Ann",)})
    copilot.draft(brief(brand=kit))
    with pytest.raises(RefusedError, match="'Bob' may not decide"):
        copilot.approve(NAME, ["all"], by="Bob")
    assert copilot.approve(NAME, ["all"], by="Ann").statuses == {"approved": 4}


# -- what is looked at once more when exporting --------------------------------------------------


def test_a_text_changed_after_its_approval_does_not_leave(copilot: Copilot, tmp_path: Path) -> None:
    draft = drafts_of(approved(copilot))[0]
    stored(copilot, draft, subject="Something else")
    done = copilot.export(NAME, out=tmp_path / "a.csv", by="Ann")
    assert done.left_out == {draft.draft_id: "in_review"}
    assert draft.draft_id not in {row["draft_id"] for row in rows_of(done.out)}


def test_a_lie_that_was_approved_is_blocked_at_the_door(copilot: Copilot, tmp_path: Path) -> None:
    draft = drafts_of(approved(copilot))[0]
    lie = stored(copilot, draft, body=f"{draft.message.body}\nAnd 50% off all cakes.")
    copilot.campaigns.decide(
        copilot.campaigns.latest(NAME).run_id,
        [draft.draft_id],
        "approved",
        by="Ann",
        at=dt.datetime.now(dt.UTC),
        texts={draft.draft_id: text_hash(lie.message)},
    )
    done = copilot.export(NAME, out=tmp_path / "a.csv", by="Ann")
    assert list(done.left_out) == [draft.draft_id]
    assert "50% off all cakes" not in (tmp_path / "a.csv").read_text(encoding="utf-8")


def test_an_offer_that_has_ended_is_not_sent(copilot: Copilot, tmp_path: Path) -> None:
    approved(copilot)
    late = opened(copilot.settings.home, dt.date(2026, 12, 1))
    with pytest.raises(RefusedError, match="ended on 2026-11-28"):
        late.export(NAME, out=tmp_path / "a.csv", by="Ann")


def test_who_was_suppressed_after_the_review_gets_nothing(copilot: Copilot, tmp_path: Path) -> None:
    before = copilot.export(
        NAME, out=tmp_path / "a.csv", by="Ann", recipients=True
    ) if approved(copilot) else None  # fmt: skip
    assert before is not None
    gone = rows_of(before.out)[0]["address"]
    (tmp_path / "stop.csv").write_text(f"address\n{gone}\n", encoding="utf-8")
    copilot.suppress(tmp_path / "stop.csv")
    after = copilot.export(NAME, out=tmp_path / "b.csv", by="Ann", recipients=True)
    assert gone not in {row["address"] for row in rows_of(after.out)}
    assert after.rows < before.rows
    assert after.skipped["suppressed"] > before.skipped["suppressed"]


# -- files ---------------------------------------------------------------------------------------


def test_merged_rows_manifest_and_status_agree(copilot: Copilot, tmp_path: Path) -> None:
    done = approved(copilot).export(NAME, out=tmp_path / "a.csv", by="Cy", recipients=True)
    rows = rows_of(done.out)
    assert len(rows) == done.rows > 100
    assert {row["status"] for row in rows} == {"approved"}
    assert {row["variant"] for row in rows} == {"A", "B"}
    assert {row["holdout"] for row in rows} == {"no"}
    assert not any("{{" in row["body"] + row["subject"] for row in rows)
    manifest = read_manifest(Path(done.manifest))
    assert (manifest.consented, manifest.skipped) == (done.rows, done.skipped)
    assert {one.approved_by for one in manifest.drafts} == {"Ann"}
    assert all(one.facts and one.checks_passed for one in manifest.drafts)
    assert copilot.verify_export(done.manifest).passed
    assert copilot.review(NAME).statuses == {"exported": 4}
    assert not any(row["address"] in Path(done.manifest).read_text("utf-8") for row in rows)
    again = copilot.export(NAME, out=tmp_path / "b.csv", by="Cy", recipients=True)
    assert Path(again.out).read_bytes() != b""
    assert again.rows == done.rows


HEADERS = {
    "mailchimp": (["Email Address", "CUSTOMER", "FNAME"], ["SMS Phone Number", "CUSTOMER"]),
    "klaviyo": (["Email", "External ID", "First Name"], ["Phone Number", "External ID"]),
    "braze": (["email", "external_id", "first_name"], ["phone", "external_id"]),
    "mautic": (["email", "customer_id", "firstname"], ["mobile", "customer_id"]),
    "brevo": (["EMAIL", "EXT_ID", "FIRSTNAME"], ["SMS", "EXT_ID"]),
    "hubspot": (["Email", "customer_id", "First Name"], ["Phone Number", "customer_id"]),
}

SHORT_FIELDS = ("mailchimp", "braze")


def test_every_tool_gets_its_headers_one_file_a_channel(copilot: Copilot, tmp_path: Path) -> None:
    approved(copilot)
    for tool, headers in HEADERS.items():
        if tool in SHORT_FIELDS:
            continue
        done = copilot.export(
            NAME, out=tmp_path / f"{tool}.csv", by="Ann", format=tool, recipients=True
        )
        assert [one.channel for one in done.files] == list(CHANNELS)
        for name, wanted in zip(CHANNELS, headers, strict=True):
            rows = rows_of(tmp_path / f"{tool}.{name}.csv")
            assert list(rows[0])[: len(wanted)] == wanted
            assert all(row[wanted[0]] for row in rows)
            body = formats.ours(tool, "body")
            assert all("CRUST15" in row[body] for row in rows)
            if name == "sms":
                assert all(row[wanted[0]].startswith("+44") for row in rows)


@pytest.mark.parametrize("tool", ["mailchimp", "braze"])
def test_a_message_that_a_tool_would_cut_is_not_exported_to_it(
    copilot: Copilot, tmp_path: Path, tool: str
) -> None:
    approved(copilot)
    out = tmp_path / f"{tool}.csv"
    with pytest.raises(RefusedError, match=f"{tool} keeps 255") as raised:
        copilot.export(NAME, out=out, by="Ann", format=tool, recipients=True)
    assert "without --recipients" in raised.value.hint
    assert not list(tmp_path.glob(f"{tool}.*"))


def test_listmonk_gets_attributes_as_json_and_says_what_it_cannot_take(
    copilot: Copilot, tmp_path: Path
) -> None:
    done = approved(copilot).export(
        NAME, out=tmp_path / "l.csv", by="Ann", format="listmonk", recipients=True
    )
    rows = rows_of(done.out)
    assert list(rows[0]) == ["email", "name", "attributes"]
    attributes = [json.loads(row["attributes"]) for row in rows]
    assert all("CRUST15" in one["message_body"] for one in attributes)
    assert any(one["first_name"] for one in attributes)
    assert sorted(done.left_out.values()) == ["listmonk takes no sms"] * 2


@pytest.mark.parametrize("tool", ["klaviyo", "listmonk", "mailchimp"])
def test_a_template_comes_back_as_the_draft_it_was(
    copilot: Copilot, tmp_path: Path, tool: str
) -> None:
    done = approved(copilot).export(NAME, out=tmp_path / "t.csv", by="Ann", format=tool)
    texts = {one.draft_id: one.message for one in drafts_of(copilot)}
    for row in rows_of(done.out):
        message = texts[row["draft_id"]]
        assert neutral(row["body"].removeprefix("'"), tool) == canonical(message.body)
        assert neutral(row["html"], tool, html=True) == canonical(message.html)
        assert (row["customer_id"], row["address"]) == ("", "")
    assert any("opt-out link" in note for note in done.notes)


def test_a_file_over_the_tool_s_limit_comes_in_parts(
    copilot: Copilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(formats.TOOLS["hubspot"], rows=100)
    monkeypatch.setattr("copilot.reviewing.merging.TOOLS", {**formats.TOOLS, "hubspot": small})
    done = approved(copilot).export(
        NAME, out=tmp_path / "h.csv", by="Ann", format="hubspot", recipients=True
    )
    emails = [one for one in done.files if one.channel == "email"]
    assert len(emails) > 1
    assert max(one.rows for one in emails) <= 100
    keys = [row["customer_id"] for one in emails for row in rows_of(tmp_path / one.name)]
    assert len(keys) == len(set(keys)) == sum(one.rows for one in emails)


def test_who_is_held_out_is_in_a_file_of_their_own_and_in_no_other(
    copilot: Copilot, tmp_path: Path
) -> None:
    copilot.draft(brief(holdout=0.3))
    done = approved(copilot).export(NAME, out=tmp_path / "a.parquet", by="Ann", recipients=True)
    out = rows_of(tmp_path / "a.holdout.csv")
    sent = duckdb.read_parquet(str(tmp_path / "a.parquet")).project("customer_id").fetchall()
    held = {row["customer_id"] for row in out}
    assert held
    assert held.isdisjoint({row[0] for row in sent})
    assert {(row["arm"], row["holdout"]) for row in out} == {("holdout", "yes")}
    assert done.held_out == len(out)
    assert done.rows + len(out) == read_manifest(Path(done.manifest)).consented


def test_search_ads_go_to_google_ads_editor(copilot: Copilot, tmp_path: Path) -> None:
    copilot.draft(brief(name="ads", channels=("rsa",), variants=1))
    copilot.approve("ads", ["all"], by="Ann")
    done = copilot.export("ads", out=tmp_path / "ads.csv", by="Ann", format="google-ads")
    (row,) = rows_of(done.out)
    assert row["Ad type"] == "Responsive search ad"
    assert row["Final URL"] == "https://cornercrumb.example/order"
    assert row["Headline 3"]
    assert row["Description 2"]
    assert max(len(row[f"Headline {each}"]) for each in range(1, 16)) <= 30
    with pytest.raises(InputError, match="no recipients"):
        copilot.export(
            "ads", out=tmp_path / "b.csv", by="Ann", format="google-ads", recipients=True
        )


# -- the command line ----------------------------------------------------------------------------


def called(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, Any]:
    code = run([*(str(argument) for argument in arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_from_review_to_a_verified_export_by_the_shell(
    capsys: pytest.CaptureFixture[str],
    drafted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path / "home"
    shutil.copytree(drafted, home, dirs_exist_ok=True)
    monkeypatch.setattr("copilot.cli.reviewing.open_workspace", lambda _: opened(home))
    code, listed = called(capsys, "review", NAME)
    assert (code, listed["statuses"]) == (0, {"in_review": 4})
    code, told = called(capsys, "review", NAME, "--approve", "all")
    assert (code, "--by NAME" in told["error"]["hint"]) == (2, True)
    code, told = called(capsys, "review", NAME, "--approve", "all", "--by", "Ann")
    assert (code, told["statuses"]) == (0, {"approved": 4})
    code, told = called(capsys, "review", NAME, "--worst")
    assert (code, len(told["previews"])) == (0, 12)
    code, told = called(capsys, "export", NAME, "--out", tmp_path / "a.xlsx", "--recipients")
    assert (code, told["drafts"]) == (0, 4)
    code, seen = called(capsys, "export", "--verify", told["manifest"])
    assert (code, seen["passed"]) == (0, True)
    with (tmp_path / "a.xlsx").open("ab") as file:
        file.write(b"x")
    code, seen = called(capsys, "export", "--verify", told["manifest"])
    assert (code, seen["files"]) == (1, {"a.xlsx": "changed"})
    assert called(capsys, "export", NAME)[0] == 2
    assert run(["review", NAME]) == 0
    assert "4 drafts; 4 exported." in capsys.readouterr().out


def test_a_refused_edit_leaves_with_one(
    capsys: pytest.CaptureFixture[str],
    drafted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path / "home"
    shutil.copytree(drafted, home, dirs_exist_ok=True)
    monkeypatch.setattr("copilot.cli.reviewing.open_workspace", lambda _: opened(home))
    draft = drafts_of(opened(home))[0]
    (tmp_path / "lie.txt").write_text("50% off with LIES99", encoding="utf-8")
    edit = ("review", NAME, "--edit", draft.draft_id, "--by", "Bob")
    code, told = called(capsys, *edit, "--file", tmp_path / "lie.txt")
    assert (code, told["draft"]) == (1, None)
    assert called(capsys, *edit)[0] == 2
