"""What answers take from a user's own documents, and how they tell it."""

import logging
import re
from collections.abc import Callable

import pytest

from copilot.rag.answering.answer import answer
from copilot.rag.index import Library
from copilot.rag.lexical import LexicalIndex
from copilot.rag.notes import load_notes
from copilot.rag.retrieve import Retriever
from copilot.rag.update import update
from copilot.records import Answer
from copilot.settings import data_folder

Ask = Callable[[str], Answer]

STALLS = """# Handbook of market stalls

A market stall rents its pitch by the day. Regulars find it by its awning. Wash it every Monday.

Osgood Pell coined the word stallage in 1902.

## Drawbacks

- Rain
- Early mornings

| Town | Stalls |
|---|---|
| Leeds | 84 |

## Local marketing on a market

Local marketing at a stall means other fruit on other streets.\u00c2
The awning stays striped everywhere.

Local marketing at a stall suffers two problems: crates get lost and towns charge unlike fees.

Local marketing gives stalls a face. It also fills quiet hours.
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    folder = tmp_path_factory.mktemp("stalls")
    file = folder / "stalls.md"
    file.write_text(STALLS, encoding="utf-8")
    notes = load_notes(data_folder("knowledge") / "concepts")
    library = Library.open(folder / "library", None)
    update(library, [file], notes=notes)
    retriever = Retriever(library, notes)
    return lambda question: answer(question, retriever=retriever, notes=notes)


def told(found: Answer) -> str:
    return found.answer.partition("**From your documents.**")[2]


def quotes(found: Answer) -> str:
    return " ".join(c.quote for c in found.citations if c.source.endswith("stalls.md"))


def test_a_list_under_a_heading_answers_for_the_heading_and_no_table_row_joins_it(ask: Ask) -> None:
    found = ask("What are the drawbacks of market stalls?")
    assert "“Rain” [" in told(found)
    assert "; “Early mornings” [" in told(found)
    assert "84" not in quotes(found)


def test_sentences_behind_the_only_one_come_along_each_with_its_marker(ask: Ask) -> None:
    found = ask("How often should the awning of a market stall be washed?")
    parts = [part for part in told(found).split("“") if "”" in part]
    assert "Wash it every Monday." in quotes(found)
    assert all(re.search(r"” \[\d+\]", part) for part in parts)


def test_who_coined_a_word_is_answered_with_the_sentence_that_says_so(ask: Ask) -> None:
    assert quotes(ask("Who coined stallage for a market stall?")).startswith("Osgood Pell coined")


def test_only_what_tells_of_the_aspect_is_quoted_beside_the_notes(ask: Ask) -> None:
    found = ask("What are the drawbacks of local marketing?")
    assert "crates get lost" in quotes(found)
    assert "fills quiet hours" not in quotes(found)


def test_debris_of_a_wrong_encoding_ends_a_sentence_and_is_not_shown(ask: Ask) -> None:
    found = ask("What is local marketing?")
    assert "\u00c2" not in found.answer
    assert all("\u00c2" not in citation.quote for citation in found.citations)
    assert "other fruit on other streets." in quotes(found)


def test_building_the_word_index_writes_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        LexicalIndex(["one loaf", "two loaves"])
    assert not [record for record in caplog.records if record.name == "bm25s"]
