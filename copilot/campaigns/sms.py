"""How long a text message is: GSM 03.38 septets or UCS-2 units, and the parts it is sent in."""

import re

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "^{}\\[~]|€\f"
"""These count twice."""

GSM_ONE, GSM_MORE = 160, 153
UCS_ONE, UCS_MORE = 70, 67

_FRENCH_GAP = re.compile(r"(?<=«)\s|\s(?=»)")
_PLAIN: dict[str, str | int | None] = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "…": "...",
    "\u00a0": " ",
    "\u202f": " ",
}


def gsm_text(text: str) -> str:
    """Typographic marks as the plain ones every handset has; letters stay as they are.

    >>> gsm_text("“Rye” – today…")
    '"Rye" - today...'
    """
    return _FRENCH_GAP.sub("", text).translate(str.maketrans(_PLAIN))


def sms_parts(text: str) -> int:
    """In how many parts a text is sent (3GPP TS 23.038 and 23.040); an empty text is none.

    >>> sms_parts("a" * 160), sms_parts("a" * 161), sms_parts("ł" * 71)
    (1, 2, 2)
    """
    if all(each in GSM_BASIC or each in GSM_EXTENDED for each in text):
        units = sum(2 if each in GSM_EXTENDED else 1 for each in text)
        one, more = GSM_ONE, GSM_MORE
    else:
        units = len(text.encode("utf-16-le")) // 2
        one, more = UCS_ONE, UCS_MORE
    return (1 if units else 0) if units <= one else -(-units // more)
