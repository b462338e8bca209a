import json
from collections import Counter

import ibis
import pytest
from corner_crumb import BRIEF, TODAY, TOPS, drafts_of, localities
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.campaigns.plan import assignments, plan
from copilot.campaigns.render import COLUMNS, render, sms_parts_expression
from copilot.campaigns.sms import GSM_BASIC, GSM_EXTENDED, sms_parts
from copilot.records import Brief, Draft, FactUse, Message

FIELDS = ("customer_id", "channel", "address", "unit", "language", "first_name", "city")
OTHERS = (
    "last_name",
    "neighbourhood",
    "region",
    "postcode",
    "store_name",
    "favourite_product",
    "favourite_category",
)


def people(*rows: tuple[str | None, ...]) -> "ibis.Table":
    """Recipients by FIELDS; fields left off are empty."""
    full = [(*row, *[None] * (len(FIELDS) - len(row))) for row in rows]
    columns = {name: [row[place] for row in full] for place, name in enumerate(FIELDS)}
    columns |= {name: [None] * len(full) for name in OTHERS}
    return ibis.memtable(columns, schema=dict.fromkeys(columns, "string"))


def draft(body: str, **changed: object) -> Draft:
    values: dict[str, object] = {
        "draft_id": "d1",
        "campaign": "c",
        "level": "local",
        "unit": "Hunslet",
        "channel": "sms",
        "language": "en",
        "variant": "A",
        "message": Message(body=body),
        "facts": (),
        "status": "passed",
    }
    return Draft.model_validate({**values, **changed})


def rows(table: "ibis.Table") -> list[dict[str, str]]:
    return table.order_by("customer_id").to_pyarrow().to_pylist()


def nothing(brief: Brief, unit: object, *, language: str) -> tuple:
    return ()


def test_each_recipient_gets_the_draft_of_their_unit_and_channel_with_their_name() -> None:
    units = plan(BRIEF, dict.fromkeys(TOPS, 40), localities=localities())
    drafts = drafts_of(assignments(BRIEF, units, nothing, today=TODAY))
    table = people(
        ("1", "email", "a@example.org", "Hunslet", "en", "Zoë"),
        ("2", "email", "b@example.org", "Harehills", "en", None),
        ("3", "sms", "+447700900123", "Harehills", "pl", "Łukasz"),
    )
    one, two, three = rows(render(table, drafts).ready)
    assert tuple(one) == COLUMNS
    assert one["body"].startswith("Hello Zoë,")
    assert "White tin loaf" in one["body"]
    assert two["body"].startswith("Hello there,")
    assert "Polish rye" in two["body"]
    assert (three["channel"], three["subject"], three["address"]) == ("sms", "", "+447700900123")


def test_html_shows_the_name_escaped_and_text_shows_it_as_it_is() -> None:
    message = Message(body="Hi {{ first_name }}", html="<p>Hi {{ first_name }}</p>")
    made = render(people(("1", "sms", "x", "Hunslet", "en", "A<b>&")), [draft("", message=message)])
    (row,) = rows(made.ready)
    assert row["body"] == "Hi A<b>&"
    assert row["html"] == "<p>Hi A&lt;b&gt;&amp;</p>"


def test_the_language_is_the_recipient_s_own_where_the_unit_has_it_else_the_unit_s_first() -> None:
    drafts = [draft("english"), draft("deutsch", draft_id="d2", language="de")]
    table = people(
        ("1", "sms", "x", "Hunslet", "de"),
        ("2", "sms", "x", "Hunslet", "DE-at"),
        ("3", "sms", "x", "Hunslet", "pl"),
        ("4", "sms", "x", "Hunslet", None),
    )
    found = rows(render(table, drafts).ready)
    assert [row["body"] for row in found] == ["deutsch", "deutsch", "english", "english"]


def test_variants_are_drawn_evenly_and_the_same_on_every_run() -> None:
    drafts = [draft(letter, draft_id=letter, variant=letter) for letter in "ABC"]
    table = people(*[(str(number), "sms", "x", "Hunslet") for number in range(3000)])
    first, second = (rows(render(table, drafts).ready) for _ in range(2))
    assert first == second
    assert all(row["variant"] == row["body"] for row in first)
    counts = Counter(row["variant"] for row in first)
    assert all(900 < counts[letter] < 1100 for letter in "ABC")


