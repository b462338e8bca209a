"""Records of the campaigns column: brief and brand in, facts, drafts and findings out."""

import datetime as dt
from typing import Literal

from pydantic import Field

from copilot.records.base import Record
from copilot.records.customers import OverIndex, Store

Channel = Literal["email", "sms", "whatsapp", "push", "rsa", "social", "flyer", "letter"]
Level = Literal["mass", "segment", "local", "individual"]
Method = Literal["modular", "bespoke"]
Language = Literal["en", "de", "fr", "es"]
Formality = Literal["informal", "formal"]
Emoji = Literal["never", "sparing", "free"]
Status = Literal["held", "in_review", "passed", "approved", "rejected", "exported"]
Part = Literal["subject", "preheader", "body", "html"]
FactKind = Literal[
    "brand",
    "discount",
    "price",
    "code",
    "date",
    "time",
    "terms",
    "url",
    "email",
    "phone",
    "address",
    "place",
    "product",
    "category",
    "person",
    "claim",
    "statement",
    "number",
    "call_to_action",
    "required",
]


class Offer(Record):
    text: str
    code: str | None = None
    starts: dt.date | None = None
    ends: dt.date | None = None
    terms: str | None = None


class CallToAction(Record):
    text: str
    url: str | None = None


class SubstantiatedClaim(Record):
    """A claim the brand can prove. Past `until`, or outside `places`, it is not substantiated."""

    text: str
    evidence: str
    until: dt.date | None = None
    places: tuple[str, ...] = Field(default=(), description="localities; empty: everywhere")
    translations: dict[Language, str] = Field(default_factory=dict)


class Voice(Record):
    traits: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


class LocalBrand(Record):
    """What one locality says in another way; whatever is not given stays the brand's own."""

    sender: str | None = None
    address: str | None = None
    website: str | None = None
    reply_to: str | None = None
    phone: str | None = None
    voice: Voice | None = None
    formality: dict[Language, Formality] = Field(default_factory=dict)
    emoji: Emoji | None = None
    banned: tuple[str, ...] = Field(default=(), description="beside the brand's")
    required: dict[str, str] = Field(default_factory=dict, description="channel to its line here")
    claims: tuple[SubstantiatedClaim, ...] = Field(default=(), description="beside the brand's")
    facts: tuple[str, ...] = Field(default=(), description="what may be said here only")
    exemplars: tuple[str, ...] = Field(default=(), description="instead of the brand's")


class BrandKit(Record):
    """Who speaks: names, sender block, voice, banned and required words, substantiated claims."""

    name: str
    legal_name: str | None = None
    sender: str | None = Field(default=None, description="the From name; else the brand's name")
    address: str | None = None
    website: str | None = None
    unsubscribe_url: str | None = None
    reply_to: str | None = None
    phone: str | None = None
    country: str | None = Field(
        default=None, description="ISO 3166 code whose law applies; else read from the address"
    )
    voice: Voice = Voice()
    formality: dict[Language, Formality] = Field(
        default_factory=dict, description="du or Sie, tu or vous, tú or usted; informal if unsaid"
    )
    emoji: Emoji = "sparing"
    banned: tuple[str, ...] = ()
    preferred: dict[str, str] = Field(
        default_factory=dict, description="a word not to use, to the brand's own word for it"
    )
    required: dict[str, str] = Field(default_factory=dict, description="channel to a line it needs")
    claims: tuple[SubstantiatedClaim, ...] = ()
    exemplars: tuple[str, ...] = ()
    drift_budget: float | None = Field(
        default=None, ge=0, le=1, description="drafts further than this from the exemplars are held"
    )
    localities: dict[str, LocalBrand] = Field(default_factory=dict)
    review: Literal["required", "optional"] = "required"
    reviewers: tuple[str, ...] = Field(
        default=(), description="who may approve, and never their own edits; empty: anybody"
    )


class Translation(Record):
    """A brief's own texts in another of its languages, given by whoever wrote the brief."""

    offer: str | None = None
    terms: str | None = None
    facts: tuple[str, ...] = ()
    call_to_action: str | None = None


