import datetime as dt
import json
import re
from collections import Counter

import ibis
import jinja2
import liquid
import pytest
from corner_crumb import BRIEF, TODAY, TOPS, drafts_of, localities
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.campaigns.channels import LIMITS
from copilot.campaigns.merging.limits import sms_parts_expression
from copilot.campaigns.merging.liquid import Out, parse, present_value
from copilot.campaigns.merging.pieces import PARTS
from copilot.campaigns.merging.render import PERSON_COLUMNS, render
from copilot.campaigns.plan import assignments, plan
from copilot.campaigns.sms import GSM_BASIC, GSM_EXTENDED, sms_parts
from copilot.errors import BriefError
from copilot.records import Brief, Draft, FactUse, Message

FIELDS = ("customer_id", "channel", "address", "unit", "language", "first_name", "city")
CHANNELS = ("sms", "push")
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


def nothing(brief: Brief, unit: object, *, language: str, today: dt.date) -> tuple:
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
    assert tuple(one) == PERSON_COLUMNS
    assert one["body"].startswith("Hello Zoë,")
    assert "White tin loaf" in one["body"]
    assert two["body"].startswith("Hello there,")
    assert "Polish rye" in two["body"]
    assert (three["channel"], three["subject"], three["address"]) == ("sms", "", "+447700900123")


def test_html_shows_the_name_escaped_and_text_shows_it_as_it_is() -> None:
    message = Message(body="Hi {{ first_name }}", html="<p>Hi {{ first_name }}</p>")
    made = render(
        people(("1", "sms", "x", "Hunslet", "en", "Ann & Bo")), [draft("", message=message)]
    )
    (row,) = rows(made.ready)
    assert row["body"] == "Hi Ann & Bo"
    assert row["html"] == "<p>Hi Ann &amp; Bo</p>"


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
        ("Hi {{ first_name }}", "{{ x }}", "empty_value"),
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


def test_a_holdout_gets_nothing_on_any_channel_and_is_named_among_the_arms() -> None:
    drafts = [
        draft(letter, draft_id=f"{letter}{channel}", variant=letter, channel=channel)
        for letter in "AB"
        for channel in ("sms", "push")
    ]
    table = people(
        *[(str(number), channel, "x", "Hunslet") for number in range(2000) for channel in CHANNELS]
    )
    made = render(table, drafts, holdout=0.2)
    arms = made.arms.to_pyarrow().to_pylist()
    out = {row["customer_id"] for row in arms if row["arm"] == "holdout"}
    assert 340 < len(out) < 460
    assert Counter(row["customer_id"] for row in arms) == {str(n): 2 for n in range(2000)}
    assert {row["arm"] for row in arms if row["customer_id"] in out} == {"holdout"}
    sent = rows(made.ready)
    assert {row["customer_id"] for row in sent} == {str(n) for n in range(2000)} - out
    arm = {(row["customer_id"], row["channel"]): row["arm"] for row in arms}
    assert all(arm[row["customer_id"], row["channel"]] == row["variant"] for row in sent)
    assert int(made.due.count().to_pyarrow().as_py()) == len(sent)


def test_arms_of_two_campaigns_have_no_relation() -> None:
    table = people(*[(str(number), "sms", "x", "Hunslet") for number in range(4000)])
    drawn = []
    for campaign in ("spring", "autumn"):
        drafts = [draft(a, draft_id=a, variant=a, campaign=campaign) for a in "AB"]
        arms = render(table, drafts, holdout=0.5).arms.order_by("customer_id")
        drawn.append([row["arm"] for row in arms.to_pyarrow().to_pylist()])
    pairs = Counter(zip(*drawn, strict=True))
    assert 850 < pairs["holdout", "holdout"] < 1150
    assert 180 < pairs["A", "B"] < 320
    assert 180 < pairs["A", "A"] < 320


