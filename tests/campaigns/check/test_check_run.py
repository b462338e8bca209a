import pytest
from labelled import assignment

from copilot.campaigns.check.run import check, check_text, duplicates
from copilot.campaigns.composing.compose import compose, finish
from copilot.campaigns.facts import facts_for
from copilot.records import CheckReport, Draft, Message

CLEAN = (
    "On Saturday 28 November you get 15% off any loaf before 10:00, in store only. "
    "Use code CRUST15."
)


def email(body: str, **changes: object) -> CheckReport:
    given = assignment().model_copy(update=changes)
    return check(
        finish(given, subject="Saturday loaves", preheader="At Corner Crumb", body=body), given
    )


def rules(report: CheckReport, severity: str = "block") -> set[str]:
    return {finding.rule for finding in report.findings if finding.severity == severity}


def test_clean_copy_passes_and_says_where_each_statement_comes_from() -> None:
    report = email(CLEAN)
    assert report.passed, report.findings
    origins = {use.text: use.origin for use in report.facts if use.part == "body"}
    assert origins["15%"] == "brief.offer.text"
    assert origins["CRUST15"] == "brief.offer.code"
    assert origins["Saturday 28 November"] == "brief.offer.starts"
    assert origins["10:00"] == "brief.offer.terms"
    assert origins["https://cornercrumb.example/unsubscribe"] == "brand.unsubscribe_url"


def test_a_statement_of_the_brief_is_one_fact_and_the_number_in_it_another() -> None:
    whole = email(CLEAN + " Our sourdough ferments for 24 hours.")
    other = email(CLEAN + " It takes 24 hours.")
    assert ("Our sourdough ferments for 24 hours", "brief.facts[0]") in {
        (use.text, use.origin) for use in whole.facts
    }
    assert ("24", "number", "brief.facts[0]") in {
        (use.text, use.kind, use.origin) for use in other.facts
    }


def test_offsets_lead_to_the_words_in_their_part() -> None:
    given = assignment()
    message = finish(
        given, subject="20% off “today”", preheader="x", body=CLEAN + " Now £3.50 in York."
    )
    report = check(message, given)
    for found in (*report.findings, *report.facts):
        part: str = getattr(message, found.part)
        assert part[found.start : found.end] == found.text
    assert {"20%", "£3.50", "York"} <= {found.text for found in report.findings}


@pytest.mark.parametrize("channel", ["email", "sms", "whatsapp", "push", "social", "flyer"])
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("brief", ["loaves", "cakes", "coffee", "brot", "pain", "panes", "news"])
def test_the_composer_passes_on_every_channel_in_every_language(
    brief: str, language: str, channel: str
) -> None:
    base = assignment(brief, channel, language)
    for index in range(4):
        unit = base.unit.model_copy(update={"index": index})
        given = base.model_copy(
            update={"unit": unit, "facts": facts_for(base.brief, unit, language=base.language)}
        )
        report = check(compose(given), given)
        blocking = [each for each in report.findings if each.severity == "block"]
        assert not blocking, blocking


def test_html_that_says_more_than_the_text_is_held() -> None:
    given = assignment()
    message = finish(given, subject="Saturday loaves", preheader="x", body=CLEAN)
    forged = message.model_copy(update={"html": message.html.replace("15% off", "50% off", 1)})
    assert check(message, given).passed
    found = check(forged, given).findings
    assert ("discount.unknown", "html") in {(each.rule, each.part) for each in found}


def test_the_same_message_always_gives_the_same_report() -> None:
    assert email(CLEAN + " The best.") == email(CLEAN + " The best.")


def test_pasted_text_is_read_with_its_subject_and_a_fragment_is_not_asked_for_a_sender() -> None:
    given = assignment()
    whole = finish(given, subject="x", preheader="", body=CLEAN)

    def pasted(text: str, **options: object) -> CheckReport:
        return check_text(
            text,
            given.brief,
            facts=given.facts,
            today=given.today,
            **options,  # type: ignore[arg-type]
        )

    assert pasted(CLEAN).passed
    assert pasted(f"Subject: Saturday\n\n{whole.body}", channel="email").passed
    assert "legal.unsubscribe" in rules(pasted(CLEAN, channel="email"))
    assert "legal.unsubscribe" in rules(pasted(CLEAN), "warn")
    subject = pasted(f"Subject: 30% off\n\n{whole.body}", channel="email")
    assert [(each.part, each.text) for each in subject.findings] == [("subject", "30%")]
    assert pasted(whole.html, channel="email").findings[0].rule == "channel.subject"


def test_pasted_text_is_checked_in_the_language_it_is_in() -> None:
    given = assignment("brot")
    brief = given.brief.model_copy(update={"languages": ("de", "en")})
    text = (
        "Am Samstag, 28. November, 15 % Rabatt auf jedes Brot, vor 10 Uhr, nur im Laden. KRUSTE15"
    )
    report = check_text(text, brief, facts=given.facts, today=given.today)
    assert report.passed, report.findings


def test_text_of_another_language_is_held() -> None:
    report = email(
        CLEAN + "\n\nWir freuen uns auf Sie und Ihre Familie, und das ist nicht nur ein Wort."
    )
    assert "language" in rules(report)


def draft(unit: str, body: str) -> Draft:
    return Draft(
        draft_id=unit,
        campaign="c",
        level="local",
        unit=unit,
        channel="email",
        language="en",
        variant="A",
        message=Message(body=body),
        facts=(),
        status="passed",
    )


def test_drafts_that_differ_by_the_place_alone_are_reported() -> None:
    same = [
        draft(place, f"Hello {place}, any loaf is cheaper now, do come.")
        for place in ("Hunslet", "Holbeck")
    ]
    other = draft("C", "Something else entirely is on at our shop this very week, come by.")
    assert set(duplicates([*same, other])) == {"Holbeck"}
