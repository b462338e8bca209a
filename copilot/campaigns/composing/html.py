"""Minimal accessible email HTML: one column, real text, everything escaped, no image."""

import re
from html import escape
from urllib.parse import urlsplit

_TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_LINK = re.compile(r"(?:(?P<label>[^\s:.!?][^\n:.!?]*): )?(?P<url>https?://[^\s<>\"']+)")
_TRAILING = ".,;:!?)"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "dv"})


def email_html(*, language: str, subject: str, preheader: str, body: str, footer: str) -> str:
    """The HTML twin of a plain-text email; merge fields stay as they are, all else is escaped.

    `body` and `footer` are plain text: blank lines part paragraphs, "label: https://…" becomes
    a link whose text names the label and the host it leads to.
    """
    direction = "rtl" if language.split("-")[0] in _RIGHT_TO_LEFT else "ltr"
    parts = re.split(r"\n{2,}", body.strip())
    text = "\n".join(
        f'<p style="margin:0 0 16px">{_lines(part)}</p>' for part in parts if part.strip()
    )
    below = f'<p class="small" style="{_SMALL}">{_lines(footer)}</p>' if footer else ""
    hidden = f'<div style="{_HIDDEN}">{_escaped(preheader)}</div>\n' if preheader else ""
    return _PAGE.format(
        language=escape(language),
        direction=direction,
        subject=_escaped(subject),
        hidden=hidden,
        text=text,
        below=below,
    )


def letter_html(*, language: str, title: str, body: str) -> str:
    """A letter to print on A4: the plain text's paragraphs and lines, nothing else."""
    parts = [part for part in re.split(r"\n{2,}", body.strip()) if part.strip()]
    text = "\n".join(f"<p>{_lines(part)}</p>" for part in parts)
    return _LETTER.format(language=escape(language), title=_escaped(title), text=text)


def visible_url(url: str) -> str:
    """What a reader is shown of a link: host and path, without scheme, query or last slash.

    >>> visible_url("https://cornercrumb.example/order?x=1")
    'cornercrumb.example/order'
    """
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def _lines(text: str) -> str:
    return "<br>\n".join(_line(line) for line in text.strip().splitlines())


def _line(line: str) -> str:
    pieces: list[str] = []
    end = 0
    for found in _LINK.finditer(line):
        url = found["url"].rstrip(_TRAILING)
        label = found["label"]
        shown = f"{label}: {visible_url(url)}" if label else visible_url(url)
        pieces.append(_escaped(line[end : found.start()]))
        pieces.append(f'<a href="{escape(url)}" style="color:#0b4f8a">{_escaped(shown)}</a>')
        end = found.start("url") + len(url)
    return "".join([*pieces, _escaped(line[end:])])


def _escaped(text: str) -> str:
    return "".join(
        piece if number % 2 else escape(piece) for number, piece in enumerate(_TAG.split(text))
    )


_HIDDEN = "display:none;max-height:0;overflow:hidden"
_SMALL = (
    "margin:24px 0 0;padding-top:16px;border-top:1px solid #d0d0d0;font-size:13px;color:#555555"
)
_PAGE = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
@media (prefers-color-scheme: dark) {{
  body {{
    background-color: #121212 !important;
  }}
  .text {{
    color: #f0f0f0 !important;
  }}
  .text a, .small a {{
    color: #8ab8e6 !important;
  }}
  .small {{
    color: #b8b8b8 !important;
  }}
}}
</style>
</head>
<body style="margin:0;padding:0;background-color:#ffffff">
{hidden}<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td align="center" style="padding:24px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="max-width:600px">
<tr><td class="text" dir="{direction}" \
style="font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;color:#1c1c1c">
{text}
{below}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""

_LETTER = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
@page {{
  size: A4;
  margin: 25mm 20mm 20mm 25mm;
}}
body {{
  max-width: 165mm;
  margin: 0 auto;
  font: 11pt/1.5 Georgia, "Times New Roman", serif;
  color: #111111;
  background: #ffffff;
}}
p {{
  margin: 0 0 5mm;
}}
a {{
  color: #111111;
}}
</style>
</head>
<body>
{text}
</body>
</html>
"""
