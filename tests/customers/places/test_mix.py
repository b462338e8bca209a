"""Languages, parts of the day and weekdays: shares, intervals, small cells, no time of day."""

from pathlib import Path

import pytest
from planted import Business

from copilot.customers.places.dayparts import DEFAULT, parse_dayparts
from copilot.customers.places.mix import OTHER, mix, wilson
from copilot.errors import InputError
from copilot.records import LocalityMix


def visitors(folder: Path, hours: list[str], languages: list[str]) -> LocalityMix:
    """One city of so many people, each with one visit at the hour and the language given."""
    shop = Business()
    shop.product("bread")
    for number, (hour, language) in enumerate(zip(hours, languages, strict=True)):
        key = shop.customer(f"C{number}", city="Leeds", language=language)
        shop.buy(key, "bread", "", f"2026-03-0{2 + number % 2} {hour}")
    return mix(shop.engine(folder), "city")[0]


def test_shares_are_of_those_known_with_small_cells_together(tmp_path: Path) -> None:
    languages = ["en"] * 60 + ["pl"] * 30 + ["ur"] * 6 + ["de"] * 4 + [""] * 20
    found = visitors(tmp_path, ["09:20"] * 60 + ["18:00"] * 60, languages)
    shares = {one.name: (one.share, one.customers) for one in found.languages}
    assert shares == {"en": (0.6, 60), "pl": (0.3, 30), OTHER: (0.1, 10)}
    assert all(one.low < one.share < one.high for one in found.languages)


def test_dayparts_come_with_their_hours_in_order(tmp_path: Path) -> None:
    found = visitors(tmp_path, ["18:00"] * 30 + ["08:59"] * 20 + ["09:00"] * 50, ["en"] * 100)
    assert [(one.name, one.share) for one in found.dayparts] == [
        ("early 05:00-09:00", 0.2),
        ("morning 09:00-12:00", 0.5),
        ("evening 17:00-21:00", 0.3),
    ]
    assert {one.name: one.share for one in found.weekdays} == {"Monday": 0.5, "Tuesday": 0.5}


def test_the_night_goes_past_midnight(tmp_path: Path) -> None:
    found = visitors(tmp_path, ["23:30"] * 20 + ["00:30"] * 20 + ["12:00"] * 40, ["en"] * 80)
    assert [(one.name, one.share) for one in found.dayparts] == [
        ("midday 12:00-14:00", 0.5),
        ("night 21:00-05:00", 0.5),
    ]


@pytest.mark.parametrize(("hour", "said"), [("00:00", "no time of day"), ("12:00", "12:00")])
def test_dates_without_a_time_say_nothing_of_the_day(tmp_path: Path, hour: str, said: str) -> None:
    found = visitors(tmp_path, [hour] * 57 + ["16:00"] * 3, ["en"] * 60)
    assert found.dayparts == ()
    assert said in " ".join(found.notes)
    assert len(found.weekdays) == 2


def test_visits_at_exactly_midnight_are_left_out_of_the_rest(tmp_path: Path) -> None:
    found = visitors(tmp_path, ["00:00"] * 30 + ["09:20"] * 30 + ["18:00"] * 30, ["en"] * 90)
    assert {one.share for one in found.dayparts} == {0.5}


def test_one_persons_many_visits_do_not_narrow_the_interval(tmp_path: Path) -> None:
    shop = Business()
    shop.product("bread")
    for number in range(30):
        key = shop.customer(f"C{number}", city="Leeds")
        for day in range(1, 28 if number == 0 else 2):
            hour = "09:20" if number % 2 else "18:00"
            shop.buy(key, "bread", "", f"2026-03-{day:02d} {hour}")
    morning = mix(shop.engine(tmp_path), "city")[0].dayparts[0]
    visits = 27 + 29
    naive = wilson(15 / visits, visits)
    assert morning.high - morning.low > 1.5 * (naive[1] - naive[0])


def test_fewer_than_ten_people_are_not_described(tmp_path: Path) -> None:
    found = visitors(tmp_path, ["09:20"] * 5 + ["18:00"] * 4, ["en"] * 9)
    assert (found.languages, found.dayparts, found.weekdays) == ((), (), ())
    assert len(found.notes) == 3


def test_segments_have_a_mix_too(tmp_path: Path) -> None:
    shop = Business()
    shop.product("bread")
    for number in range(40):
        key = shop.customer(f"C{number}", language="en" if number < 20 else "pl")
        day = "2026-03-01" if number < 20 else "2026-12-01"
        shop.buy(key, "bread", "", f"{day} 09:20")
    found = {one.name: one for one in mix(shop.engine(tmp_path), "lifecycle")}
    assert [one.name for one in found["lapsed"].languages] == ["en"]
    assert [one.name for one in found["new"].languages] == ["pl"]


def test_wilson_gives_the_published_bounds() -> None:
    low, high = wilson(0.5, 10)
    # (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.6449, by hand.
    assert (low, high) == pytest.approx((0.2693, 0.7307), abs=1e-4)
    assert wilson(0.0, 20)[0] == 0.0


@pytest.mark.parametrize("text", ["noon", "a=5-9,b=8-10", "a=5-9,a=10-11", "a=25-26", "a=5:70-9"])
def test_dayparts_that_do_not_work_are_named(text: str) -> None:
    with pytest.raises(InputError, match="part of the day"):
        parse_dayparts(text)


def test_the_default_dayparts_cover_every_minute_once() -> None:
    minutes = [minute for part in parse_dayparts(DEFAULT) for minute in part.minutes]
    assert sorted(minutes) == list(range(24 * 60))
