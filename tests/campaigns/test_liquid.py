import html

import ibis
import liquid
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.campaigns.merging.liquid import (
    EMPTY_VALUES,
    MERGE_FIELDS,
    Out,
    Text,
    compile_nodes,
    fields_of,
    parse,
    present_value,
    slots,
    with_present,
)
from copilot.errors import BriefError

ROWS = 12
TEMPLATES = (
    'Hello {{ first_name | default: "there" }},',
    "{{ first_name }}{{ last_name | default: 'you' }}",
    "{% if city %}In {{ city }}{% else %}At home{% endif %}: {{ city | upcase }}",
    "{% if city == 'Leeds' and first_name %}A{% elsif last_name %}B{% endif %}.",
    "{% if city or last_name %}{{ last_name | downcase | capitalize }}{% endif %}",
    "{{ first_name | strip | default: 'friend' | capitalize }} }} and \\ \"quoted\" %}",
    "{%- if first_name -%} x {{- first_name -}} {%- endif -%}",
)
# Characters whose capital is one character too; the engine leaves ß and its like alone.
LETTERS = st.characters(blacklist_categories=("Cs", "Cc")).filter(
    lambda c: len(c.upper()) == 1 == len(c.lower()) and c.upper().lower() == c.lower() and c != "Σ"
)
VALUES = st.one_of(
    st.none(),
    st.sampled_from([*EMPTY_VALUES, " N/A ", "\u00a0", "Leeds", " Zoë\u2003", "{{ city }}"]),
    st.sampled_from(['O\'Brien & "Sons" <b>', "{% if city %}", "%}", "ŁUKASZ", "مريم", "👩‍🍳"]),
    st.text(st.sampled_from("abcÄÖé {}%'\"&<>|\\"), max_size=8),
)
TABLES = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=ROWS)
FIELDS = ("first_name", "last_name", "city")


def by_engine(template: str, rows: list[tuple], *, escape: bool = False) -> list[str]:
    columns = {"row": [str(number).zfill(3) for number in range(len(rows))]}
    columns |= {name: [row[place] for row in rows] for place, name in enumerate(FIELDS)}
    table = ibis.memtable(columns, schema=dict.fromkeys(columns, "string"))
    nodes = parse(template)
    table = with_present(table, fields_of(nodes))
    merged = table.select("row", text=compile_nodes(nodes, table, escape=escape))
    return [row["text"] for row in merged.order_by("row").to_pyarrow().to_pylist()]


def by_liquid(template: str, rows: list[tuple], *, escape: bool = False) -> list[str]:
    compiled = liquid.Environment(autoescape=escape).from_string(template)
    return [
        compiled.render(**{name: present_value(row[place]) for place, name in enumerate(FIELDS)})
        for row in rows
    ]


@settings(max_examples=25, deadline=None)
@given(template=st.sampled_from(TEMPLATES), rows=TABLES)
def test_the_engine_merges_as_python_liquid_does(template: str, rows: list[tuple]) -> None:
    assert by_engine(template, rows) == by_liquid(template, rows)


@settings(max_examples=15, deadline=None)
@given(rows=TABLES)
def test_inside_html_values_are_escaped_as_python_liquid_does(rows: list[tuple]) -> None:
    template = '<p title="x">{{ first_name | default: "there" }} & {{ city }}</p>'
    assert by_engine(template, rows, escape=True) == by_liquid(template, rows, escape=True)


@settings(max_examples=10, deadline=None)
@given(value=st.text(LETTERS, min_size=1, max_size=6))
def test_case_filters_agree_on_letters_of_any_script(value: str) -> None:
    template = "{{ first_name | upcase }} {{ first_name | downcase }}"
    rows = [(value, None, None)]
    assert by_engine(template, rows) == by_liquid(template, rows)


@pytest.mark.parametrize(
    "value",
    ["{{ city }}", "{% if x %}", "*|FNAME|*", "<b>Tim</b>", '=HYPERLINK("x")', "+Bob", "@Bob",
     "see http://x.example", "www.x.example", "a\\b"],
)  # fmt: skip
def test_a_value_that_no_name_holds_takes_the_fallback(value: str) -> None:
    rows = [(value, value, "Leeds")]
    template = "{{ first_name | default: 'you' }} {{ last_name | default: 'all' }} {{ city }}"
    assert by_engine(template, rows) == ["you all Leeds"]


@pytest.mark.parametrize("value", ["O'Brien", "Jean-Luc", 'Zoë & "Łukasz"', "D. J.", "مريم"])
def test_unusual_names_are_merged_as_they_are(value: str) -> None:
    assert by_engine("{{ first_name | default: 'you' }}", [(value, None, None)]) == [value]


@pytest.mark.parametrize("blank", [None, "", "  ", "N/A", " n/a\t", "-", "null", "\u00a0", "None"])
def test_blank_and_placeholder_values_take_the_fallback(blank: str | None) -> None:
    rows = [(blank, None, None)]
    assert by_engine('Hello {{ first_name | default: "there" }},', rows) == ["Hello there,"]


def test_values_and_fallbacks_are_safe_inside_html() -> None:
    template = "{{ first_name | default: 'you & me' }}"
    found = by_engine(template, [("Ann \"'&", None, None), (None, None, None)], escape=True)
    assert [html.unescape(text) for text in found] == ["Ann \"'&", "you & me"]
    assert not any(mark in text for text in found for mark in "<>\"'")


@pytest.mark.parametrize(
    ("template", "named"),
    [
        ("{% for a in b %}{% endfor %}", "for"),
        ("{% assign x = 1 %}", "assign"),
        ("{% include 'x' %}", "include"),
        ("{{ first_name | date: '%Y' }}", "date"),
        ("{{ email }}", "email"),
        ("{{ city[0] }}", "city"),
        ("{% if city != 'x' %}{% endif %}", "!="),
        ("{% if frequency %}{% endif %}", "frequency"),
        ("{{ 'text' }}", "text"),
        ("{{ first_name | default: 3 }}", "3"),
        ("{{ first_name", "}}"),
        ("{% if city %}", "endif"),
        ("{% raw %}{{ first_name }}{% endraw %}", "first_name"),
        ("{{ first_name if city }}", "ternary"),
    ],
)
def test_whatever_is_outside_the_subset_is_refused_by_name(template: str, named: str) -> None:
    with pytest.raises(BriefError, match=r".") as caught:
        parse(template)
    assert named in caught.value.message
    assert caught.value.hint


def test_slots_are_found_inside_conditions_too() -> None:
    template = "{% if city %}{{ city }}{% else %}{{ first_name | default: 'you' }}{% endif %}"
    assert slots(template) == {"city": "", "first_name": "you"}


def test_plain_text_is_one_piece() -> None:
    assert parse("15% off {loaves} at £3") == (Text("15% off {loaves} at £3"),)
    assert parse("{{city}}") == (Out("city"),)


def test_no_merge_field_counts_or_dates_what_a_customer_did() -> None:
    assert not {"recency_days", "frequency", "monetary", "birth_date"} & set(MERGE_FIELDS)
