import html
import re
from collections.abc import Callable
from typing import Any

import jinja2
import pytest
from corner_crumb import BRIEF, TODAY, TOPS, drafts_of, localities
from hypothesis import given
from hypothesis import strategies as st
from liquid import Environment

from copilot.campaigns.exporting.tags import (
    FORMATS,
    canonical,
    neutral,
    side_notes,
    transpile,
    unholdable,
)
from copilot.campaigns.merging.liquid import MERGE_FIELDS
from copilot.campaigns.plan import assignments, plan
from copilot.errors import BriefError
from copilot.records import Draft

GREETING = 'Hello {{ first_name | default: "there" }},'
CITY_OR_NOT = '{% if city == "Leeds" %}Here{% elsif city %}In {{ city }}{% else %}You{% endif %}'
BOTH = "{% if first_name and city %}x{% endif %}"
CAPITAL = '{{ city | default: "you" | capitalize }}'

# Any letter, digit, quotation mark, ampersand; what a tool's own literals cannot hold is left out.
FALLBACKS = st.text(
    st.characters(whitelist_categories=("L", "N")) | st.sampled_from(" '-&<é"), max_size=12
)
PLAIN = st.text(st.characters(whitelist_categories=("L", "N", "P")), max_size=12).filter(
    lambda text: not re.search(r"[{}*|%]", text)
)

WORD = st.text(st.characters(whitelist_categories=("L", "N")) | st.sampled_from(" '-"), max_size=9)


@st.composite
def fields_and_text(draw: st.DrawFn) -> str:
    """Plain fields, some with a fallback, among text: what every tool can hold."""
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        field, fallback = draw(st.sampled_from(MERGE_FIELDS)), draw(FALLBACKS)
        pieces.append(draw(PLAIN))
        pieces.append(f'{{{{ {field} | default: "{fallback}" }}}}')
    return canonical("".join(pieces))


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """One condition with fields in its branches."""
    word = draw(st.sampled_from(["", " and ", " or "]))
    tests = [draw(st.sampled_from(MERGE_FIELDS)) for _ in range(2 if word else 1)]
    tests[0] += f' == "{draw(WORD)}"' if draw(st.booleans()) else ""
    middle = f"{{% elsif {draw(st.sampled_from(MERGE_FIELDS))} %}}b" * draw(st.booleans())
    last = f"{{% else %}}{draw(PLAIN)}" * draw(st.booleans())
    inner = f"{{{{ {draw(st.sampled_from(MERGE_FIELDS))} }}}}"
    made = f"a{{% if {word.join(tests)} %}}{inner}{middle}{last}{{% endif %}}z"
    return canonical(made)


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("generic", 'Hello {{ first_name | default: "there" }},'),
        ("mailchimp", "Hello *|IF:FNAME|**|FNAME|**|ELSE:|*there*|END:IF|*,"),
        ("klaviyo", "Hello {{ first_name|default:'there' }},"),
        ("braze", "Hello {{${first_name} | default: 'there'}},"),
        ("mautic", "Hello {contactfield=firstname|there},"),
        ("listmonk", 'Hello {{ .Subscriber.FirstName | default "there" }},'),
        ("brevo", "Hello {{ contact.FIRSTNAME|default:'there' }},"),
        ("hubspot", "Hello {{ personalization_token('contact.firstname', 'there') }},"),
    ],
)
def test_each_tool_gets_the_field_and_its_fallback_in_its_own_syntax(
    tool: str, expected: str
) -> None:
    assert transpile(GREETING, tool) == expected


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("mailchimp", "*|IF:CITY=Leeds|*Here*|ELSEIF:CITY|*In *|CITY|**|ELSE:|*You*|END:IF|*"),
        (
            "klaviyo",
            "{% if person|lookup:'city' == 'Leeds' %}Here{% elif person|lookup:'city' %}"
            "In {{ person|lookup:'city' }}{% else %}You{% endif %}",
        ),
        (
            "braze",
            "{% if {{${city}}} == 'Leeds' %}Here{% elsif {{${city}}} != blank %}"
            "In {{${city}}}{% else %}You{% endif %}",
        ),
        (
            "listmonk",
            '{{ if eq (.Subscriber.Attribs.city | default "") "Leeds" }}Here'
            "{{ else if .Subscriber.Attribs.city }}"
            'In {{ .Subscriber.Attribs.city | default "" }}{{ else }}You{{ end }}',
        ),
        (
            "hubspot",
            "{% if contact.city == 'Leeds' %}Here{% elif contact.city %}"
            "In {{ personalization_token('contact.city', '') }}{% else %}You{% endif %}",
        ),
    ],
)
def test_conditions_are_kept_where_the_tool_has_them(tool: str, expected: str) -> None:
    assert transpile(CITY_OR_NOT, tool) == expected
    assert neutral(expected, tool) == CITY_OR_NOT


