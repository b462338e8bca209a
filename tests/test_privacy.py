"""Nobody's personal data leave the tables, and a forgotten person is nowhere in the workspace."""

import io
import json
import logging
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from copilot import Copilot, Settings
from copilot.campaigns.briefing.brief import load_brief
from copilot.customers.privacy import erase
from copilot.errors import BriefError, DataError
from copilot.records import Brief, Draft, Message
from tests.conftest import ROOT, TODAY
from tests.scripted_server import Reply, scripted_server

SATURDAY = ROOT / "samples" / "bakery" / "saturday-loaves.yaml"
ADDRESS, PHONE = "zebulina.quix@example.org", "+442079460987"
MARKS = (
    ADDRESS, PHONE, "020 7946 0987", "79460987", "MARK-00012345", "Zebulina", "Quixworth",
    "Marker Row",
)  # fmt: skip
PERSON = f"MARK-00012345,Zebulina,Quixworth,{ADDRESS},020 7946 0987,1 Marker Row,Holbeck,Leeds,GB\n"
HEADER = "customer_id,first_name,last_name,email,phone,street,neighbourhood,city,country\n"


@pytest.fixture
def copilot(bakery: Path, tmp_path: Path) -> Copilot:
    """The sample bakery in a workspace of its own, to be written to."""
    home = tmp_path / "workspace"
    shutil.copytree(bakery, home)
    return Copilot(Settings.load(home), today=lambda: TODAY)


def brief(**changes: object) -> Brief:
    return load_brief(SATURDAY).model_copy(update=changes)


