"""The phrases of questions about the data: what is measured, grouped, ranked and required."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from copilot.customers.questions.periods import Period
from copilot.customers.questions.values import Value
from copilot.customers.questions.words import BASKETS, BUY, CUSTOMERS, DIMENSIONS, NUMBER

Measure = Literal[
    "customers",
    "share",
    "revenue_share",
    "revenue",
    "units",
    "baskets",
    "average_basket",
    "items_per_basket",
    "spend_per_customer",
    "baskets_per_customer",
    "response_rate",
    "responses",
    "responders",
    "last_date",
    "first_date",
    "over_index",
    "count",
    "median_basket",
    "largest_basket",
    "smallest_basket",
    "median_spend",
    "average_age",
    "repeat_rate",
]
Comparison = Literal[">=", ">", "<=", "<", "="]
Status = Literal["yes", "no", "unknown", "not yes"]


Cohort = Literal["", "first", "returning"]
TIME_GROUPS = ("month", "week", "quarter", "year")
LINE_GROUPS = ("store", "product", "category", "brand", *TIME_GROUPS, "weekday", "hour", "daypart")
# Figures of single baskets: of a whole one, whatever else it holds.
OF_BASKETS = (
    "average_basket",
    "items_per_basket",
    "median_basket",
    "largest_basket",
    "smallest_basket",
)
# How something was said, not what: two queries that differ only here ask the same.
HINTS = frozenset(
    ("place_is_base", "ordered", "bare", "sized", "people", "of_buyers", "buyers", "doubt")
) | {"item_customers", "joined_by_and", "against", "base_first", "notes", "today"}


@dataclass
class Asked:
    """A question as a typed query.

    `rank` is 1 for most first and -1 for least first. `also` are further things each customer
    must have bought, `without` what they must not have; `not_in` a period without a purchase.
    `against` is the other half of a comparison, the earlier one first when `base_first`.
    """

    measure: Measure | None = None
    dimensions: list[str] = field(default_factory=list)
    counted: str = ""
    values: list[Value] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    period: Period | None = None
    weekday: int | None = None
    rank: int = 0
    limit: int | None = None
    bought: bool = False
    never: bool = False
    times: tuple[Comparison, int] | None = None
    spent: tuple[Comparison, float] | None = None
    consent: list[tuple[str, Status]] = field(default_factory=list)
    has: list[tuple[str, bool]] = field(default_factory=list)
    joined_by_and: bool = False
    place_is_base: bool = False
    ordered: bool = False
    bare: bool = False
    sized: bool = False
    reach: list[str] = field(default_factory=list)
    people: bool = False
    of_buyers: bool = False
    buyers: bool = False
    item_customers: bool = False
    doubt: str = ""
    without: list[Value] = field(default_factory=list)
    also: list[Value] = field(default_factory=list)
    not_in: Period | None = None
    spent_to: float | None = None
    no_languages: bool = False
    segments: list[tuple[str, str]] = field(default_factory=list)
    ages: list[tuple[Comparison, int]] = field(default_factory=list)
    birth_month: int | None = None
    joined: bool = False
    joined_in: Period | None = None
    today: dt.date | None = None
    cohort: Cohort = ""
    last_before: dt.date | None = None
    hours: tuple[int, int] | None = None
    weekend: bool | None = None
    against: "Asked | None" = None
    base_first: bool = False
    notes: list[str] = field(default_factory=list)

    def of(self, *fields: str) -> list[Value]:
        """The names of these fields that the question restricts the data to."""
        return [value for value in self.values if value.field in fields]


MANY = r"(?:how many|number of|count of|count)"
MINE = (
    r"(?:different |distinct |unique |of |our |the |all |my |total |overall |VALUE\d+ |LANGUAGE )*"
)
PLAIN = r"(?:of |our |the |all |my |VALUE\d+ )*"
ITEMS = "items|units|pieces"
PERSON = "customer|buyer|head|person|shopper"
OCCASION = "basket|order|visit|transaction|purchase"
SPENDING = "revenue|sales|spend|spending|turnover"
BASKET = rf"(?:{OCCASION})(?: (?:value|size|total|amount))?"
MEASURES: tuple[tuple[Measure, str], ...] = (
    ("median_basket", rf"(?:the )?median (?:{BASKET})"),
    (
        "median_spend",
        rf"(?:the )?median (?:{SPENDING})(?: per (?:{PERSON}))?|(?:the )?median customer spend",
    ),
    (
        "average_age",
        rf"(?:the )?(?:average|mean) age(?: of {MINE}(?:{CUSTOMERS}))?"
        rf"|how old (?:is|are) {MINE}(?:the average )?(?:{CUSTOMERS})(?: on average)?",
    ),
    (
        "repeat_rate",
        r"(?:customer )?(?:repeat|repurchase)(?: purchase| customer| buyer| buying)? rates?"
        r"|repurchase rates?",
    ),
    (
        "average_basket",
        rf"(?:the )?(?:average|mean) (?:basket|order|transaction|ticket|purchase)"
        rf"(?: value| size)?|aov|(?:basket|order) value"
        rf"|(?:average |mean )?(?:{SPENDING}) per (?:{OCCASION})"
        rf"|(?:what|how much) does (?:an |the |our )?average customer spend per (?:{OCCASION})",
    ),
    (
        "items_per_basket",
        rf"(?:average |mean )?(?:number of |how many )?(?:{ITEMS}) per (?:{OCCASION})",
    ),
    (
        "spend_per_customer",
        rf"(?:average |mean )?(?:{SPENDING}) per (?:{PERSON})|(?:average|mean) (?:customer )?spend"
        rf"|how much does (?:an |the |our )?average customer spend"
        rf"|how much do (?:our )?customers spend on average",
    ),
    (
        "baskets_per_customer",
        rf"(?:average |mean )?(?:number of |how many )?(?:average )?(?:{BASKETS}) per (?:{PERSON})"
        r"|how often (?:do|does) (?:our )?(?:customers|people|the average customer|a customer)"
        r" (?:buy|shop|order|visit)(?: on average)?|purchase frequency",
    ),
    ("response_rate", r"(?:average )?response rates?"),
    ("responders", rf"{MANY} {MINE}(?:{CUSTOMERS}) (?:have )?(?:responded|replied)"),
    ("responses", rf"{MANY} {MINE}responses|responses"),
    (
        "last_date",
        r"when (?:was|is) (?:the |our )?(?:last|latest|most recent)"
        r" (?:sale|order|purchase|transaction|basket)|when did we last sell",
    ),
    (
        "first_date",
        r"when (?:was|is) (?:the |our )?(?:first|earliest)"
        r" (?:sale|order|purchase|transaction|basket)|when did we first sell",
    ),
    (
        "over_index",
        r"over ?index(?:es|ed|ing)?(?: most)?(?: the most)?(?: on| for| in)?",
    ),
    (
        "share",
        rf"(?:share|percentage|percent|proportion|fraction) of {MINE}(?:{CUSTOMERS})",
    ),
    (
        "revenue_share",
        rf"(?:share|percentage|percent|proportion|fraction) of {MINE}(?:revenue|sales|turnover)"
        rf"|(?:revenue|sales|turnover) share"
        r"|share of VALUE\d+ in (?:our |the |total )*(?:revenue|sales|turnover)",
    ),
    (
        "customers",
        rf"{MANY} {MINE}(?:{CUSTOMERS})|{MANY}(?: of them)?(?= (?:{BUY}) VALUE\d+ )"
        rf"|(?:customer|buyer|people) (?:count|numbers?)",
    ),
    ("baskets", rf"{MANY} {MINE}(?:{BASKETS}|sales)|order (?:count|numbers?)"),
    (
        "units",
        rf"{MANY} {PLAIN}(?:{ITEMS}|products)(?: were| have been| did we| have we)? (?:sold|sell)"
        rf"|(?:{ITEMS})(?= (?:of )?VALUE\d+ sold )"
        rf"|(?:{ITEMS}|quantity|quantities) sold|quantity|quantities"
        rf"|{MANY} {PLAIN}(?:{ITEMS}|products) did(?= .* buy )",
    ),
)
_LARGEST = "largest|biggest|highest|maximum|max|most expensive"
_SMALLEST = "smallest|lowest|minimum|min|cheapest"
ONE_BASKET = rf"(?:{_LARGEST}|{_SMALLEST}) (?:single )?(?:{BASKET})"
BASKET_MEASURES: tuple[tuple[Measure, str], ...] = (
    ("largest_basket", rf"(?:the )?(?:{_LARGEST}) (?:single )?(?:{BASKET})"),
    ("smallest_basket", rf"(?:the )?(?:{_SMALLEST}) (?:single )?(?:{BASKET})"),
)
# Asked only when nothing above was.
LATE_MEASURES: tuple[tuple[Measure, str], ...] = (
    (
        "units",
        rf"{MANY} {PLAIN}VALUE\d+(?! do we)"
        r"(?= (?:.* )?(?:sold|sell|sells|bought|buy|ordered|purchased|shifted) )",
    ),
    (
        "revenue",
        r"how much(?: money)?(?! VALUE)"
        r"(?=(?: \S+)* (?:sell|sold|take|taken|took|earn|earned|made|make|spend|spent) )"
        r"|how much money(?= (?:came|has come) in )"
        r"|what(?= did we (?:earn|make|take|turn over) )",
    ),
    ("revenue", r"revenue|sales|turnover|takings"),
    ("units", ITEMS),
)
RANKED_MEASURES: tuple[tuple[Measure, int, str], ...] = (
    ("units", 1, r"best selling|bestselling|top selling|most popular|most sold|sells? best"),
    ("units", 1, r"(?:best|top) sellers?|bestsellers?"),
    ("units", -1, r"worst sellers?"),
    ("units", 1, r"(?:sells?|sold|buys?|bought|orders|ordered) (?:the )?most|most bought"),
    ("units", -1, r"worst selling|least popular|least sold|sells? worst|slowest selling"),
    ("units", -1, r"(?:sells?|sold|buys?|bought) (?:the )?(?:least|fewest)"),
    (
        "revenue",
        1,
        r"(?:earns?|earned|brings? in|brought in) (?:us )?(?:the )?most"
        r"(?: money| revenue| sales)?",
    ),
    ("revenue", 1, r"(?:made|makes?|took|takes?) (?:us )?(?:the )?most (?:money|revenue)"),
    ("revenue", 1, r"spends? (?:the )?most(?: on)?|spent (?:the )?most(?: on)?"),
    ("revenue", -1, r"spends? (?:the )?least(?: on)?|spent (?:the )?least(?: on)?"),
    ("baskets", 1, "busiest"),
    ("baskets", -1, "quietest"),
)
MOST = "most|highest|biggest|largest|greatest|best|top"
LEAST = "least|lowest|smallest|fewest|worst|bottom"
SIZES = "biggest|largest|greatest|smallest|highest|lowest"
NOUNS: tuple[tuple[Measure, str], ...] = (
    ("customers", CUSTOMERS),
    ("baskets", BASKETS),
    ("revenue", "revenue|sales|turnover|takings"),
    ("units", f"{ITEMS}|quantity|units sold|items sold"),
)
GROUPED = (
    r"(?:by|per|for each|for every|in each|in every|at each|each|across|split by|broken down by)"
)
NEVER = (
    r"(?:have not|has not|havent|hasnt|have never|did not|didnt|do not|dont|not|never)"
    r"(?: yet| ever)?"
    r" (?:bought|buy|ordered|order|purchased|purchase|shopped|shop|visited|visit)"
    r"(?: anything| from us| with us| again| here)*"
    r"|(?:without|with no|have no|made no) (?:a |any )?(?:purchase|purchases|order|orders)"
    r"|(?:have|has)? ?(?:we |you )?not (?:been )?seen|(?:have been |has been |been )?inactive"
)
DURATION = (
    rf"(?:for|in|within) (?:the )?(?:over |more than |at least )?(?P<n>{NUMBER})"
    r" (?P<unit>days|weeks|months|years)"
)
OCCASIONS = "times|time|orders|purchases|visits|baskets|occasions"
COMPARISONS: tuple[tuple[Comparison, str], ...] = (
    (">=", "at least|a minimum of|no fewer than|not less than"),
    (">", "more than|over|above"),
    ("<=", "at most|no more than|a maximum of"),
    ("<", "fewer than|less than|under|below"),
    ("=", "exactly|only|just"),
)
CHANNELS = {
    "email": "email|emails|e mail|e mails|mail",
    "sms": "sms|text|texts|text messages",
    "whatsapp": "whatsapp",
    "push": "push|push notifications|app notifications",
}
CHANNEL = "|".join(CHANNELS.values())
TWO_CHANNELS = rf"(?P<a>{CHANNEL}) and (?P<b>{CHANNEL}) consent"
CONSENTS: tuple[tuple[Status, str], ...] = (
    ("unknown", rf"(?:with |have )?(?:an )?unknown (?P<a>{CHANNEL}) consent"),
    (
        "no",
        rf"(?:who )?(?:have )?(?:refused|declined) (?:(?P<a>{CHANNEL})(?: consent)?"
        rf"|consent (?:to|for|by) (?P<b>{CHANNEL}))|(?:have )?opted out of (?P<c>{CHANNEL})",
    ),
    (
        "not yes",
        rf"(?:without|with no|have no|no|not given|have not given) (?:(?P<a>{CHANNEL}) consent"
        rf"|consent (?:to|for|by|on) (?P<b>{CHANNEL}))",
    ),
    (
        "yes",
        rf"(?:with |have |has |gave |given |have given )?(?:their )?(?:(?P<a>{CHANNEL}) consent"
        rf"|consent (?:to|for|by|on) (?P<b>{CHANNEL}))"
        rf"|(?:have )?(?:consented|agreed|opted in|opted into|said yes) ?(?:to |for )?"
        rf"(?:receive |receiving |be contacted by )?(?P<c>{CHANNEL})",
    ),
)
REACH = (
    rf"(?:can|may|could) (?:we|i) (?:send (?:an? )?)?(?P<a>{CHANNEL})(?: to)?"
    rf"|(?:can|may|could) (?:we|i) (?:reach|contact|write to|message) (?:by|on|via)"
    rf" (?P<b>{CHANNEL})"
    rf"|(?:can|may|could) be (?:reached|contacted|messaged) (?:by|on|via|over) (?P<c>{CHANNEL})"
    rf"|(?:are )?(?:reachable|contactable) (?:by|on|via|over) (?P<d>{CHANNEL})"
)
REPEAT = rf"(?:repeat|returning)(?= (?:{CUSTOMERS}))"
ONCE = rf"(?:one time|one off|single purchase)(?= (?:{CUSTOMERS}))"
FIRST = (
    rf"(?:first time|new)(?= (?:{CUSTOMERS}))|(?:bought|ordered|shopped|purchased)"
    r"(?: from us| with us| here)? for the first time"
    r"|(?:made|placed) their first (?:purchase|order)"
)
JOINED = r"(?:have )?(?:joined|signed up|registered|subscribed)(?: up| us| with us)*"
SEGMENTS = {
    "champions": "champions|champion",
    "loyal": "loyal",
    "promising": "promising",
    "needs attention": "need attention|needs attention|needing attention",
    "at risk": "at risk",
    "lapsed": "lapsed",
    "new": "new",
    "cooling": "cooling|cooling off",
    "active": "active",
}
RFM_ONLY = ("champions", "loyal", "promising", "needs attention")
SEGMENT_NOUN = "(?:rfm |customer )?segment"
STAGE_NOUN = "(?:life ?cycle |customer )?stage|life ?cycle"
DAYPARTS = {
    (0, 12): "mornings?",
    (12, 17): "afternoons?",
    (17, 24): "evenings?",
}
BEST_CUSTOMERS = (
    r"(?:who (?:are|is) )?(?:my |our |the )*(?:best|top|most valuable|highest spending)"
    r" (?:customers?|spenders)"
)
CONTACTS = {
    "email": "email address|email addresses|e mail address|email|emails|e mail",
    "phone": "phone number|phone numbers|mobile number|phone|phones",
}
DIMENSION = "|".join(
    sorted(("|".join(DIMENSIONS.values())).split("|"), key=lambda name: -len(name))
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BUYING = BUY
OF_BUYERS = rf"(?:who|that)(?: have| has| had)? (?:{BUY}|spent|order|shop)|buyers|shoppers|buying"
