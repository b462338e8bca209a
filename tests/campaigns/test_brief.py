import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from copilot.campaigns.briefing.brief import expired, load_brand, load_brief
from copilot.errors import BriefError

BRAND = {"name": "Corner Crumb", "address": "12 Mill Lane, Leeds LS1 4AB"}
BRIEF: dict[str, Any] = {
    "name": "saturday-loaves",
    "brand": "brand.yaml",
    "offer": {
        "text": "15% off any loaf",
        "code": "CRUST15",
        "starts": dt.date(2026, 11, 28),
        "ends": dt.date(2026, 11, 28),
        "terms": "before 10:00, in store only",
    },
    "channels": ["email", "sms"],
    "level": "local",
}


def written(folder: Path, **changes: Any) -> Path:
    (folder / "brand.yaml").write_text(yaml.safe_dump(BRAND), encoding="utf-8")
    path = folder / "brief.yaml"
    path.write_text(yaml.safe_dump({**BRIEF, **changes}), encoding="utf-8")
    return path


def test_a_brief_finds_its_brand_beside_it_and_a_local_one_goes_by_neighbourhood(
    tmp_path: Path,
) -> None:
    brief = load_brief(written(tmp_path))
    assert brief.brand.name == "Corner Crumb"
    assert brief.by == "neighbourhood"
    assert brief.offer is not None
    assert brief.offer.ends == dt.date(2026, 11, 28)


def test_a_brand_kit_may_stand_in_the_brief(tmp_path: Path) -> None:
    assert load_brief(written(tmp_path, brand=BRAND)).brand.address == BRAND["address"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chanels": ["email"]}, r"unknown key 'chanels'.*channels"),
        ({"channels": ["fax"]}, r"channels\.0 has the value 'fax'.*email"),
        ({"languages": ["xx"]}, r"'xx'.*Languages are: en"),
        ({"level": "auto"}, r"'auto'.*Set level to one of mass"),
        ({"variants": 9}, r"variants has the value 9"),
        ({"brand": None}, r"no brand"),
        ({"brand": "other.yaml"}, r"no file '.*other\.yaml'"),
        ({"by": "planet"}, r"cannot go by 'planet'.*neighbourhood"),
        ({"level": "segment", "by": "shoe size"}, r"cannot go by 'shoe size'.*rfm"),
        ({"offer": {"text": "x", "starts": "2026-11-29", "ends": "2026-11-28"}}, r"ends on 2026"),
        ({"offer": {"code": "X"}}, r"no 'offer\.text'"),
    ],
)
def test_a_bad_brief_names_the_key_the_value_and_the_remedy(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(BriefError, match=words):
        load_brief(written(tmp_path, **changes))


def test_what_is_not_yaml_is_said(tmp_path: Path) -> None:
    path = tmp_path / "brand.yaml"
    path.write_text("name: [unclosed", encoding="utf-8")
    with pytest.raises(BriefError, match="not valid YAML"):
        load_brand(path)
    path.write_text("just words", encoding="utf-8")
    with pytest.raises(BriefError, match="key: value"):
        load_brand(path)


def test_an_offer_expires_after_its_last_day(tmp_path: Path) -> None:
    brief = load_brief(written(tmp_path))
    assert not expired(brief, dt.date(2026, 11, 28))
    assert expired(brief, dt.date(2026, 11, 29))
