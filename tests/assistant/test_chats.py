"""Conversations in the database: kept, restored, listed, deleted, and erased message by message."""

from pathlib import Path

import pytest

from copilot.assistant.chats import ERASED_TITLE, ChatStore


@pytest.fixture
def chats(tmp_path: Path) -> ChatStore:
    return ChatStore(f"sqlite:///{tmp_path / 'state.db'}")


def test_a_conversation_comes_back_as_it_was_and_grows(chats: ChatStore, tmp_path: Path) -> None:
    assert chats.save("a", "Hello", ["one"], 0) == 1
    assert chats.save("a", "Hello", ["one", "two"], 1) == 2
    other = ChatStore(f"sqlite:///{tmp_path / 'state.db'}")
    assert other.load("a") == (("one", "two"), 2)
    assert other.load("b") is None


def test_the_latest_come_first_and_a_deleted_one_is_gone(chats: ChatStore) -> None:
    chats.save("a", "First", ["1"], 0)
    chats.save("b", "Second", ["2"], 0)
    assert [(one.id, one.title) for one in chats.recent()] == [("b", "Second"), ("a", "First")]
    assert [one.id for one in chats.recent(1)] == ["b"]
    chats.delete("b")
    assert [one.id for one in chats.recent()] == ["a"]
    assert chats.load("b") is None


def test_what_names_a_forgotten_person_is_erased_and_cannot_be_saved_back(
    chats: ChatStore,
) -> None:
    said = ["Who is ann@example.org?", "Nobody.", "And micromarketing?"]
    version = chats.save("a", said[0], said, 0)
    chats.save("b", "Other", ["Hello"], 0)
    assert version is not None
    assert chats.forget(lambda text: "ann@" in text) == 1
    assert chats.save("a", said[0], said, version) is None
    assert chats.load("a") == (("Nobody.", "And micromarketing?"), version + 1)
    assert {one.title for one in chats.recent()} == {ERASED_TITLE, "Other"}
    assert chats.version("b") == 1
