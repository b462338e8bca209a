"""What counts as naming a forgotten person, and that jobs and conversations let go of them."""

from pathlib import Path

import pytest

from copilot import Brief, Copilot, Settings
from copilot.campaigns.merging.modules import own_unit
from copilot.customers.privacy.erase import Person
from copilot.forgetting import names_person
from copilot.records import BrandKit

ANN = Person(("42", "K7-ANN"), ("ann@example.org", "+44 7700 900123"), ("Ann Lee",))


@pytest.mark.parametrize(
    "text",
    [
        "Write to Ann@Example.org, please.",
        "Call 07700 900123.",
        "Call (+44) 7700-900-123 now",
        "customer 42 complained",
        '{"customer_id": "42"}',
        "Kundin 42",
        "see K7-ANN, who",
        f"the draft for {own_unit('42')}",
    ],
)
def test_a_person_is_named_by_address_phone_id_or_unit(text: str) -> None:
    assert names_person(text, ANN)


@pytest.mark.parametrize(
    "text",
    [
        "42 loaves were sold",
        "It rose by 42 %",
        "customer 421",
        "K7-ANNA",
        "joann@example.com",
        "Call 07700 900124.",
        "on 2026-11-28 at 10:00",
    ],
)
def test_other_numbers_and_people_are_not_taken_for_them(text: str) -> None:
    assert not names_person(text, ANN)


def test_forgetting_reaches_jobs_and_conversations(tmp_path: Path) -> None:
    copilot = Copilot.open(Settings.load(tmp_path / "home"))
    people = tmp_path / "people.csv"
    people.write_text("customer_id,email\nC77,ann@example.org\nC78,bo@example.org\n", "utf-8")
    copilot.import_customers([people], table="customers")
    kit = BrandKit(name="Corner Crumb")
    about = Brief(name="one", brand=kit, audience="email = 'ann@example.org'")
    copilot.start_draft(about)
    kept = copilot.start_draft(Brief(name="all", brand=kit))
    copilot.chats.save("a", "About Ann@Example.org", ["I mean customer C77.", "And C78?"], 0)
    gone = copilot.forget("ann@example.org")
    assert (gone.files["jobs"], gone.files["conversations"]) == (1, 1)
    assert [job.id for job in copilot.jobs().jobs] == [kept.id]
    assert copilot.chats.load("a") == (("And C78?",), 2)
    assert "Ann" not in str(copilot.chats.recent())
