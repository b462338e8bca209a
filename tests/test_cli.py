"""The public commands, through the same entry point as the shell, on a real workspace."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from copilot import __version__
from copilot.__main__ import run

ROOT = Path(__file__).parent.parent
BRIEF = ROOT / "samples" / "bakery" / "saturday-loaves.yaml"
INDIVIDUAL = ROOT / "samples" / "bakery" / "christmas-cakes.yaml"

COMMANDS = [
    "index", "search", "ask", "eval", "segments", "draft", "check", "drift", "review", "export",
    "worker", "demo", "doctor", "app", "mcp", "learn", "customers", "jobs", "localities",
]  # fmt: skip


def called(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, Any]:
    """Exit code and the one JSON object on stdout."""
    code = run([*(str(argument) for argument in arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "copilot", "--help"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    commands = re.findall(r"^  ([a-z]+)  ", done.stdout.partition("Commands:")[2], re.M)
    assert commands == COMMANDS
    assert not [m for m in ("pydantic", "rich", "chromadb", "ibis") if f"| {m}\n" in done.stderr]


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


def test_index_counts_and_lists_failures(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    good = tmp_path / "docs" / "opening.md"
    good.write_text("# Opening\n\nThe mill on Cardigan Road opens at seven.\n", encoding="utf-8")
    (tmp_path / "docs" / "broken.pdf").write_bytes(b"%PDF-1.7 not a pdf")
    home = tmp_path / "w"
    code, done = called(capsys, "index", tmp_path / "docs", "--workspace", home)
    assert code == 0
    assert (done["added"], done["updated"], len(done["failed"])) == (1, 0, 1)
    assert done["sources"] == done["added"] + done["unchanged"]
    assert done["failed"][0]["source"].endswith("broken.pdf")
    _, again = called(capsys, "index", good, "--workspace", home)
    assert (again["added"], again["updated"]) == (0, 0)
    assert again["unchanged"] == done["sources"]
    code, found = called(capsys, "search", "when does the mill open", "--workspace", home)
    assert code == 0
    best = found["passages"][0]
    assert set(best) == {"id", "source", "title", "heading", "page", "text", "score"}
    assert best["source"] == good.resolve().as_posix()
    assert 0 <= best["score"] <= 1
    code, answer = called(capsys, "ask", "When does the mill open?", "--workspace", home)
    assert code == 0
    assert "seven" in answer["answer"]
    assert answer["citations"][0]["quote"] in good.read_text(encoding="utf-8")
    _, removed = called(capsys, "index", "--remove", best["source"], "--workspace", home)
    assert removed["removed"] == 1


def test_ask_compares_with_a_citation_in_every_table_row(
    capsys: pytest.CaptureFixture[str], bakery: Path
) -> None:
    question = "Compare micromarketing with mass customisation"
    code, answer = called(capsys, "ask", question, "--workspace", bakery)
    assert code == 0
    assert (answer["kind"], answer["refused"], answer["model"]) == ("compare", False, "offline")
    for word in ("Scope", "Personalisation", "Product variation", "predefined", "Example"):
        assert word in answer["answer"]
    table = [line for line in answer["answer"].splitlines() if line.startswith("| **")]
    assert len(table) >= 3
    assert all(line.count("[") >= 2 for line in table)
    for cited in answer["citations"]:
        source = ROOT / cited["source"]
        text = " ".join(source.read_text(encoding="utf-8").split())
        assert " ".join(cited["quote"].split()) in text
        assert f"[{cited['marker']}]" in answer["answer"]
    assert answer["usage"] == {"input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0}


def test_a_quiz_is_asked_marked_and_remembered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = ("--workspace", tmp_path / "w")
    asking = ("learn", "quiz", "mass customisation", "--kind", "define", "-n", "1")
    code, quiz = called(capsys, *asking, *home)
    assert code == 0
    (question,) = quiz["questions"]
    assert set(quiz) >= {"quiz", "topic", "questions"}
    definition = (
        "It makes products fitted to each customer from predefined options at a cost near that "
        "of mass production, the customer choosing the combination"
    )
    code, good = called(capsys, "learn", "mark", question["id"], definition, *home)
    assert (code, good["correct"]) == (0, True)
    code, bad = called(capsys, "learn", "mark", question["id"], "A discount for regulars", *home)
    assert (code, bad["correct"], bad["score"]) == (1, False, 0)
    assert bad["citation"]["quote"] in (ROOT / bad["citation"]["source"]).read_text("utf-8")
    _, stands = called(capsys, "learn", "progress", *home)
    assert (stands["asked"], stands["concepts"][0]["concept"]) == (2, "mass-customisation")
    _, erased = called(capsys, "learn", "progress", "--forget", *home)
    assert erased["erased"] == 2


def test_a_concept_map_is_drawn(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "map.svg"
    code, drawn = called(
        capsys, "learn", "map", "micromarketing", "--out", out, "--workspace", tmp_path / "w"
    )
    assert code == 0
    names = {node["title"] for node in drawn["nodes"]}
    assert {"Micromarketing", "Mass customisation", "Local marketing"} <= names
    picture = out.read_text(encoding="utf-8")
    assert picture.lstrip().startswith("<svg")
    assert "Micromarketing" in picture


def test_eval_measures_a_users_own_questions(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.jsonl"
    lines = [
        {
            "id": "a",
            "question": "What is churn?",
            "style": "direct",
            "expected_notes": {"churn": 2},
            "key_facts": [["stop"]],
        },
        {"id": "b", "question": "Who won the 1998 World Cup?", "style": "out_of_scope",
         "refuse": True},
    ]  # fmt: skip
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    code, done = called(capsys, "eval", "--set", file, "--no-peers", "--workspace", tmp_path / "w")
    assert code == 0
    assert done["questions"] == 2
    assert done["search"][0]["ndcg10"]["value"] == 1
    assert done["answers"]["all"]["refused_rightly"] == 1
    file.write_text('{"id": "a"}', encoding="utf-8")
    code, failed = called(capsys, "eval", "--set", file, "--workspace", tmp_path / "w")
    assert code == 2
    assert "question" in failed["error"]["message"]


def test_ctrl_c_leaves_with_130_and_says_so_as_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("copilot.service.Copilot.index", interrupted)
    code, done = called(capsys, "index", "--workspace", tmp_path / "w")
    assert (code, done["error"]["type"]) == (130, "Interrupted")


def test_ask_refuses_what_nothing_covers(capsys: pytest.CaptureFixture[str], bakery: Path) -> None:
    code, answer = called(capsys, "ask", "What is the capital of Peru?", "--workspace", bakery)
    assert code == 1
    assert answer["refused"] is True
    assert answer["kind"] == "refusal"
    assert answer["reason"]
    assert answer["citations"] == []


def test_ask_computes_a_number_and_shows_its_query(
    capsys: pytest.CaptureFixture[str], bakery: Path
) -> None:
    with (ROOT / "samples/bakery/customers.csv").open(encoding="utf-8") as file:
        expected = sum(row["city"] == "Leeds" for row in csv.DictReader(file))
    question = "How many customers are in Leeds?"
    code, answer = called(capsys, "ask", question, "--workspace", bakery)
    assert code == 0
    assert answer["kind"] == "number"
    assert str(expected) in answer["answer"]
    assert {"description", "sql", "rows"} <= set(answer["query"])
    assert "SELECT" in answer["query"]["sql"]


def test_ask_answers_a_file_of_questions_a_line_each(
    capsys: pytest.CaptureFixture[str], bakery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        {"id": "a", "question": "What is local marketing?"},
        {"id": "b", "question": "Who won the 1966 World Cup?"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert run(["ask", "--jsonl", "-", "--workspace", str(bakery)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["id"], one["refused"]) for one in answers] == [("a", False), ("b", True)]


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (["ask"], "InputError", "one question"),
        (["ask", "x", "--as", "expert"], "InputError", "expert"),
        (["nonsense"], "UsageError", "nonsense"),
        (["search", "x", "-k", "0"], "InputError", "k is 0"),
        (["localities", "--level", "planet"], "DataError", "planet"),
        (["localities", "--name", "Atlantis"], "DataError", "Atlantis"),
        (["draft", "nowhere.yaml"], "BriefError", "nowhere.yaml"),
        (["draft", str(BRIEF), "--format", "telex"], "InputError", "telex"),
        (["draft", str(BRIEF), "--out", "x.docx"], "BriefError", "x.docx"),
        (["customers", "import", "nowhere.csv"], "DataError", "nowhere.csv"),
        (["customers", "show", "nobody"], "DataError", "nobody"),
        (["customers", "import", str(BRIEF), "--as", "people"], "InputError", "people"),
        (["check", "nowhere.txt", "--brief", str(BRIEF)], "InputError", "nowhere.txt"),
        (["segments", "--where", "shoe_size > 9"], "FilterError", "shoe_size"),
        (["demo", "--business", "circus"], "InputError", "circus"),
    ],
)
def test_bad_input_exits_2_naming_the_value(
    capsys: pytest.CaptureFixture[str], bakery: Path, arguments: list[str], kind: str, words: str
) -> None:
    where = [] if arguments == ["nonsense"] else ["--workspace", str(bakery)]
    code, done = called(capsys, *arguments, *where)
    assert code == 2
    assert done["error"]["type"] == kind
    assert words in done["error"]["message"]


def test_import_balances_and_shows_the_mapping(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = ROOT / "samples" / "bakery" / "customers_export_de.csv"
    code, dry = called(capsys, "customers", "import", file, "--dry-run", "--workspace", tmp_path)
    assert code == 0
    assert dry["dry_run"] is True
    assert not (tmp_path / "customers" / "manifest.json").exists()
    code, done = called(capsys, "customers", "import", file, "--workspace", tmp_path)
    assert code == 0
    total = done["rows_loaded"] + done["rows_updated"] + done["rows_rejected"]
    assert done["rows_read"] == total
    assert done["mapping"]["Stadtteil"]["field"] == "neighbourhood"
    assert (done["encoding"], done["delimiter"]) == ("cp1252", ";")
    rejected = rows_of(Path(done["rejects_file"]))
    assert len(rejected) == done["rows_rejected"] == 2
    assert any("not a usable email (first in row 42)" in told for told in done["warnings"])
    assert all(row["reject_reason"] for row in rejected)
    _, again = called(capsys, "customers", "import", file, "--workspace", tmp_path)
    assert (again["rows_loaded"], again["rows_updated"]) == (0, done["rows_loaded"])


def test_profile_counts_consent_and_unknown_is_not_yes(
    capsys: pytest.CaptureFixture[str], bakery: Path
) -> None:
    code, profile = called(capsys, "customers", "profile", "--workspace", bakery)
    assert code == 0
    assert profile["tables"]["customers"]["rows"] == 500
    email = profile["consent"]["email"]
    assert email["yes"] + email["no"] + email["unknown"] == 500
    assert email["unknown"] > 0


def test_localities_profile_each_neighbourhood(
    capsys: pytest.CaptureFixture[str], bakery: Path
) -> None:
    code, found = called(capsys, "localities", "--workspace", bakery)
    assert code == 0
    assert len(found["localities"]) == 6
    assert sum(one["customers"] for one in found["localities"]) == 500
    top = {one["name"]: [t["name"] for t in one["top"]] for one in found["localities"]}
    assert "Polish rye" in top["Harehills"]


def consenting(channel: str) -> set[str]:
    with (ROOT / "samples/bakery/consents.csv").open(encoding="utf-8") as file:
        return {
            row["customer_id"]
            for row in csv.DictReader(file)
            if row["channel"] == channel and row["status"] == "yes"
        }


def test_a_local_brief_gives_a_checked_row_for_each_neighbourhood_and_channel(
    capsys: pytest.CaptureFixture[str], bakery: Path, tmp_path: Path
) -> None:
    out = tmp_path / "loaves.csv"
    code, done = called(capsys, "draft", BRIEF, "--out", out, "--workspace", bakery)
    assert code == 0
    assert (done["level"], done["units"], done["held"]) == ("local", 6, 0)
    assert done["passed"] == done["drafts"] == 6 * 2 * 2  # email and sms, A and B
    assert done["skipped"]["no_consent"] > 0
    rows = rows_of(out)
    assert list(rows[0]) == [
        "draft_id", "campaign", "level", "unit", "customer_id", "channel", "address", "language",
        "variant", "subject", "preheader", "body", "html", "facts", "writer", "status",
    ]  # fmt: skip
    assert {row["unit"] for row in rows} == {
        "Headingley", "Chapel Allerton", "Harehills", "Roundhay", "Hunslet", "Holbeck",
    }  # fmt: skip
    for row in rows:
        assert "CRUST15" in row["body"]
        assert "15%" in row["body"]
        facts = json.loads(row["facts"])
        assert {"code", "discount"} <= {fact["kind"] for fact in facts}
        assert all(fact["origin"] for fact in facts)
    assert len({row["body"] for row in rows}) == len(rows)


def test_an_individual_brief_writes_only_to_consenting_customers(
    capsys: pytest.CaptureFixture[str], bakery: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cakes.csv"
    code, done = called(capsys, "draft", INDIVIDUAL, "--out", out, "--workspace", bakery)
    assert code == 0
    assert (done["level"], done["method"]) == ("individual", "modular")
    rows = rows_of(out)
    assert len(rows) == done["passed"] > 0
    assert done["passed"] + done["held"] == done["drafts"]
    channels = {row["channel"] for row in rows}
    reached = done["drafts"] + sum(done["skipped"].values())
    assert reached == 500 * len(channels)
    for channel in channels:
        written = {row["customer_id"] for row in rows if row["channel"] == channel}
        assert written <= consenting(channel)
    assert not [row for row in rows if "{{" in row["subject"] + row["body"] + row["html"]]
    assert not [row for row in rows if "Hi ," in row["body"] or "Hello ," in row["body"]]


def test_an_estimate_drafts_nothing(
    capsys: pytest.CaptureFixture[str], bakery: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.csv"
    code, done = called(capsys, "draft", BRIEF, "--estimate", "--out", out, "--workspace", bakery)
    assert code == 0
    assert (done["drafts"], done["passed"], done["cost_usd"]) == (24, 0, 0.0)
    assert not out.exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("15% off any loaf becomes 20% off any loaf this Saturday.", "20%"),
        ("Use code CRUST20 on Saturday 28 November before 10:00, in store only.", "CRUST20"),
        ("Come on Sunday 29 November.", "29 November"),
        ("Croissants are £1.05 today.", "£1.05"),
        ("See you in our new shop in Bradford.", "Bradford"),
    ],
)
def test_check_blocks_an_invention_and_names_it(
    capsys: pytest.CaptureFixture[str],
    bakery: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    words: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(line))
    code, report = called(
        capsys, "check", "-", "--brief", BRIEF, "--channel", "sms", "--workspace", bakery
    )
    assert code == 1
    assert report["passed"] is False
    blocking = [one for one in report["findings"] if one["severity"] == "block"]
    assert any(words in one["text"] or one["text"] in words for one in blocking if one["text"])
    found = {"rule", "severity", "text", "start", "end", "message", "source"}
    assert found <= set(blocking[0])


def test_check_passes_what_the_brief_says(
    capsys: pytest.CaptureFixture[str], bakery: Path, tmp_path: Path
) -> None:
    text = tmp_path / "sms.txt"
    text.write_text(
        "Corner Crumb: 15% off any loaf on Saturday 28 November, before 10:00, in store only. "
        "Code CRUST15. Reply STOP to opt out",
        encoding="utf-8",
    )
    code, report = called(
        capsys, "check", text, "--brief", BRIEF, "--channel", "sms", "--workspace", bakery
    )
    assert report["findings"] == [] or report["passed"], report["findings"]
    assert code == 0


def test_doctor_says_what_is_there(capsys: pytest.CaptureFixture[str], bakery: Path) -> None:
    code, report = called(capsys, "doctor", "--workspace", bakery)
    assert code == 0
    state = {check["name"]: check["status"] for check in report["checks"]}
    assert state["embeddings"] == state["library"] == state["customers"] == "ok"
    assert state["model"] == "off"


def test_doctor_names_a_model_server_that_is_not_there(
    capsys: pytest.CaptureFixture[str], bakery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETING_COPILOT_MODEL", "m")
    monkeypatch.setenv("MARKETING_COPILOT_BASE_URL", "http://127.0.0.1:9/v1")
    code, report = called(capsys, "doctor", "--workspace", bakery)
    assert code == 1
    (model,) = [check for check in report["checks"] if check["name"] == "model"]
    assert model["status"] == "broken"
    assert "127.0.0.1:9" in model["detail"]


def test_people_get_words_where_scripts_get_json(
    capsys: pytest.CaptureFixture[str], bakery: Path
) -> None:
    assert run(["ask", "What is local marketing?", "--workspace", str(bakery)]) == 0
    out = capsys.readouterr().out
    assert "Local marketing is" in out
    assert "knowledge/concepts/local-marketing.md" in out
    assert run(["customers", "profile", "--workspace", str(bakery)]) == 0
    assert "unknown (not yes)" in capsys.readouterr().out


def test_forget_erases_a_person_and_keeps_them_suppressed(
    capsys: pytest.CaptureFixture[str], bakery: Path, tmp_path: Path
) -> None:
    home = tmp_path / "copy"
    shutil.copytree(bakery, home)
    _, done = called(capsys, "draft", INDIVIDUAL, "--out", tmp_path / "a.csv", "--workspace", home)
    person = rows_of(tmp_path / "a.csv")[0]
    code, _ = called(capsys, "customers", "forget", person["customer_id"], "--workspace", home)
    assert code == 0
    code, gone = called(capsys, "customers", "show", person["customer_id"], "--workspace", home)
    assert (code, gone["error"]["type"]) == (2, "DataError")
    left = [
        path for path in (home / "customers").rglob("*.parquet")
        if person["address"].encode() in path.read_bytes()
    ]  # fmt: skip
    assert left == []
    assert done["passed"] > 0
