"""Which tool a chat message is for: a draft, a change to the draft at hand, or a question."""

import re
from typing import Literal

Tool = Literal["draft", "revise", "ask"]

_CHANNEL = r"e-?mails?|sms|texts?|whatsapps?|push|flyers?|posts?|messages?|newsletters?|campaigns?"
_DRAFT = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+|now\s+|i (?:want|need)(?: you)? to\s+)*"
    r"(?:draft|write|compose|create|prepare|send|announce|promote|schreib\w*|entwirf"
    r"|r[ée]dige\w*|[ée]cris|redacta|escribe)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    rf"\b(?:{_CHANNEL}|copy|offer|announcement|ad|customers?|neighbou?rhoods?|\d+\s?%)\b", re.I
)
_NAMED = re.compile(
    rf"^\W*(?:an?\s+|the\s+)?(?:{_CHANNEL})\b.*\b(?:about|for|on|to|with|announcing)\b", re.I
)
_OFFER = re.compile(r"\d\s?%|[£€$]\s?\d|\b(?:off|free|half price|code|offer)\b", re.I)
_REVISE = re.compile(
    r"^\W*(?:no[,:]?\s+|please\s+)?(?:make|change|use|add|set|only|also|instead|drop|with(?:out)?"
    r"|remove|rather|mention|say|until|till|before|after|from|between|on|this|next|tomorrow|today"
    r"|(?:two|three|\d) (?:versions?|variants?)|for (?:each|every|all)|one (?:per|for)"
    r"|the (?:code|offer|date|channel|terms|tone)|code|in (?:english|german|french|spanish)"
    rf"|(?:{_CHANNEL})\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"\?\s*$|^\W*(?:what|which|who|why|when|where|how|is|are|does|do)\b", re.I)


def route(message: str, *, drafting: bool = False) -> Tool:
    """The tool for a message; `drafting` says that a brief is waiting to be confirmed.

    >>> route("Draft an email for each neighbourhood about 15% off")
    'draft'
    >>> route("make it 20%", drafting=True), route("make it 20%")
    ('revise', 'ask')
    >>> route("What is local marketing?", drafting=True)
    'ask'
    """
    if _DRAFT.search(message) and _SUBJECT.search(message):
        return "draft"
    if _NAMED.search(message) and _OFFER.search(message) and not _QUESTION.search(message):
        return "draft"
    if drafting and _REVISE.search(message) and not _QUESTION.search(message):
        return "revise"
    return "ask"
