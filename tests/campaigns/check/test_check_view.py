import pytest

from copilot.campaigns.check.view import folded, html_view, plain_view


def test_folding_keeps_every_offset() -> None:
    text = "Ünïted “Café” – 15 %…"
    assert len(folded(text)) == len(text)
    assert folded("“Café” – Über") == '"cafe" - uber'


def test_what_nobody_can_see_is_left_out_and_offsets_still_lead_to_the_source() -> None:
    text = "CRU\u200bST15 now"
    view = plain_view(text)
    assert view.raw == "CRUST15 now"
    start = view.raw.index("now")
    assert text[slice(*view.source(start, start + 3))] == "now"
    assert view.source(0, 7) == (0, 8)


def test_html_gives_what_is_shown_with_offsets_into_the_source() -> None:
    html = '<p>Save &pound;5 <b>now</b></p><style>p{}</style><img alt="a loaf">'
    view, _ = html_view(html)
    assert "Save £5 now" in view.raw
    assert "a loaf" in view.raw
    assert "p{}" not in view.raw
    start = view.raw.index("now")
    assert html[slice(*view.source(start, start + 3))] == "now"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_offsets_hold_over_lines(newline: str) -> None:
    html = f"<p>one</p>{newline}<p>two</p>"
    view, _ = html_view(html)
    start = view.raw.index("two")
    assert html[slice(*view.source(start, start + 3))] == "two"


def test_links_say_where_they_lead_and_what_they_show() -> None:
    _, links = html_view('<a href="https://a.example/x"><b>a.example</b>/y</a>')
    assert [(link.href, link.shown) for link in links] == [("https://a.example/x", "a.example/y")]
