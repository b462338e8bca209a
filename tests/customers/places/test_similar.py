"""Likeness: planted kinds of places are told apart, in words; few buyers are refused."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from planted import Business, grocer

from copilot.customers.engine import Engine
from copilot.customers.places.similar import likeness, similar
from copilot.errors import DataError


def towns(seed: int) -> Business:
    """Eight towns of 80 people: odd ones drink tea, speak Welsh and buy early; the others coffee.
    The towns of a kind are alike by rule, and one village has 12 people."""
    shop = Business(seed)
    for item in ("bread", "tea", "coffee", "scone", *(f"jam {n}" for n in range(12))):
        shop.product(item, category=item)
    for town in range(8):
        welsh = town % 2
        for number in range(80):
            key = shop.customer(
                f"{town}-{number}",
                city=f"Town {town}",
                language="cy" if shop.chance(0.6 * welsh) else "en",
            )
            hour = "08:00" if shop.chance(0.7 if welsh else 0.2) else "15:00"
            for item, rate in (
                ("bread", 1.0),
                ("tea", 0.7 if welsh else 0.2),
                ("coffee", 0.2 if welsh else 0.7),
                ("scone", 0.5),
                *((f"jam {n}", 0.3) for n in range(12)),
            ):
                if shop.chance(rate):
                    shop.buy(key, item, "", f"2026-03-0{1 + shop.random.randrange(9)} {hour}")
    for number in range(12):
        shop.buy(shop.customer(f"v{number}", city="Village"), "tea", "", "2026-03-01 08:00")
    return shop


@pytest.fixture(scope="module")
def wales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = towns(1).engine(tmp_path_factory.mktemp("similar"))
    yield engine
    engine.close()


def test_places_of_one_kind_are_nearest_and_nearer_than_most_pairs(wales: Engine) -> None:
    found = similar(wales, "city", "town 1", top=7)
    assert {one.name for one in found.similar[:3]} == {"Town 3", "Town 5", "Town 7"}
    assert found.compared == 7
    assert found.similar[2].distance < 0.8 * found.similar[3].distance
    assert [one.distance for one in found.similar] == sorted(one.distance for one in found.similar)
    assert set(found.similar[0].parts) == {"buying", "language", "daypart", "basket"}


def test_words_say_what_is_shared_and_what_differs(wales: Engine) -> None:
    found = {one.name: one for one in similar(wales, "city", "Town 1", top=7).similar}
    assert any("both buy tea more often" in said for said in found["Town 3"].shared)
    differs = " | ".join(found["Town 2"].differs)
    assert "coffee: " in differs
    assert "language " in differs
    assert "daypart afternoon 14:00-17:00: " in differs
    assert not any("tea" in said for said in found["Town 2"].shared)


def test_likeness_repeats_in_other_customers_of_the_same_towns(
    wales: Engine, tmp_path: Path
) -> None:
    from scipy.stats import spearmanr

    again = towns(2).engine(tmp_path)
    one, two = likeness(wales, "city"), likeness(again, "city")
    assert one.names == two.names
    upper = np.triu_indices(len(one.names), 1)
    assert spearmanr(one.distance[upper], two.distance[upper]).statistic > 0.7


def test_few_buyers_are_not_compared_and_say_why(wales: Engine) -> None:
    assert "Village" not in likeness(wales, "city").names
    with pytest.raises(DataError, match="30 buyers in a locality; 'Village' has 12"):
        similar(wales, "city", "Village")


def test_alone_there_is_nothing_to_compare(tmp_path: Path) -> None:
    shop = Business()
    shop.product("bread")
    for number in range(40):
        shop.buy(shop.customer(f"C{number}", city="Leeds"), "bread", "", "2026-03-01 09:00")
    with pytest.raises(DataError, match="fewer than two"):
        similar(shop.engine(tmp_path), "city", "Leeds")


def test_what_the_data_cannot_tell_is_said(tmp_path: Path) -> None:
    shop = grocer()
    for line in shop.tables["transactions"]:
        line["at"] = line["at"][:10] + " 00:00"
    found = similar(shop.engine(tmp_path), "store", "rich-1")
    assert set(found.similar[0].parts) == {"buying", "basket"}
    assert "language, daypart" in " ".join(found.notes)