def everywhere(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file's bytes; what is packed is unpacked."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        yield path, data
        if path.suffix == ".parquet":
            yield path, repr(duckdb.read_parquet(str(path)).fetchall()).encode()
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield path, b"".join(archive.read(name) for name in archive.namelist())


def found(folder: Path, marks: tuple[str, ...] = MARKS) -> dict[str, set[str]]:
    """Which files hold which marks."""
    held: dict[str, set[str]] = {}
    for path, data in everywhere(folder):
        low = data.lower()
        seen = {mark for mark in marks if mark.lower().encode() in low}
        if seen:
            held.setdefault(path.relative_to(folder).as_posix(), set()).update(seen)
    return held


def plant(copilot: Copilot, folder: Path) -> Path:
    """The person in every place the product writes to; returns a file outside the workspace."""
    home = copilot.settings.home
    source = folder / "source"
    source.mkdir()

    def load(name: str, text: str, **more: Any) -> None:
        path = source / name
        path.write_text(text, encoding="utf-8")
        copilot.import_customers([path], **more)

    load("people.csv", HEADER + PERSON)
    load("consents.csv", "customer_id,channel,status\nMARK-00012345,email,yes\n")
    load(
        "sales.csv",
        "transaction_id,customer_id,at,amount\nX1,MARK-00012345,2026-11-01,4.20\n"
        "X2,MARK-00012345,never,4.20\nX3,C0002,never,4.20\n",
    )
    load("again.csv", HEADER + PERSON.replace(ADDRESS, "broken at home") + PERSON)
    load("friends.csv", f"customer_id,referred_by\nC0002,Friend of {ADDRESS.upper()}\n")
    individual = brief(level="individual", channels=("email",))
    outside = folder / "elsewhere.csv"
    copilot.draft(individual, out=outside)
    for name in ("out.csv", "out.parquet", "out.jsonl"):
        copilot.draft(individual, out=home / "drafts" / name)
    held = home / "drafts" / "out.held.jsonl"
    held.write_text(json.dumps({"customer_id": "MARK-00012345", "body": "Hi"}) + "\n", "utf-8")
    _drafted(copilot)
    uploads = home / "uploads" / "data"
    (uploads / "1").mkdir(parents=True)
    (uploads / "1" / "people.csv").write_text(HEADER + PERSON, encoding="utf-8")
    with xlsxwriter.Workbook(uploads / "1" / "people.xlsx") as book:
        book.add_worksheet().write_row(0, 0, PERSON.split(","))
    return outside


def _drafted(copilot: Copilot) -> None:
    """A campaign in which a draft names the person, as a careless writer could."""
    drafts = [
        Draft(
            draft_id=name, campaign="c", level="individual", unit=name, channel="email",
            language="en", variant="A", message=Message(body=body), facts=(), status="held",
        )
        for name, body in (("d1", f"Write to {ADDRESS}"), ("d2", "Write to us"))
    ]  # fmt: skip
    copilot.campaigns.add("c1", enumerate(drafts))


def test_a_forgotten_person_is_nowhere_in_the_workspace(copilot: Copilot, tmp_path: Path) -> None:
    outside = plant(copilot, tmp_path)
    home = copilot.settings.home
    planted = found(home)
    for place in (
        "customers/customers-", "customers/transactions-", "customers/consents-",
        "customers/rejects/", "drafts/out.csv", "drafts/out.parquet", "drafts/out.jsonl",
        "drafts/out.held.jsonl", "campaigns.db", "uploads/data/1/people.csv",
        "uploads/data/1/people.xlsx",
    ):  # fmt: skip
        assert any(path.startswith(place) for path in planted), place
    rows = copilot.profile().tables["customers"].rows
    done = copilot.forget(ADDRESS.upper())
    copilot.library.close()
    assert found(home) == {}
    assert done.customer_id == "MARK-00012345"
    assert done.erased == {"customers": 1, "consents": 1, "transactions": 1}
    assert done.files["drafts/out.csv"] == 1
    assert done.removed == ("uploads/data/1/people.xlsx",)
    assert done.outside == (
        str(outside.resolve()),
        str(outside.with_name("elsewhere.arms.csv").resolve()),
    )
    assert copilot.profile().tables["customers"].rows == rows - 1
    assert copilot.campaigns.finished("c1") == {"d2"}
    copilot.import_customers([tmp_path / "source" / "people.csv"])
    (back,) = copilot.import_customers([tmp_path / "source" / "people.csv"])
    assert (back.rows_read, back.rows_rejected) == (1, 1)
    copilot.library.close()
    assert found(home) == {}
    again = copilot.draft(brief(level="individual", channels=("email",)), out=tmp_path / "b.csv")
    assert again.passed
    assert ADDRESS not in (tmp_path / "b.csv").read_text(encoding="utf-8")


def test_other_peoples_rows_stay(copilot: Copilot, tmp_path: Path) -> None:
    plant(copilot, tmp_path)
    before = {
        name: (copilot.settings.home / "drafts" / name).read_text(encoding="utf-8").count("\n")
        for name in ("out.csv", "out.jsonl")
    }
    lines = len(copilot.customer("C0002")["latest_purchases"])
    copilot.forget("+44 20 7946 0987")
    assert len(copilot.customer("C0002")["latest_purchases"]) == lines
    rejects = list((copilot.settings.home / "customers" / "rejects").glob("sales-*.csv"))
    assert "X3" in rejects[0].read_text(encoding="utf-8")
    after = (copilot.settings.home / "drafts" / "out.jsonl").read_text(encoding="utf-8")
    assert after.count("\n") == before["out.jsonl"] - 1


def test_a_killed_forgetting_is_finished_by_the_next_process(
    copilot: Copilot, tmp_path: Path
) -> None:
    plant(copilot, tmp_path)
    home = copilot.settings.home
    erase.begin(copilot.store, erase.find(copilot.store, ADDRESS))
    copilot.engine.close()
    copilot.library.close()
    assert found(home)
    assert Copilot(Settings.load(home)).profile().tables["customers"].rows
    assert found(home) == {}


def test_who_is_meant_must_be_clear(copilot: Copilot, tmp_path: Path) -> None:
    path = tmp_path / "twins.csv"
    path.write_text("customer_id,email\nT1,both@example.org\nT2,both@example.org\n", "utf-8")
    copilot.import_customers([path])
    with pytest.raises(DataError, match=r"2 customers have 'both@example\.org': T1, T2"):
        copilot.forget("both@example.org")
    with pytest.raises(DataError, match=r"no customer 'nobody@example\.org'"):
        copilot.forget("nobody@example.org")


def personal_values(copilot: Copilot) -> set[str]:
    """Every customer's e-mail, phone, street and full name, in lower case."""
    people = duckdb.read_parquet(str(copilot.store.files()["customers"]))
    rows = people.project("email, phone, street, first_name || ' ' || last_name").fetchall()
    return {str(value).lower() for row in rows for value in row if value}


def test_no_log_line_no_passage_and_no_request_holds_a_personal_value(
    copilot: Copilot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    values = personal_values(copilot)
    assert len(values) > 1000
    with caplog.at_level(logging.DEBUG), scripted_server(Reply("{}")) as server:
        settings = Settings.load(
            copilot.settings.home, base_url=server.url, model="liar", api_key="k"
        )
        served = Copilot(settings, today=lambda: TODAY)
        served.import_customers([ROOT / "samples" / "bakery" / "customers.csv"], table="customers")
        served.draft(brief(channels=("email",), variants=1), out=tmp_path / "a.csv")
        served.draft(brief(level="individual", channels=("sms",)), out=tmp_path / "b.csv", limit=5)
        served.ask("How many customers in Leeds bought twice since March?")
        served.ask("What is local marketing?")
        served.ask("Which customers in Roundhay have not bought for a while, and why?")
        served.forget("C0001")
        served.library.close()
        sent = json.dumps(server.requests).lower()
    assert server.requests
    logged = "\n".join(record.getMessage() for record in caplog.records).lower()
    assert caplog.records
    assert not [value for value in values if value in sent]
    assert not [value for value in values if value in logged]
    library = b"".join(data.lower() for _, data in everywhere(copilot.settings.home / "library"))
    assert not [value for value in values if value.encode() in library]


def test_a_list_of_people_is_no_document_unless_that_is_meant(
    copilot: Copilot, tmp_path: Path
) -> None:
    source = tmp_path / "some.csv"
    rows = (ROOT / "samples" / "bakery" / "customers.csv").read_text(encoding="utf-8")
    source.write_text("\n".join(rows.splitlines()[:20]) + "\n", encoding="utf-8")
    report = copilot.index([source])
    assert report.added == 0
    (failure,) = report.failed
    assert "customers import" in failure.reason
    assert copilot.index([ROOT / "samples" / "bakery" / "products.csv"]).added == 1
    assert copilot.index([source], people=True).added == 1


def test_a_field_that_may_not_be_mentioned_is_in_no_message(copilot: Copilot) -> None:
    named = copilot.draft(brief(channels=("email",), variants=1)).preview
    assert all("first_name" in draft.message.slots for draft in named)
    copilot.set_field("first_name", "use")
    drafts = copilot.draft(brief(channels=("email",), variants=1)).preview
    assert drafts
    assert not any("first_name" in draft.message.slots for draft in drafts)
    report = copilot.check(
        'Subject: Hi\n\nHello {{ first_name | default: "there" }}', brief(), channel="email"
    )
    assert "privacy.field" in {finding.rule for finding in report.findings}
    copilot.set_field("neighbourhood", "use")
    with pytest.raises(BriefError, match="may not be mentioned"):
        copilot.draft(brief())


def test_marks_are_found_where_they_are(tmp_path: Path) -> None:
    """The search itself can fail: it sees inside archives and Parquet."""
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write(0, 0, ADDRESS)
    duckdb.sql(f"SELECT '{PHONE}' AS phone").write_parquet(str(tmp_path / "b.parquet"))
    assert found(tmp_path) == {
        "a.xlsx": {ADDRESS, "Zebulina"},
        "b.parquet": {PHONE} | {m for m in MARKS if re.fullmatch("79460987", m)},
    }
