"""How the brand speaks: its own words, du or Sie, and how many emoji."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path

from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.lexicon import words
from copilot.campaigns.check.view import MASK, folded
from copilot.records import Finding, Formality, Language
from copilot.text import shipped_yaml

_EMOJI = re.compile(
    r"(?:[\U0001F1E6-\U0001F1FF]{2}"
    r"|[\U0001F300-\U0001FAFF\u2600-\u26FF\u2702-\u27BF\u2B50\u2B55\u231A\u231B]"
    r"[\ufe0f\U0001F3FB-\U0001F3FF]*"
    r"(?:\u200d[\U0001F300-\U0001FAFF\u2600-\u27BF][\ufe0f\U0001F3FB-\U0001F3FF]*)*)"
)
_TYPE = frozenset("★☆✓✔✗✘☎✂✉✆➔➜➤❯❮☐☑✱✳✴❖")
"""Signs that print has always had."""

_MOST = {"never": 0, "sparing": 1, "free": 3}


def preferred(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks words for which the brand has a word of its own."""
    for word, own in case.assignment.brief.brand.preferred.items():
        for found in _word(word).finditer(text.low):
            yield text.block(
                "brand.preferred",
                found.start(),
                found.end(),
                f"The brand says “{own}”, not “{word}”.",
                origin=f"brand.preferred.{word}",
                fix=f"Say “{own}”.",
            )


@functools.lru_cache(maxsize=512)
def _word(word: str) -> re.Pattern[str]:
    body = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", folded(word).strip())))
    return re.compile(rf"(?<!\w){body}(?:'?s|n|en|e)?(?!\w)")


def emoji(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks more emoji than the brand's policy allows in one part: none, one, or three."""
    if text.source.isascii():
        return
    policy = case.assignment.brief.brand.emoji
    spans = [each for each in _EMOJI.finditer(text.source) if each[0][0] not in _TYPE]
    most = _MOST[policy]
    if len(spans) > most:
        start, end = spans[most].start(), spans[-1].end()
        yield Finding(
            rule="brand.emoji",
            severity="block",
            text=text.source[start:end],
            part=text.part,
            start=start,
            end=end,
            message=f"The brand's emoji policy is “{policy}”: {most or 'none'} at most.",
            source="brand.emoji",
            fix="Take them out.",
        )


def formality(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks the form of address that the brand kit rules out; where the kit says nothing, warns
    of both forms in one text."""
    language = case.lex.language
    if language == "en":
        return
    wanted = ruled = case.assignment.brief.brand.formality.get(language)
    said = {form: _forms(text, language, form) for form in _FORMS}
    if wanted is None:
        if not all(said.values()):
            return
        wanted = "informal" if len(said["informal"]) > len(said["formal"]) else "formal"
    wrong: Formality = "formal" if wanted == "informal" else "informal"
    for start, end in said[wrong]:
        find = text.block if ruled else text.warn
        yield find(
            "brand.formality",
            start,
            end,
            f"“{text.view.raw[start:end]}” is the {wrong} address; the text speaks the {wanted}.",
            origin=f"brand.formality.{language}",
            fix=f"Address readers in the {wanted} form.",
        )


_FORMS: tuple[Formality, Formality] = ("informal", "formal")


def _forms(text: Text, language: Language, form: Formality) -> list[tuple[int, int]]:
    """Where a text addresses its reader in a form; `raw:` patterns tell capitals."""
    found: list[tuple[int, int]] = []
    patterns = _address()[language][form]
    low = text.unknown
    for each in words(*patterns["low"]).finditer(low):
        found.append(each.span())
    raw = text.view.raw
    for each in re.finditer(patterns["raw"][0], raw) if patterns.get("raw") else ():
        if MASK not in low[each.start() : each.end()]:
            found.append(each.span())
    return sorted(found)


@functools.cache
def _address() -> dict[str, dict[str, dict[str, list[str]]]]:
    path = Path(__file__).parent / "lexica" / "address.yaml"
    found: dict[str, dict[str, dict[str, list[str]]]] = shipped_yaml(path)
    return found