@pytest.mark.parametrize(
    ("channel", "part", "most", "reason"),
    [
        ("whatsapp", "body", 1024, "too_long"),
        ("push", "body", 597, "too_long"),
        ("push", "subject", 130, "too_long"),
        ("email", "subject", 150, "too_long"),
    ],
)
def test_what_a_channel_cannot_carry_is_held_at_one_character_more(
    channel: str, part: str, most: int, reason: str
) -> None:
    text = "x" * (most - 3) + "{{ first_name }}"
    message = Message(**{"body": "b", part: text})
    table = people(
        ("1", channel, "x", "Hunslet", "en", "Ana"), ("2", channel, "x", "Hunslet", "en", "Anna")
    )
    made = render(table, [draft("", message=message, channel=channel)])
    assert [row["customer_id"] for row in rows(made.ready)] == ["1"]
    assert [(row["customer_id"], row["reason"]) for row in rows(made.held)] == [("2", reason)]


def test_long_subjects_and_clipped_emails_are_warned_of_not_held() -> None:
    page = "<p>" + "é" * ((102 * 1024 - 10) // 2) + "{{ first_name }}</p>"
    message = Message(
        subject="s" * 48 + "{{ first_name }}",
        preheader="p" * 95 + "{{ first_name }}",
        body="b",
        html=page,
    )
    names = ("Al", "Łuk", "Anastasia")
    table = people(*[(str(n), "email", "x", "Hunslet", "en", name) for n, name in enumerate(names)])
    found = rows(render(table, [draft("", message=message, channel="email")]).ready)
    clipped = [len(row["html"].encode()) > 102 * 1024 for row in found]
    assert clipped == [False, True, True]
    assert [row["warnings"] for row in found] == [
        "",
        "long_subject,clipped",
        "long_subject,long_preheader,clipped",
    ]


def test_a_text_message_says_in_how_many_parts_it_goes() -> None:
    table = people(
        *[
            (str(n), "sms", "x", "Hunslet", "en", name)
            for n, name in enumerate(("Ana", "A[na]", "Łuk", "🥐"))
        ],
        ("9", "push", "x", "Hunslet", "en", "Ana"),
    )
    body = "{{ first_name }}" + "a" * 157
    drafts = [draft(body), draft(body, draft_id="d2", channel="push")]
    found = rows(render(table, drafts).ready)
    assert [row["sms_parts"] for row in found] == [1, 2, 3, 3, None]


NASTY = (
    "{{ code }}",
    "{% if city %}",
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    'Zoë & "Łukasz"',
    "O'Brien",
    "  Ana\tMaria\n",
    "Bcc: x@y.z\r\nEve",
    "\u202eevil",
    "مريم",
    "👩\u200d🍳",
    "N/A",
    "null",
    "-",
    "",
    None,
    "{",
    "}",
    "%",
    "a" * 90,
)


def test_what_the_engine_merges_is_what_jinja_merges_row_by_row() -> None:
    """1,000 recipients, the composer's own emails, names as people and machines type them."""
    units = plan(BRIEF, dict.fromkeys(TOPS, 40), localities=localities())
    drafts = [
        each
        for each in drafts_of(assignments(BRIEF, units, nothing, today=TODAY))
        if each.channel == "email"
    ]
    where = sorted(TOPS)
    table = people(
        *[
            (str(n), "email", "x", where[n % len(where)], "en", NASTY[n % len(NASTY)])
            for n in range(1000)
        ]
    )
    plain, escaping = (
        jinja2.Environment(autoescape=each, keep_trailing_newline=True)  # noqa: S701 - text parts
        for each in (False, True)
    )
    templates = {
        (each.draft_id, part): (escaping if part == "html" else plain).from_string(
            getattr(each.message, part).replace('default: "there"', 'default("there", true)')
        )
        for each in drafts
        for part in PARTS
    }
    by_id = {each.draft_id: each for each in drafts}
    made = render(table, drafts)
    ready, held = rows(made.ready), rows(made.held)
    assert len(ready) + len(held) == 1000
    for row in (*ready, *held):
        name = present_value(NASTY[int(row["customer_id"]) % len(NASTY)])
        merged = {
            part: templates[row["draft_id"], part].render(first_name=name or "") for part in PARTS
        }
        assert {part: row[part] for part in PARTS} == merged
        assert by_id[row["draft_id"]].unit == row["unit"]
    assert held == []


def test_a_name_is_never_markup_a_tag_a_header_or_a_formula() -> None:
    message = Message(
        subject="{{ first_name | default: 'friend' }}, hello",
        body="Hi {{ first_name | default: 'friend' }}",
        html="<p>Hi {{ first_name | default: 'friend' }}</p>",
    )
    names = ("<script>x</script>", "Eve\r\nBcc: a@b.c", "\u202eevil\x00", "=1+1")
    table = people(*[(str(n), "email", "x", "Hunslet", "en", name) for n, name in enumerate(names)])
    found = rows(render(table, [draft("", message=message, channel="email")]).ready)
    assert found[0]["html"] == "<p>Hi friend</p>"
    assert found[1]["subject"] == "Eve Bcc: a@b.c, hello"
    assert found[2]["body"] == "Hi evil"
    assert found[3]["subject"] == "friend, hello"


VALUES = st.one_of(
    st.none(),
    st.sampled_from(NASTY),
    st.text(st.sampled_from("aé€[ł👩{}%\t \u200d"), max_size=30),
    st.integers(0, 1100).map(lambda number: "a" * number),
)
BODIES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "{{ first_name }}",
                "{{ first_name | default: 'you' }}",
                "{{ city | upcase | default: 'town' }}",
                "{% if city == 'Leeds' %}L{% elsif first_name %}{{ first_name }}{% endif %}",
            ]
        ),
        st.sampled_from(["{", "}", "%", "€", "ł", "👩", " and ", "[", "}}"]),
        st.integers(1, 330).map(lambda number: "b" * number),
    ),
    min_size=1,
    max_size=5,
).map("".join)


