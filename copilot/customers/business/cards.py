"""Business cards: what is known of each locality, segment, product, campaign and the business.

Every figure is computed in the engine over a group of at least FEWEST_PEOPLE; no sentence tells of
one person. Names on the list of what is never suggested are left out of what groups buy.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, get_args

from copilot.customers.business import card_figures as fig
from copilot.customers.business.card_figures import FEWEST_PEOPLE
from copilot.customers.business.card_text import card, templates
from copilot.customers.places.levels import parse_level, placed
from copilot.customers.places.localities import localities
from copilot.customers.privacy import registry
from copilot.customers.profile import profile
from copilot.customers.schema import TABLES
from copilot.customers.segmenting.segments import RFM_RULES, segmented, segments
from copilot.customers.suggesting.offerable import never_words
from copilot.customers.tables import purchases
from copilot.errors import DataError
from copilot.records import UNKNOWN, Card, Locality, LocalityLevel
from copilot.text import content_id

if TYPE_CHECKING:
    from copilot.customers.engine import Engine

CARDS_VERSION = "1"
MOST_PLACES = 200  # of each level, those with most customers
MOST_ITEMS = 100  # of each kind, those that sell most
MOST_CAMPAIGNS = 200
LEVELS: tuple[LocalityLevel, ...] = tuple(x for x in get_args(LocalityLevel) if x != "country")


def cards(engine: "Engine") -> list[Card]:
    """Every card of the data as they are now; [] before anything was imported.

    What a table or field that is missing would have told is left out.
    """
    if not engine.has("transactions") or not engine.has("customers"):
        return []
    text = templates()
    dates = fig.dates(engine)
    if dates is None:
        return []
    span = {"first": dates[0], "last": dates[1]}
    found = [*_business(engine, text, span)]
    for level in LEVELS:
        found += _localities(engine, level, text, span)
    found += _segments(engine, text, span)
    for kind in ("product", "category"):
        found += _items(engine, kind, text, span)
    return [*found, *_campaigns(engine, text, span)]


def made_from(engine: "Engine") -> str:
    """Changes when the cards must be made again: data, templates, words, rules of the fields."""
    generation = engine.store.manifest().generation
    barred = sorted(name for table in TABLES for name in registry.never(engine.store, table))
    words = never_words(engine.store)
    return content_id(CARDS_VERSION, str(generation), *templates().values(), *words, "|", *barred)


def _business(engine: "Engine", text: dict[str, str], span: dict[str, str]) -> Iterable[Card]:
    lines = purchases(engine, items=False, stores=False)
    totals = engine.rows(
        lines.aggregate(
            buyers=lines["customer_id"].nunique(),
            revenue=lines["amount"].sum().round(2).cast("float64"),
            transactions=lines["visit"].nunique(),
        )
    )[0]
    people = engine.table("customers").count().to_pyarrow().as_py()
    if people < FEWEST_PEOPLE:
        return
    about = profile(engine)
    email = about.consent.get("email")
    stores = fig.names(engine, "locations", "name")
    everything = purchases(engine, stores=False).mutate(unit=fig.text("all"))
    facts = {
        **span,
        "customers": fig.count(people),
        "buyers": fig.count(totals["buyers"]),
        "stores": fig.count(len(stores)) if stores else "",
        "store_names": fig.listed(stores),
        "revenue": fig.money(totals["revenue"]),
        "transactions": fig.count(totals["transactions"]),
        "average_basket": fig.money((totals["revenue"] or 0.0) / max(totals["transactions"], 1)),
        "top_products": fig.sold(fig.best_sellers(engine, everything, "product").get("all", [])),
        "top_categories": fig.sold(fig.best_sellers(engine, everything, "category").get("all", [])),
        "top_segments": fig.sizes(fig.segment_sizes(engine)),
        "top_places": fig.sizes(fig.sizes_of(engine, "neighbourhood").get("", [])),
        "email_yes": fig.count(email.yes) if email else "",
        "email_no": fig.count(email.no) if email else "",
        "email_unknown": fig.count(email.unknown) if email else "",
    }
    yield card(
        "business",
        "overview",
        facts=facts,
        template=text["business"],
        as_of=span["last"],
        people=people,
        title="The business",
    )


def _localities(
    engine: "Engine", level: LocalityLevel, text: dict[str, str], span: dict[str, str]
) -> list[Card]:
    try:
        places = localities(engine, level)
    except DataError:  # nobody has the field, or it may not be used
        return []
    private = fig.private(engine)
    sellers = fig.best_sellers(engine, placed(engine, parse_level(level)), "product")
    shown = [p for p in places if p.name != UNKNOWN and p.customers >= FEWEST_PEOPLE]
    return [
        card(
            "locality",
            place.name,
            facts=_place_facts(place, sellers.get(place.name, []), private) | span,
            template=text["locality"],
            as_of=span["last"],
            people=place.customers,
            path=f"{level}/{place.name}",
            title=f"{place.name} ({level})",
        )
        for place in shown[:MOST_PLACES]
    ]


def _place_facts(
    place: Locality, sellers: Sequence[tuple[str, float]], private: frozenset[str]
) -> dict[str, str]:
    over = [one for one in place.top if one.name not in private]
    spoken = {code: share for code, share in place.languages.items() if code}
    known = sum(spoken.values()) > 0 and place.customers >= 2 * FEWEST_PEOPLE
    least = FEWEST_PEOPLE / max(place.customers, 1)
    buyers = fig.count(place.buyers) if place.buyers >= FEWEST_PEOPLE else ""
    languages = [f"{c} {fig.share(s)}" for c, s in spoken.items() if known and s >= least]
    return {
        "name": place.name,
        "level": place.level,
        "customers": fig.count(place.customers),
        "buyers": buyers if place.level != "store" else "",
        "shoppers": buyers if place.level == "store" else "",
        "revenue": fig.money(place.revenue) if place.buyers >= FEWEST_PEOPLE else "",
        "transactions": fig.count(place.transactions),
        "average_basket": fig.money(place.average_basket),
        "top_products": fig.sold(sellers),
        "over": fig.listed(
            [f"{one.name} ({one.index:.1f} times, {one.customers:,} customers)" for one in over]
        ),
        "response_rate": fig.share(place.response_rate),
        "languages": fig.listed(languages),
        "store_names": fig.listed([f"{s.name}, {s.address}".strip(", ") for s in place.stores]),
    }


def _segments(engine: "Engine", text: dict[str, str], span: dict[str, str]) -> list[Card]:
    table, private = segmented(engine), fig.private(engine)
    liked = fig.sizes_by(engine, table, "segment", "favourite_category")
    homes = fig.sizes_of(engine, "neighbourhood", by="segment")
    return [
        card(
            "segment",
            one.name,
            facts={
                **span,
                "name": one.name,
                "rule": RFM_RULES[one.name],
                "customers": fig.count(one.customers),
                "share": fig.share(one.share),
                "revenue": fig.money(one.revenue),
                "monetary": fig.money(one.monetary),
                "frequency": "" if one.frequency is None else f"{one.frequency:.1f}",
                "recency": "" if one.recency_days is None else f"{one.recency_days:.0f}",
                "favourites": fig.sizes(
                    [x for x in liked.get(one.name, []) if x[0] not in private]
                ),
                "top_places": fig.sizes(homes.get(one.name, [])),
            },
            template=text["segment"],
            as_of=span["last"],
            people=one.customers,
            title=f"Segment {one.name}",
        )
        for one in segments(engine, "rfm")
        if one.customers >= FEWEST_PEOPLE
    ]


def _items(engine: "Engine", kind: str, text: dict[str, str], span: dict[str, str]) -> list[Card]:
    import ibis

    lines = purchases(engine, stores=False)
    sold = (
        lines.filter(lines[kind].notnull())
        .group_by(item=lines[kind])
        .aggregate(
            buyers=lines["customer_id"].nunique(),
            revenue=lines["amount"].sum().round(2).cast("float64"),
            category=lines["category"].min(),
        )
    )
    order = [ibis.desc(sold["revenue"].fill_null(0.0)), ibis.asc("item")]
    ranked = sold.mutate(
        rank=ibis.row_number().over(ibis.window(order_by=order)) + 1,
        ranked=ibis._.count().over(ibis.window()),
    )
    top = ranked.filter((ranked["rank"] <= MOST_ITEMS) & (ranked["buyers"] >= FEWEST_PEOPLE))
    prices = {row["name"]: row["price"] for row in engine.rows(fig.prices(engine))}
    where = fig.where_over(engine, kind)
    found = []
    for row in engine.rows(top.order_by("rank")):
        name, price = row["item"], prices.get(row["item"])
        facts = {
            **span,
            "name": name,
            "buyers": fig.count(row["buyers"]),
            "revenue": fig.money(row["revenue"]),
            "rank": str(row["rank"]),
            "ranked": fig.count(row["ranked"]),
            "kinds": "products" if kind == "product" else "categories",
            "category": row["category"] or "" if kind == "product" else "",
            "price": "" if kind != "product" or price is None else f"{price:,.2f}",
            "over": fig.listed(where.get(name, [])),
        }
        found.append(
            card(
                "product",
                name,
                facts=facts,
                template=text["product"],
                as_of=span["last"],
                people=row["buyers"],
                path=name if kind == "product" else f"category/{name}",
                title=name if kind == "product" else f"{name} (category)",
            )
        )
    return found


def _campaigns(engine: "Engine", text: dict[str, str], span: dict[str, str]) -> list[Card]:
    if not engine.has("campaigns") or not engine.has("responses"):
        return []
    answers = engine.table("responses")
    figures = {
        "people": answers["customer_id"].nunique(),
        "sent": answers.count(),
        "responded": answers["responded_at"].count(),
        "answerers": answers["customer_id"].nunique(where=answers["responded_at"].notnull()),
        "amount": answers["amount"].sum().cast("float64"),
    }
    totals = {
        row["campaign_id"]: row
        for row in engine.rows(answers.group_by("campaign_id").aggregate(**figures))
    }
    channels: dict[str, list[str]] = {}
    by_channel = answers.group_by("campaign_id", "channel").aggregate(**figures)
    for row in engine.rows(by_channel.order_by(["campaign_id", "channel"])):
        if row["channel"] and row["people"] >= FEWEST_PEOPLE:
            said = f"{row['channel']} {row['responded']:,} of {row['sent']:,}"
            channels.setdefault(row["campaign_id"], []).append(said)
    found = []
    table = engine.table("campaigns").order_by("campaign_id").limit(MOST_CAMPAIGNS)
    for row in engine.rows(table):
        done = totals.get(row["campaign_id"])
        if done is None or done["people"] < FEWEST_PEOPLE:
            continue
        name = row["name"] or row["campaign_id"]
        facts = {
            "name": name,
            "people": fig.count(done["people"]),
            "sent": fig.count(done["sent"]),
            "responded": fig.count(done["responded"]),
            "rate": fig.share(done["responded"] / done["sent"]),
            "starts": str(row["starts"] or ""),
            "ends": str(row["ends"] or ""),
            "about": row["category"] or "",
            "channels": fig.listed(channels.get(row["campaign_id"], [])),
            "amount": fig.money(done["amount"]) if done["answerers"] >= FEWEST_PEOPLE else "",
            "cost": "" if row["cost"] is None else fig.money(float(row["cost"])),
        }
        found.append(
            card(
                "campaign",
                name,
                facts=facts,
                template=text["campaign"],
                as_of=span["last"],
                people=done["people"],
                title=f"Campaign {name}",
            )
        )
    return found
