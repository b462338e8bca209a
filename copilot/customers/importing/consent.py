"""Consent hidden in a customer file's columns: which column speaks of which channel, and how.

Unknown is not yes: only words that say yes become "yes", "not opted out" is no consent, and
anything not understood becomes no row at all and a warning.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from copilot.customers.importing.expressions import quoted
from copilot.customers.importing.headers import plain

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Kind = Literal["consent", "optout"]
CHANNELS = ("email", "sms", "whatsapp", "push", "phone", "post")

_CHANNEL = (
    ("whatsapp", r"whats ?app"),
    ("push", r"push"),
    ("sms", r"sms|text(ing)?( messages?)?|mms"),
    ("phone", r"phone|call|calls|telefon|telephone|telefono|anruf"),
    ("post", r"post|postal|direct mail|brief|courrier|correo postal|letter|snail mail"),
    ("email", r"e ?mails?|mailing|newsletter|courriel|correo( electronico)?"),
)
_NO = (
    r"opt(ed)? ?out|optout|has opted out|unsubscribed?|unsub|do not|dont|dnc|no marketing"
    r"|abgemeldet|widerspruch|widersprochen|werbesperre|desabonne|desinscrit|baja|refus"
)
_YES = (
    r"consent|opt(ed)? ?in|optin|accepts?|accepted|subscribed|subscription|subscriber status"
    r"|marketing|einwilligung|zustimmung|erlaubt|erlaubnis|werbeeinwilligung|consentement|accepte"
    r"|consentimiento|acepta|permission|permitted|allowed|newsletter|mailing list|zgoda|suscrito"
    r"|abonne|toestemming|ingeschreven|consenso|iscritto|consentimento|aceita|inscrito|zapisany"
)
_TIME = r"time|timestamp|date|at|datum|fecha|zeitpunkt|le|am"

_YES_WORDS = (
    "yes y true t 1 ja j oui o si s sim tak wahr vrai verdadero subscribed opt-in optin opted-in"
    " granted given active confirmed accepted allowed on x ✓ ✔ checked agreed enabled opt_in"
    " opted_in einverstanden aktiv angemeldet inscrit suscrito abonniert member iscritto inscrito"
    " ingeschreven aangemeld zapisany zgoda acepto accepte accetto aceito akkoord"
)
_NO_WORDS = (
    "no n false f 0 nein non nie falsch faux falso unsubscribed opt-out optout opted-out denied"
    " revoked withdrawn refused declined rejected off inactive disabled cleaned bounced suppressed"
    " opt_out opted_out abgemeldet widerrufen inaktiv blocked archived nee não nao afgemeld"
    " uitgeschreven disiscritto cancelado wypisany desinscrit désinscrit baja fałsz"
)
_UNSAID_WORDS = (
    "unknown pending never_subscribed not_subscribed unset nonsubscribed non-subscribed"
    " transactional invited undefined"
)
YES = frozenset(_YES_WORDS.split()) | {
    "opted in",
    "sí",
    "ok",
    "opt in",
    "double opt-in",
    "single opt-in",
    "1.0",
}
NO = frozenset(_NO_WORDS.split()) | {"opted out", "opt out", "0.0", "do not contact"}
UNSAID = frozenset(_UNSAID_WORDS.split()) | {"never subscribed", "not subscribed", "not set"}

_CHANNEL_WORDS = {
    **{channel: channel for channel in CHANNELS},
    **dict.fromkeys(("e-mail", "mail", "newsletter", "emails", "courriel", "correo"), "email"),
    **dict.fromkeys(("text", "txt", "mobile", "text message", "mms", "handy"), "sms"),
    **dict.fromkeys(("whats app", "wa"), "whatsapp"),
    **dict.fromkeys(("call", "telephone", "telefon", "tel", "voice"), "phone"),
    **dict.fromkeys(("direct mail", "letter", "postal", "brief", "print", "flyer"), "post"),
    **dict.fromkeys(("app", "push notification", "web push"), "push"),
}


def channel_of(word: str) -> str | None:
    """The canonical channel a word names, None for an unknown one."""
    return _CHANNEL_WORDS.get(word.strip().lower())


def consent_field(header: str) -> str | None:
    """`consent.<channel>`, `consent.<channel>.at` or `optout.<channel>`; None for other columns.

    >>> consent_field("Accepts Email Marketing"), consent_field("HasOptedOutOfEmail")
    ('consent.email', 'optout.email')
    """
    words = plain(header)
    if words in {"optin time", "confirm time", "opt in time", "unsub time"}:
        return "consent.email.at"
    channel = next((name for name, w in _CHANNEL if re.search(rf"\b({w})\b", words)), None)
    negative = re.search(rf"\b({_NO})\b", words)
    positive = re.search(rf"\b({_YES})\b", words)
    if channel is None:
        general = {"accepts marketing", "marketing consent", "opt in", "marketing opt in"}
        channel = "email" if words in general else None
    if channel is None or not (negative or positive):
        return None
    if re.search(rf"\b({_TIME})$", words):
        return None if negative else f"consent.{channel}.at"
    return f"optout.{channel}" if negative else f"consent.{channel}"


def implied_by(name: str, header: Sequence[str]) -> str | None:
    """What a file's own name says of everybody in it: "yes", "no" or None.

    Mailchimp writes one file a status: `subscribed_…`, `unsubscribed_…`, `cleaned_…`.
    """
    if not {"member rating", "optin time"} <= {plain(column) for column in header}:
        return None
    first = plain(name).split(" ")[0]
    return {"subscribed": "yes", "unsubscribed": "no", "cleaned": "no"}.get(first)


def is_consent_field(field: str) -> bool:
    """Whether a mapping's target is one of the forms above, with a known channel."""
    kind, _, rest = field.partition(".")
    channel, _, tail = rest.partition(".")
    if kind == "optout":
        return channel in CHANNELS and not tail
    return kind == "consent" and channel in CHANNELS and tail in {"", "at"}