def expected(one: Draft, name: str | None, city: str | None) -> tuple[str, str, int | None, str]:
    """Body, reason, parts and warnings of one recipient, from the merged text itself."""
    known = {"first_name": present_value(name) or "", "city": present_value(city) or ""}
    body = liquid.Environment().from_string(one.message.body).render(**known)
    nodes = parse(one.message.body)
    empty = any(
        isinstance(node, Out) and not node.fallback and not known[node.field] for node in nodes
    )
    parts = sms_parts(body) if one.channel == "sms" else None
    soft, hard, _ = LIMITS.get((one.channel, "body"), (10**9, 10**9, ""))
    reason = (
        "empty_value"
        if empty
        else "leftover_braces"
        if re.search(r"\{\{|\}\}|\{%|%\}", body)
        else "sms_too_long"
        if parts is not None and parts > 3
        else "too_long"
        if len(body) > hard
        else ""
    )
    return body, reason, parts, "long_body" if len(body) > soft else ""


def _is_template(text: str) -> bool:
    try:
        parse(text)
    except BriefError:
        return False
    return True


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(BODIES.filter(_is_template), st.sampled_from(["sms", "whatsapp", "push"])),
        min_size=1,
        max_size=3,
    ),
    st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=12),
)
def test_every_recipient_is_judged_as_their_merged_text_would_be(
    bodies: list[tuple[str, str]], values: list[tuple[str | None, str | None]]
) -> None:
    drafts = [
        draft(body, draft_id=f"d{n}", unit=f"u{n}", channel=channel)
        for n, (body, channel) in enumerate(bodies)
    ]
    table = people(
        *[
            (f"{n}-{each.unit}", each.channel, "x", each.unit, "en", *pair)
            for n, pair in enumerate(values)
            for each in drafts
        ]
    )
    made = render(table, drafts)
    found = {
        row["customer_id"]: {"reason": "", **row} for row in (*rows(made.ready), *rows(made.held))
    }
    for n, pair in enumerate(values):
        for each in drafts:
            row = found[f"{n}-{each.unit}"]
            told = (row["body"], row["reason"], row["sms_parts"], row["warnings"])
            assert told == expected(each, *pair)


@settings(max_examples=10, deadline=None)
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
