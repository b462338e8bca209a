import pytest
from corner_crumb import BRIEF, TODAY, TOPS, drafts_of, localities
from hypothesis import given
from hypothesis import strategies as st

from copilot.campaigns.liquid import MERGE_FIELDS
from copilot.campaigns.plan import assignments, plan
from copilot.campaigns.tags import FORMATS, neutral, side_notes, transpile
from copilot.errors import BriefError

GREETING = 'Hello {{ first_name | default: "there" }},'
FALLBACKS = st.text(st.characters(whitelist_categories=("L", "N")) | st.sampled_from(" '-"))


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("generic", 'Hello {{ first_name | default: "there" }},'),
        ("mailchimp", "Hello *|FNAME|*,"),
        ("klaviyo", "Hello {{ first_name|default:'there' }},"),
        ("braze", "Hello {{${first_name} | default: 'there'}},"),
        ("mautic", "Hello {contactfield=firstname|there},"),
        ("listmonk", 'Hello {{ .Subscriber.FirstName | default "there" }},'),
        ("brevo", "Hello {{ contact.FIRSTNAME | default : 'there' }},"),
        ("hubspot", "Hello {{ personalization_token('contact.firstname', 'there') }},"),
    ],
)
def test_each_tool_gets_the_field_and_its_fallback_in_its_own_syntax(
    tool: str, expected: str
) -> None:
    assert transpile(GREETING, tool) == expected


@pytest.mark.parametrize("tool", [each for each in FORMATS if each != "mailchimp"])
@pytest.mark.parametrize("field", MERGE_FIELDS)
def test_every_field_comes_back_from_every_tool(tool: str, field: str) -> None:
    template = f'A {{{{ {field} | default: "you" }}}} B {{{{ {field} }}}} C'
    there = transpile(template, tool)
    assert neutral(there, tool) == template
    assert there.startswith("A ")


@given(tool=st.sampled_from([each for each in FORMATS if each != "mailchimp"]), fallback=FALLBACKS)
def test_fallbacks_come_back_whatever_they_hold(tool: str, fallback: str) -> None:
    template = f'{{{{ city | default: "{fallback}" }}}}' if fallback else "{{ city }}"
    assert neutral(transpile(template, tool), tool) == template


def test_mailchimp_keeps_fields_and_leaves_fallbacks_to_a_side_note() -> None:
    assert neutral(transpile(GREETING, "mailchimp"), "mailchimp") == "Hello {{ first_name }},"
    units = plan(BRIEF, dict.fromkeys(TOPS, 40), localities=localities())
    drafts = drafts_of(assignments(BRIEF, units, lambda *_, **__: (), today=TODAY))
    assert side_notes(drafts, "mailchimp") == (
        "In mailchimp, set the default of the audience field FNAME to 'there'.",
    )
    assert side_notes(drafts, "klaviyo") == ()


def test_mailchimp_tags_are_short_enough_and_unlike_each_other() -> None:
    names = [transpile(f"{{{{ {field} }}}}", "mailchimp").strip("*|") for field in MERGE_FIELDS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 10 for name in names)


def test_a_fallback_inside_html_is_escaped_and_comes_back() -> None:
    template = '{{ city | default: "you & me" }}'
    there = transpile(template, "klaviyo", html=True)
    assert there == "{{ person.city|default:'you &amp; me' }}"
    assert neutral(there, "klaviyo", html=True) == template


def test_whole_emails_survive_the_way_there_and_back() -> None:
    units = plan(BRIEF, dict.fromkeys(TOPS, 40), localities=localities())
    drafts = drafts_of(assignments(BRIEF, units, lambda *_, **__: (), today=TODAY))
    for draft in drafts:
        for tool in FORMATS:
            if tool != "mailchimp":
                assert neutral(transpile(draft.message.body, tool), tool) == draft.message.body


@pytest.mark.parametrize("template", ["{% if city %}a{% endif %}", "{{ city | upcase }}"])
def test_what_a_tool_cannot_express_is_refused_with_the_way_out(template: str) -> None:
    with pytest.raises(BriefError, match="klaviyo") as caught:
        transpile(template, "klaviyo")
    assert "--recipients" in caught.value.hint


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BriefError, match="marketo") as caught:
        transpile("a", "marketo")  # type: ignore[arg-type]
    assert "hubspot" in caught.value.hint