def status_sql(value: str) -> str:
    """SQL giving 'yes', 'no', 'unknown' (said to be) or NULL (not understood) for a text."""
    word = f"lower({value})"
    return (
        f"CASE WHEN {word} IN ({_listed(YES)}) THEN 'yes'"
        f" WHEN {word} IN ({_listed(NO)}) THEN 'no'"
        f" WHEN {word} IN ({_listed(UNSAID)}) THEN 'unknown' END"
    )


def collect(
    con: "DuckDBPyConnection",
    columns: dict[str, str],
    *,
    source: str,
    mdy: bool,
    implied: str | None = None,
) -> list[str]:
    """Fill `consents_found(customer_id, channel, status, source, at)` from the kept customers.

    `columns` maps consent fields to staged columns. A date in a consent column means yes, at
    that date. `implied` ("yes" or "no") is what the file itself says of every e-mail address in
    it, where no column does. Returns warnings for values that were not understood.
    """
    con.execute(
        "CREATE OR REPLACE TABLE consents_found (customer_id VARCHAR, channel VARCHAR,"
        ' status VARCHAR, source VARCHAR, "at" TIMESTAMP)'
    )
    warnings = []
    for channel in CHANNELS:
        said = columns.get(f"consent.{channel}")
        whole = implied if channel == "email" else None
        against = columns.get(f"optout.{channel}")
        time = columns.get(f"consent.{channel}.at")
        if said is None and against is None and whole is None:
            if time is not None:
                warnings.append(
                    f"A time of {channel} consent without a column that says yes or no is no"
                    f" consent; map it to consent.{channel} if a time there means yes."
                )
            continue
        warnings += _collect_channel(con, channel, (said, against, time), source, mdy, whole)
    return warnings


def _collect_channel(
    con: "DuckDBPyConnection",
    channel: str,
    columns: tuple[str | None, str | None, str | None],
    source: str,
    mdy: bool,
    whole: str | None,
) -> list[str]:
    said, against, time = (f"r.{column}" if column else "NULL" for column in columns)
    if columns[0] is None and whole:
        said = quoted(whole)
    moment = f"moment_of({said}, {str(mdy).lower()})" if columns[0] else "NULL::TIMESTAMP"
    at = f"moment_of({time}, {str(mdy).lower()})" if columns[2] else "NULL::TIMESTAMP"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE said AS SELECT t.customer_id,"  # noqa: S608 - staged column names
        f" {said} AS word, CASE WHEN {status_sql(against)} = 'yes' THEN 'no' END AS refused,"
        f" coalesce({status_sql(said)}, CASE WHEN {moment} IS NOT NULL THEN 'yes' END) AS status,"
        f' coalesce({at}, CASE WHEN {status_sql(said)} IS NULL THEN {moment} END) AS "at"'
        " FROM typed t JOIN cells r USING (row) WHERE t.reject_reason IS NULL"
    )
    con.execute(
        f"INSERT INTO consents_found SELECT customer_id, '{channel}', coalesce(refused, status),"  # noqa: S608
        f" {quoted(source)}, \"at\" FROM said WHERE coalesce(refused, status) IN ('yes', 'no')"
    )
    odd = con.execute(
        "SELECT word, count(*) FROM said WHERE word IS NOT NULL AND status IS NULL"
        " AND refused IS NULL GROUP BY word ORDER BY count(*) DESC, word"
    ).fetchall()
    if not odd:
        return []
    shown = ", ".join(repr(word) for word, _ in odd[:3])
    total = sum(count for _, count in odd)
    return [f"{total} values of {channel} consent were not understood ({shown}); no consent."]


def _listed(words: frozenset[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))
