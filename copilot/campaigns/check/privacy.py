"""What a message must not say of its reader: sensitive attributes, and knowing too much."""

import re
from collections.abc import Iterator

from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.lexicon import words
from copilot.records import Finding

_READER = {
    "en": r"you|your|yours|yourself|as an?|for (?:all )?our|fellow|like you|dear|reader",
    "de": r"sie|ihr\w{0,2}|ihnen|du|dein\w{0,2}|dir|dich|euch|euer|eure\w?|als|fur (?:alle )?unsere",
    "fr": r"vous|votre|vos|toi|tu|ton|ta|tes|en tant que|pour nos",
    "es": r"usted\w?|tu|tus|te|ti|su|sus|vosotros|vuestr\w+|como|para nuestr\w+",
}
_STOPS = re.compile(r"[.!?\n]")


def privacy(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks sensitive attributes beside the reader, and sentences that betray watching."""
    for found in words(*case.lex.creepy).finditer(text.rest):
        yield text.block(
            "privacy.creepy",
            found.start(),
            found.end(),
            f"“{found[0]}” tells the reader that they are watched.",
            origin="privacy: GDPR article 5, purpose and fairness",
            fix="Say what is on offer, not what the reader did.",
        )
    for found in words(*case.lex.sensitive).finditer(text.rest):
        if not _concerns_reader(text, found, case):
            continue
        yield text.block(
            "privacy.sensitive",
            found.start(),
            found.end(),
            f"“{found[0]}” says or implies something private about the reader.",
            origin="privacy: GDPR article 9, special categories",
            fix="Leave it out.",
        )


def _concerns_reader(text: Text, found: re.Match[str], case: Case) -> bool:
    """Beside a word for the reader in its sentence, and not a name the brief uses."""
    if set(re.findall(r"\w+", found[0])) <= case.vocabulary:
        return False
    before = [stop.end() for stop in _STOPS.finditer(text.low, 0, found.start())]
    start = before[-1] if before else 0
    after = _STOPS.search(text.low, found.end())
    sentence = text.low[start : after.start() if after else len(text.low)]
    return bool(words(_READER[case.lex.language]).search(sentence))
