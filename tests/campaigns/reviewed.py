"""Drafts written by hand, in review, for the tests of what happens after drafting."""

import datetime as dt

from copilot.campaigns.reviewing.review import text_hash
from copilot.records import Draft, FactUse, Finding, Message, ReviewEvent

AT = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
HELLO = 'Hello {{ first_name | default: "there" }},'
BODY = f"{HELLO}\n\n15% off any loaf. The code is CRUST15.\n\nCorner Crumb, 12 Mill Lane"
LIE = Finding(
    rule="fact.discount", severity="block", text="20%", message="The offer is 15%.", source="facts"
)


def drafted(unit: str = "Headingley", body: str = BODY, **changed: object) -> Draft:
    values: dict[str, object] = {
        "draft_id": f"d-{unit}",
        "campaign": "loaves",
        "level": "local",
        "unit": unit,
        "channel": "email",
        "language": "en",
        "variant": "A",
        "message": Message(subject=f"News for {unit}", body=body),
        "facts": (),
        "status": "in_review",
    }
    return Draft.model_validate({**values, **changed})


def fact(text: str, kind: str = "claim", origin: str = "brand.claims[0]") -> FactUse:
    return FactUse.model_validate(
        {"part": "body", "start": 0, "end": len(text), "text": text, "fact_id": "f", "kind": kind,
         "origin": origin}
    )  # fmt: skip


def decided(draft: Draft, action: str = "approved", by: str = "Ann") -> ReviewEvent:
    return ReviewEvent.model_validate(
        {"draft_id": draft.draft_id, "action": action, "by": by, "at": AT,
         "text_hash": text_hash(draft.message)}
    )  # fmt: skip