@pytest.mark.parametrize("tool", FORMATS)
@pytest.mark.parametrize("field", MERGE_FIELDS)
def test_every_field_comes_back_from_every_tool(tool: str, field: str) -> None:
    template = f'A {{{{ {field} | default: "you" }}}} B {{{{ {field} }}}} C'
    there = transpile(template, tool)
    assert neutral(there, tool) == template
    assert there.startswith("A ")


@given(tool=st.sampled_from(FORMATS), template=fields_and_text(), html=st.booleans())
def test_the_way_there_and_back_changes_nothing(tool: str, template: str, html: bool) -> None:
    assert neutral(transpile(template, tool, html=html), tool, html=html) == template


@given(
    tool=st.sampled_from(["generic", "klaviyo", "braze", "listmonk", "brevo", "hubspot"]),
    template=conditions(),
)
def test_conditions_come_back_as_they_went(tool: str, template: str) -> None:
    assert neutral(transpile(template, tool), tool) == template


@pytest.mark.parametrize("tool", ["klaviyo", "braze", "brevo", "hubspot"])
def test_filters_come_back_as_they_went(tool: str) -> None:
    for template in (CAPITAL, "{{ city | upcase }}", '{{ city | default: "x" | downcase }}'):
        assert neutral(transpile(template, tool), tool) == template


def test_mailchimp_tags_are_short_enough_and_unlike_each_other() -> None:
    names = [transpile(f"{{{{ {field} }}}}", "mailchimp").strip("*|") for field in MERGE_FIELDS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 10 for name in names)


@pytest.mark.parametrize("tool", ["mailchimp", "klaviyo", "mautic", "brevo", "hubspot"])
def test_a_fallback_inside_html_is_escaped_and_comes_back(tool: str) -> None:
    template = '{{ city | default: "you & me" }}'
    there = transpile(template, tool, html=True)
    assert "you &amp; me" in there
    assert neutral(there, tool, html=True) == template


def test_braze_is_asked_to_escape_what_it_merges_into_html() -> None:
    assert transpile(GREETING, "braze", html=True) == (
        "Hello {{${first_name} | default: 'there' | escape}},"
    )


def test_whole_emails_survive_the_way_there_and_back() -> None:
    for draft in local_drafts():
        for tool in FORMATS:
            body = draft.message.body
            assert neutral(transpile(body, tool), tool) == canonical(body)


@pytest.mark.parametrize(
    ("tool", "template"),
    [
        ("mautic", CITY_OR_NOT),
        ("mautic", "{{ city | upcase }}"),
        ("mautic", '{{ city | default: "a|b" }}'),
        ("mailchimp", BOTH),
        ("mailchimp", '{% if city %}{{ first_name | default: "x" }}{% endif %}'),
        ("mailchimp", "a *|FNAME|* b"),
        ("mailchimp", "{{ city | capitalize }}"),
        ("listmonk", "{{ city | capitalize }}"),
        ("klaviyo", "{{ city | strip }}"),
        ("klaviyo", "{% if city and region or postcode %}x{% endif %}"),
        ("hubspot", '{{ city | upcase | default: "x" }}'),
    ],
)
def test_what_a_tool_cannot_express_is_refused_with_the_way_out(tool: str, template: str) -> None:
    with pytest.raises(BriefError, match=tool) as caught:
        transpile(template, tool)
    assert "--recipients" in caught.value.hint


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BriefError, match="marketo") as caught:
        transpile("a", "marketo")  # type: ignore[arg-type]
    assert "hubspot" in caught.value.hint


