import re
from html.parser import HTMLParser

import pytest
from corner_crumb import assignment, local_units

from copilot.campaigns.composing.compose import compose
from copilot.campaigns.composing.html import email_html, visible_url

VOID = {"meta", "br"}


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: dict[str, str] = {}
        self.tables: list[str | None] = []
        self.lang = self.direction = self.text = ""
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "a":
            self._link = values["href"] or ""
            self.links[self._link] = ""
        if tag == "table":
            self.tables.append(values.get("role"))
        if tag == "html":
            self.lang, self.direction = values["lang"] or "", values["dir"] or ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._link:
            self.links[self._link] += data


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def made(**changed: str) -> str:
    values = {"language": "en", "subject": "S", "preheader": "P", "body": "B", "footer": "F"}
    return email_html(**{**values, **changed})


def test_a_link_says_what_it_is_and_where_it_goes() -> None:
    page = read(made(body="Flour and salt. Order ahead: https://crumb.example/order."))
    assert page.links == {"https://crumb.example/order": "Order ahead: crumb.example/order"}
    assert "Flour and salt. Order" in page.text


def test_every_link_shows_the_address_it_leads_to() -> None:
    page = read(compose(assignment(local_units()[0])).html)
    assert len(page.links) == 2
    for address, text in page.links.items():
        assert visible_url(address) in text


def test_what_is_written_is_text_and_never_markup() -> None:
    page = read(made(subject="<i>", preheader="a & b", body='<script>x</script> "&"', footer="<"))
    assert page.links == {}
    assert '<script>x</script> "&"' in page.text
    assert "a & b" in page.text


def test_an_address_cannot_leave_its_attribute() -> None:
    html = made(body='Go: https://x.example/?a=1&b="onclick=2')
    assert 'href="https://x.example/?a=1&amp;b="' in html
    assert 'style="color:#0b4f8a">Go: x.example</a>&quot;onclick=2' in html


def test_merge_fields_are_left_for_the_merge() -> None:
    slot = '{{ first_name | default: "there" }}'
    assert f"Hello {slot} &amp; co" in made(body=f"Hello {slot} & co")


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("ur-PK", "rtl")]
)
def test_language_and_direction_are_declared(language: str, direction: str) -> None:
    page = read(made(language=language))
    assert (page.lang, page.direction) == (language, direction)


def test_layout_tables_are_declared_as_such_and_there_is_no_image() -> None:
    html = compose(assignment(local_units()[0])).html
    assert read(html).tables == ["presentation", "presentation"]
    assert "<img" not in html


def test_an_email_stays_far_below_the_size_that_is_clipped() -> None:
    for unit in local_units():
        assert len(compose(assignment(unit)).html.encode("utf-8")) < 20_000


def test_html_and_text_say_the_same() -> None:
    message = compose(assignment(local_units()[1]))
    shown = " ".join(read(message.html).text.split())
    for line in message.body.replace("https://", "").splitlines():
        assert " ".join(line.split()) in shown


def test_paragraphs_and_lines_keep_their_breaks() -> None:
    assert made(body="a\nb\n\nc").count("<p ") == 3
    assert "a<br>\nb</p>" in made(body="a\nb\n\nc")


def shades(html: str) -> list[tuple[str, str, str]]:
    """(light or dark, text colour, the background it stands on) of an email's texts and links."""
    dark = html.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
    ground = re.search(r"<body[^>]*background-color:(#\w{6})", html)
    night = re.search(r"background-color:\s*(#\w{6})", dark)
    assert ground
    assert night
    body = html.partition("<body")[2]
    texts = [("light", each, ground[1]) for each in re.findall(r"[^-]color:(#\w{6})", body)]
    nights = re.findall(r"[^-]color:\s*(#\w{6})", dark)
    return texts + [("dark", each, night[1]) for each in nights]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_texts_and_links_stand_out_by_day_and_by_night() -> None:
    html = made(body="Read on: https://cornercrumb.example/rye")
    found = shades(html)
    assert {mode for mode, _, _ in found} == {"light", "dark"}
    assert len(found) >= 6  # text, link and small print, twice
    poor = [each for each in found if contrast(*each[1:]) < 4.5]
    assert poor == []