def test_when_one_variant_was_held_everybody_gets_the_other() -> None:
    drafts = [draft("A", status="held"), draft("B", draft_id="d2", variant="B")]
    table = people(*[(str(number), "sms", "x", "Hunslet") for number in range(20)])
    made = render(table, drafts)
    assert {row["body"] for row in rows(made.ready)} == {"B"}
    assert rows(made.held) == []


@pytest.mark.parametrize(
    ("body", "name", "reason"),
    [
        ("Hi {{ first_name }}", None, "empty_value"),
        ("Hi {{ first_name }}", "N/A", "empty_value"),
        ("Hi {{ first_name }}", "{{ x }}", "leftover_braces"),
        ("{{ first_name | default: 'you' }}" + "a" * 470, "Ana", "sms_too_long"),
        ("{{ first_name | default: 'you' }}" + "a" * 200, "Ł" * 10, "sms_too_long"),
    ],
)
def test_a_message_that_came_out_wrong_is_held_with_the_reason(
    body: str, name: str | None, reason: str
) -> None:
    table = people(
        ("1", "sms", "x", "Hunslet", "en", name), ("2", "sms", "x", "Hunslet", "en", "B")
    )
    limit = 4 if name and name.startswith("Ł") else 3
    made = render(table, [draft(body)], sms_parts_most=limit - 1)
    held = rows(made.held)
    assert ("1", reason) in [(row["customer_id"], row["reason"]) for row in held]
    both = [row["customer_id"] for row in [*rows(made.ready), *held]]
    assert sorted(both) == ["1", "2"]


def test_a_long_email_is_not_judged_as_a_text_message() -> None:
    table = people(("1", "email", "x", "Hunslet"))
    made = render(table, [draft("a" * 5000, channel="email")])
    assert len(rows(made.ready)) == 1


def test_a_unit_whose_drafts_were_all_held_leaves_its_people_held_not_lost() -> None:
    made = render(people(("1", "sms", "x", "Nowhere")), [draft("a")])
    assert rows(made.ready) == []
    assert [(row["customer_id"], row["reason"]) for row in rows(made.held)] == [("1", "no_draft")]


def test_no_drafts_at_all_hold_everybody() -> None:
    made = render(people(("1", "sms", "x", "Hunslet")), [])
    assert [row["reason"] for row in rows(made.held)] == ["no_draft"]


def test_individual_rows_have_ids_of_their_own_that_begin_with_the_draft_s() -> None:
    table = people(("1", "sms", "x", "Hunslet"), ("2", "sms", "y", "Hunslet"))
    found = rows(render(table, [draft("a", level="individual")]).ready)
    assert len({row["draft_id"] for row in found}) == 2
    assert all(row["draft_id"].startswith("d1-") for row in found)


def test_facts_travel_as_json_with_their_origin() -> None:
    use = FactUse(
        part="body", start=0, end=7, text="CRUST15", fact_id="f", kind="code", origin="brief.offer"
    )
    (row,) = rows(render(people(("1", "sms", "x", "Hunslet")), [draft("a", facts=(use,))]).ready)
    assert json.loads(row["facts"]) == [
        {
            "part": "body",
            "text": "CRUST15",
            "fact_id": "f",
            "kind": "code",
            "origin": "brief.offer",
        }
    ]


def test_conditions_are_merged_per_recipient() -> None:
    body = "{% if city == 'Leeds' %}Here{% else %}There{% endif %}, {{ first_name }}"
    table = people(
        ("1", "sms", "x", "Hunslet", "en", "A", "Leeds"), ("2", "sms", "x", "Hunslet", "en", "B")
    )
    found = rows(render(table, [draft(body)]).ready)
    assert [row["body"] for row in found] == ["Here, A", "There, B"]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(st.sampled_from(GSM_BASIC + GSM_EXTENDED), max_size=330),
            st.text(st.sampled_from("aé👩€ł\u200d"), max_size=150),
            st.integers(0, 330).map(lambda number: "a" * number),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_engine_counts_text_message_parts_as_python_does(texts: list[str]) -> None:
    table = ibis.memtable(
        {"n": list(range(len(texts))), "t": texts}, schema={"n": "int64", "t": "string"}
    )
    counted = table.select("n", parts=sms_parts_expression(table["t"])).order_by("n")
    assert [row["parts"] for row in counted.to_pyarrow().to_pylist()] == [
        sms_parts(text) for text in texts
    ]
