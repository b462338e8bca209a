"""What a message must not say of its reader: sensitive attributes, and knowing too much."""

import re
from collections.abc import Iterator

from copilot.campaigns.check.finding import Case, Text
from copilot.campaigns.check.lexicon import words
from copilot.campaigns.check.placeholders import TAG
from copilot.records import Finding


def privacy(text: Text, case: Case) -> Iterator[Finding]:
    """Blocks sentences that betray watching, and sensitive attributes, whoever they are said of:
    a message chosen for its reader implies them of its reader."""
    for found in words(*case.lex.creepy).finditer(text.unknown):
        yield text.block(
            "privacy.creepy",
            found.start(),
            found.end(),
            f"“{found[0]}” tells the reader that they are watched.",
            origin="privacy: GDPR article 5, purpose and fairness",
            fix="Say what is on offer, not what the reader did.",
        )
    for found in TAG.finditer(text.source):
        for field in {*re.findall(r"\w+", found[0])} & {*case.assignment.withheld}:
            yield text.block(
                "privacy.field",
                found.start(),
                found.end(),
                f"“{field}” may not be named in copy.",
                origin="the business's own decision about its fields",
                fix="Leave it out, or allow it: marketing-copilot customers fields"
                f" --set {field}=mention",
            )
    for found in words(*case.lex.sensitive).finditer(text.unknown):
        if set(re.findall(r"\w+", found[0])) <= case.offered:
            continue
        yield text.block(
            "privacy.sensitive",
            found.start(),
            found.end(),
            f"“{found[0]}” says or implies something private about the reader.",
            origin="privacy: GDPR article 9, special categories",
            fix="Leave it out.",
        )
