import re
from typing import get_args

import pytest
import yaml

from copilot.campaigns.composing import phrases
from copilot.campaigns.composing.phrases import Turn, bank, fill, pick, ranked, shared
from copilot.errors import BriefError
from copilot.records import Language
from copilot.settings import data_folder

LANGUAGES = get_args(Language)
HYPE = re.compile(
    r"!|\b(amazing|exclusive|best(?! wishes)|free|unbeatable|hurry|last chance|always|never|"
    r"guaranteed|exklusiv|beste|gratis|nur noch|immer|garantiert|exceptionnel|meilleur|gratuit|"
    r"toujours|exclusivo|mejor|siempre|garantizado|click here|hier klicken|cliquez ici)\b",
    re.IGNORECASE,
)


def texts(language: str) -> list[str]:
    path = data_folder("prompts") / "compose" / f"{language}.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))

    def walk(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for each in value.values() for text in walk(each)]
        if isinstance(value, list):
            return [text for each in value for text in walk(each)]
        return [str(value)]

    return walk({key: value for key, value in found.items() if key not in {"marks", "tail_words"}})


def fields(language: str) -> set[str]:
    return {name.lower() for name in re.findall(r"\{(\w+)\}", " ".join(texts(language)))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_group_and_the_same_fields(language: Language) -> None:
    ours, english = bank(language), bank("en")
    for group in ("opening", "hook", "subject", "sms"):
        assert getattr(ours, group).keys() == getattr(english, group).keys()
    assert fields(language) <= fields("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_shouts_or_boasts(language: Language) -> None:
    assert [text for text in texts(language) if HYPE.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_are_long_enough_for_five_variants(language: Language) -> None:
    words = bank(language)
    groups = [words.offer, words.code, words.closing, words.ps, *words.opening.values()]
    groups += [words.subject["local"], words.subject["plain"], *words.sms.values()]
    assert all(len(set(group)) >= 5 for group in [*groups, *words.push.values()])


def test_layouts_name_only_slots_that_exist() -> None:
    slots = {"greeting", "opening", "hook", "offer", "terms", "code", "fact", "link", "store"}
    slots |= {"closing", "signature", "ps"}
    for layouts in shared().layouts.values():
        for layout in layouts:
            used = " ".join(layout).split()
            assert set(used) <= slots
            assert {"offer", "terms", "code", "link"} <= set(used)


def test_a_phrase_with_an_unknown_field_is_not_said() -> None:
    assert fill("{place}: {item}", {"place": "Hunslet", "item": None}) is None


def test_values_are_never_filled_again() -> None:
    assert fill("{a}", {"a": "{b}", "b": "x"}) == "{b}"


def test_neighbours_and_variants_start_at_different_phrases() -> None:
    options = [str(number) for number in range(8)]

    def first(index: int, variant: int) -> str | None:
        turn = Turn(campaign="c", index=index, variant=variant, variants=2)
        return pick(options, {}, turn, "slot")

    assert len({first(index, 0) for index in range(8)}) == 8
    assert all(first(index, 0) != first(index, 1) for index in range(8))


def test_ranked_keeps_every_phrase_that_can_be_said() -> None:
    turn = Turn(campaign="c", index=5, variant=0, variants=1)
    assert sorted(ranked(["a", "{x}", "b"], {}, turn, "slot")) == ["a", "b"]


def test_a_broken_phrase_file_is_named_with_its_key(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "compose"  # type: ignore[operator]
    folder.mkdir()
    (folder / "broken.yaml").write_text("language: en\ngreeting: [1]\n", encoding="utf-8")
    monkeypatch.setattr(phrases, "data_folder", lambda _: tmp_path)
    with pytest.raises(BriefError, match=r"broken\.yaml"):
        phrases._valid(phrases._read("broken.yaml"), phrases.Bank, "broken.yaml")
    with pytest.raises(BriefError, match=r"missing\.yaml"):
        phrases._read("missing.yaml")
