from typing import get_args

import pytest
from corner_crumb import BRIEF, TODAY, assignment, local_units

from copilot.campaigns.check.run import check
from copilot.campaigns.composing.ads import Assets, asset_lines, assets
from copilot.campaigns.composing.compose import compose
from copilot.campaigns.facts import facts_for
from copilot.records import BrandKit, Language

LANGUAGES = get_args(Language)
LETTER = BRIEF.model_copy(update={"channels": ("letter",)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ad_keeps_to_what_google_takes(language: Language) -> None:
    for unit in local_units():
        message = compose(assignment(unit, channel="rsa", language=language))
        ad = assets(message.body)
        assert 3 <= len(ad.headlines) <= 15
        assert 2 <= len(ad.descriptions) <= 4
        assert max(map(len, ad.headlines)) <= 30
        assert max(map(len, ad.descriptions)) <= 90
        assert all(len(path) <= 15 for path in ad.paths)
        assert len({each.casefold() for each in ad.headlines}) == len(ad.headlines)
        assert message.slots == {}
        assert asset_lines(ad) == message.body


def test_a_brand_that_only_has_a_long_name_still_gets_an_ad() -> None:
    bare = BRIEF.model_copy(
        update={
            "brand": BrandKit(name="The Corner Crumb Bakery and Coffee House"),
            "offer": None,
            "facts": (),
            "call_to_action": None,
        }
    )
    ad = assets(compose(assignment(local_units()[4], brief=bare, channel="rsa")).body)
    assert len(ad.headlines) >= 3
    assert max(map(len, ad.headlines)) <= 30


def test_a_colon_in_an_asset_stays_in_it() -> None:
    ad = Assets(headlines=("Leeds: rye",), descriptions=("a: b",), paths=("rye",))
    assert assets(asset_lines(ad)) == ad


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "Leeds, 22 November 2026"),
        ("de", "Leeds, den 22. November 2026"),
        ("fr", "Leeds, le 22 novembre 2026"),
        ("es", "Leeds, 22 de noviembre de 2026"),
    ],
)
def test_a_letter_says_who_writes_from_where_and_when_and_how_to_stop_it(
    language: Language, date: str
) -> None:
    body = compose(assignment(local_units()[0], brief=LETTER, channel="letter", language=language))
    head = body.body.split("\n\n")
    assert head[0].splitlines()[:2] == ["Corner Crumb Bakery Ltd", "12 Mill Lane"]
    assert head[1] == date
    assert "first_name" in head[2]
    assert body.body.endswith("hello@cornercrumb.example.")
    assert date in body.html
    assert "@page" in body.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_checks_accept_letters_with_their_date(language: Language) -> None:
    for unit in local_units():
        facts = facts_for(LETTER, unit, language=language, today=TODAY)
        one = assignment(unit, brief=LETTER, channel="letter", language=language, facts=facts)
        report = check(compose(one), one)
        assert [each for each in report.findings if each.rule.startswith("date")] == []