def test_what_a_tool_cannot_hold_is_a_side_note_with_the_draft_it_is_about() -> None:
    draft = local_drafts()[0]
    message = draft.message.model_copy(update={"body": CITY_OR_NOT})
    odd = draft.model_copy(update={"message": message})
    assert "a condition" in unholdable(odd, "mautic")
    notes = side_notes([odd, draft], "mautic")
    assert [note for note in notes if note.startswith(odd.draft_id)] == [
        f"{odd.draft_id} ({odd.unit}, email) is not in the file: "
        "The mautic format cannot hold a condition."
    ]
    assert any("first_name as firstname" in note for note in notes)
    assert any("{unsubscribe_url}" in note for note in notes)
    assert side_notes([odd], "generic") == ()


# -- the tools' own engines, or the nearest there is ---------------------------------------------

PEOPLE = [
    {"first_name": "Zoë", "city": "Leeds"},
    {"first_name": "", "city": "York"},
    {"first_name": "O'Neil", "city": ""},
    {"first_name": "<b>", "city": "leeds"},
]
TEMPLATES = [GREETING, CITY_OR_NOT, BOTH, CAPITAL, "{{ first_name | upcase }}!"]


def ours(template: str, person: dict[str, str]) -> str:
    """The message as this product merges it: neutral Liquid, compiled to the data engine."""
    import ibis

    from copilot.campaigns.merging.liquid import compile_nodes, parse

    table = ibis.memtable([dict.fromkeys(MERGE_FIELDS, "") | person])
    merged = table.select(text=compile_nodes(parse(template), table))
    return merged.to_pyarrow().to_pylist()[0]["text"]


def by_liquid(text: str, person: dict[str, str]) -> str:
    """Braze's dialect: Liquid in which a field is written ${field}, also inside a condition."""
    inner = r"\{\{((?:custom_attribute\.)?\$\{\w+\})\}\}"
    plain = re.sub(r"\{%.*?%\}", lambda tag: re.sub(inner, r"\1", tag[0]), text)
    plain = re.sub(r"(?:custom_attribute\.)?\$\{(\w+)\}", r"\1", plain)
    return Environment().from_string(plain).render(**person)


def by_jinja(text: str, person: dict[str, str]) -> str:
    """Django's syntax as Klaviyo and Brevo have it, and HubL: the argument goes in brackets."""
    plain = re.sub(r"\|(\w+):('[^']*'|\"[^\"]*\")", r"|\1(\2)", text)
    engine = jinja2.Environment(autoescape=False)  # noqa: S701 - plain text is compared
    engine.filters["default"] = lambda value, other: value or other
    engine.filters["lookup"] = lambda values, key: values.get(key, "")
    engine.filters["capfirst"] = lambda value: value[:1].upper() + value[1:]
    names = {"first_name": "firstname", "last_name": "lastname"}
    contact = {names.get(key, key): value for key, value in person.items()}
    contact |= {key.upper(): value for key, value in contact.items()}

    def token(name: str, fallback: str) -> str:
        return contact.get(name.removeprefix("contact."), "") or fallback

    return engine.from_string(plain).render(
        person, person=person, contact=contact, personalization_token=token
    )


@pytest.mark.parametrize(
    ("tool", "render"),
    [("braze", by_liquid), ("klaviyo", by_jinja), ("brevo", by_jinja), ("hubspot", by_jinja)],
)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_tool_s_engine_merges_what_ours_merges(
    tool: str, render: Callable[[str, dict[str, str]], str], template: str
) -> None:
    for person in PEOPLE:
        assert render(transpile(template, tool), person) == ours(template, person)


def test_braze_merges_into_html_what_ours_merges() -> None:
    import ibis

    from copilot.campaigns.merging.liquid import compile_nodes, parse

    person = {"first_name": "<b>&'\"", "city": ""}
    table = ibis.memtable([dict.fromkeys(MERGE_FIELDS, "") | person])
    merged: Any = table.select(text=compile_nodes(parse(GREETING), table, escape=True))
    told = by_liquid(transpile(GREETING, "braze", html=True), person)
    assert html.unescape(told) == html.unescape(merged.to_pyarrow().to_pylist()[0]["text"])
    assert "<" not in told


def local_drafts() -> list[Draft]:
    units = plan(BRIEF, dict.fromkeys(TOPS, 40), localities=localities())
    return drafts_of(assignments(BRIEF, units, lambda *_, **__: (), today=TODAY))
