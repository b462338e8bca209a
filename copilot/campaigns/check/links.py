"""Links, e-mail addresses and telephone numbers in a text."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from copilot.campaigns.check.span import Span
from copilot.campaigns.check.view import MASK, View, mask

_ENDINGS = (
    "com|net|org|info|biz|example|test|invalid|io|co|uk|de|fr|es|eu|at|ch|us|shop|store|app|ly|me"
    "|link|click|xyz|online|site|top|ru|cn|it|nl|be|pt|pl|ie|dev|ai|tv|gg|to|gl|cc|gy|page|help"
)
_URL = re.compile(
    rf"(?:(?:https?|ftp)://|www\.)[^\s<>\"'{MASK}]+"
    rf"|(?:javascript|data|vbscript):[^\s<>\"'{MASK}]+"
    rf"|(?<![\w@.-])(?:[\w-]{{2,}}\.)+(?:{_ENDINGS})(?![\w-])(?!\.\w)(?:[/?#:][^\s<>\"'{MASK}]*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,/€£$%-])\+?\(?\d[\d ()./-]{7,}\d(?![\w%])")
_DATE_SHAPE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_PHONE_DIGITS = range(9, 16)
_COMPARED_DIGITS = 9
_SHORTENERS = frozenset(
    {
        *("bit.ly", "t.co", "tinyurl.com", "goo.gl", "ow.ly", "is.gd", "buff.ly", "rebrand.ly"),
        *("cutt.ly", "rb.gy", "t.ly", "shorturl.at", "tiny.cc", "lnkd.in", "s.id", "v.gd"),
    }
)
_TRAILING = ".,;:!?)]}*'\""


def links(view: View, low: str) -> tuple[list[Span], str]:
    """E-mail addresses and links (kinds `email`, `url`), and the text without them.

    A link's value is its host without `www.`, its path and its query without tracking tags.
    """
    found: list[Span] = []
    for kind, pattern in (("email", _EMAIL), ("url", _URL)):
        for each in pattern.finditer(view.raw):
            if MASK in low[each.start() : each.end()]:
                continue
            text = each[0].rstrip(_TRAILING)
            end = each.start() + len(text)
            if kind == "email":
                address = text.lower().removeprefix("mailto:")
                found.append(Span("email", each.start(), end, text, (address,)))
            else:
                found.append(Span("url", each.start(), end, text, (canonical_url(text),)))
            low = mask(low, each.start(), end)
    return found, low


def phones(view: View, low: str) -> tuple[list[Span], str]:
    """Telephone numbers of 9 to 15 digits; the value is the last nine."""
    found: list[Span] = []
    for each in _PHONE.finditer(low):
        digits = re.sub(r"\D", "", each[0])
        if len(digits) not in _PHONE_DIGITS or _DATE_SHAPE.fullmatch(each[0].strip()):
            continue
        text = view.raw[each.start() : each.end()]
        values = (digits[-_COMPARED_DIGITS:],)
        found.append(Span("phone", each.start(), each.end(), text, values))
        low = mask(low, each.start(), each.end())
    return found, low


def unsafe(url: str) -> str:
    """What is wrong with a link that leads to the right place; empty when nothing is.

    >>> unsafe("http://bit.ly/x"), unsafe("https://shop.example")
    ('shortener', '')
    """
    if host_of(canonical_url(url)) in _SHORTENERS:
        return "shortener"
    return "insecure" if url.lower().startswith("http://") else ""


def canonical_url(url: str) -> str:
    """A link as it is compared.

    >>> canonical_url("HTTPS://www.Shop.example/order/?utm_source=x&a=1")
    'shop.example/order?a=1'
    """
    if url.lower().startswith(("javascript:", "data:", "vbscript:")):
        return url.lower()
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return url.lower()
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if not k.startswith("utm_")])
    path = parts.path.rstrip("/")
    return f"{host}{f':{port}' if port else ''}{path}{'?' if query else ''}{query}"


def host_of(url: str) -> str:
    """The host of a canonical link."""
    return re.split(r"[/?:]", url, maxsplit=1)[0]
