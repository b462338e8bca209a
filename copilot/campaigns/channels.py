"""What a channel can carry: the lengths that checks and merging go by."""

from typing import NamedTuple

from copilot.records import Channel, Part

HTML_CLIP = 102 * 1024
"""Bytes after which mail clients cut an email."""

SMS_PARTS_SOFT = 3


class Limit(NamedTuple):
    """Characters past which a text is warned of, past which it is held, and why."""

    soft: int
    hard: int
    why: str


LIMITS: dict[tuple[Channel, Part], Limit] = {
    ("email", "subject"): Limit(50, 150, "mail clients cut longer subjects"),
    ("email", "preheader"): Limit(100, 255, "mail clients cut longer preheaders"),
    ("push", "subject"): Limit(65, 130, "lock screens cut longer titles"),
    ("push", "body"): Limit(178, 597, "lock screens cut longer texts; Android shows 597 at most"),
    ("whatsapp", "body"): Limit(700, 1024, "a template's body holds 1024 characters"),
    ("social", "body"): Limit(500, 2200, "feeds fold longer posts; 2,200 characters at most"),
    ("letter", "body"): Limit(2500, 6000, "a letter fills a page with about 2,500 characters"),
    ("flyer", "body"): Limit(900, 3000, "a flyer holds little"),
}