class Brief(Record):
    """What a campaign is to say, to whom, where, and how fine to go."""

    name: str
    brand: BrandKit
    goal: str = ""
    offer: Offer | None = None
    facts: tuple[str, ...] = ()
    call_to_action: CallToAction | None = None
    channels: tuple[Channel, ...] = ("email",)
    languages: tuple[Language | Literal["local"], ...] = ("en",)
    audience: str = ""
    level: Level = "mass"
    by: str | None = Field(default=None, description="region, city, neighbourhood, postcode, store")
    method: Method = "modular"
    tone: str | None = None
    variants: int = Field(default=1, ge=1, le=5)
    holdout: float = Field(
        default=0.0, ge=0, le=0.5, description="share of the audience that is not written to"
    )
    translations: dict[Language, Translation] = Field(default_factory=dict)


class Understanding(Record):
    """A chat message read as a brief: what was understood, assumed, and is still missing."""

    brief: Brief | None
    understood: tuple[str, ...]
    assumed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Fact(Record):
    """Something a draft may state, and where it comes from (`brief.offer.code`, a data cell)."""

    id: str
    kind: FactKind
    text: str = Field(description="as it may be written")
    value: str = Field(description="canonical form compared with what a draft says")
    origin: str


class Unit(Record):
    """Whom one draft is for: the whole audience, a segment, a locality, or a combination class.

    Only group-level facts: what is here may reach a model. `mention` facts come from the data
    and may be named in copy; the counts may be used, never mentioned.
    """

    level: Level
    name: str
    place: str = Field(default="", description="the locality's name, when the unit is one")
    customers: int
    top: tuple[OverIndex, ...] = ()
    stores: tuple[Store, ...] = ()
    language: str | None = None
    category: str | None = Field(default=None, description="individual level: affinity category")
    product: str | None = Field(default=None, description="individual level: affinity product")
    segment: str = Field(
        default="", description="individual level: life-cycle stage; used, never mentioned"
    )
    index: int | None = Field(
        default=None, description="position in the plan; neighbours are worded differently"
    )


class Assignment(Record):
    """Everything a writer and the checks are given for one message; nothing personal."""

    brief: Brief
    unit: Unit
    channel: Channel
    language: Language
    variant: str = "A"
    facts: tuple[Fact, ...]
    other_places: tuple[str, ...] = Field(
        default=(), description="localities this message is not for; naming one blocks it"
    )
    known_products: tuple[str, ...] = Field(
        default=(), description="all product and category names of the business"
    )
    known_stores: tuple[str, ...] = Field(default=(), description="all store names")
    withheld: tuple[str, ...] = Field(
        default=(), description="the customer's fields that copy may not name"
    )
    today: dt.date


class Message(Record):
    """What a writer wrote. `slots`: merge field to the fallback used when a customer lacks it."""

    subject: str = ""
    preheader: str = ""
    body: str
    html: str = ""
    slots: dict[str, str] = Field(default_factory=dict)


class FactUse(Record):
    """A span of a draft and the fact it resolved to; offsets are characters in `part`."""

    part: Part
    start: int
    end: int
    text: str
    fact_id: str
    kind: FactKind
    origin: str


class Finding(Record):
    """What a check found: `block` holds the draft, `warn` is advice."""

    rule: str
    severity: Literal["block", "warn"]
    text: str = Field(description="the span as written, empty when something is missing")
    part: Part = "body"
    start: int = 0
    end: int = 0
    message: str
    source: str = Field(description="where the rule comes from: law, channel, brand kit, brief")
    fix: str = ""


class CheckReport(Record):
    passed: bool
    findings: tuple[Finding, ...]
    facts: tuple[FactUse, ...] = ()


class Draft(Record):
    """One checked message with every fact it uses and where each came from."""

    draft_id: str
    campaign: str
    level: Level
    unit: str
    channel: Channel
    language: Language
    variant: str
    message: Message
    facts: tuple[FactUse, ...]
    findings: tuple[Finding, ...] = ()
    writer: Literal["composer", "model"] = "composer"
    fallback: str | None = Field(
        default=None, description="why the model's draft was dropped for the composer's"
    )
    prompt_hash: str = ""
    model: str = "offline"
    modules: tuple[str, ...] = Field(default=(), description="ids, when put together of modules")
    status: Status


class DraftReport(Record):
    campaign: str
    level: Level
    method: Method | None
    units: int
    drafts: int
    passed: int
    held: int
    skipped: dict[str, int]
    failures: dict[str, str] = Field(
        default_factory=dict, description="why a message could not be drafted, by unit and channel"
    )
    run_id: str = Field(default="", description="under which the drafts are kept; empty: none are")
    out: str | None
    held_file: str | None
    cost_usd: float | None
    model: str
    elapsed_ms: int
    warnings: tuple[str, ...] = ()
    preview: tuple[Draft, ...] = ()
