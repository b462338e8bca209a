"""Questions about the bakery with the answers that plain Python works out from its CSV rows."""

from typing import Any

from books import Books, average_basket, baskets, buyers, by, items, revenue, visits

MARKET = "Corner Crumb Harehills Market"
SHOP = "Corner Crumb Chapel Allerton"
HOLBECK = "Corner Crumb Holbeck"


def single(books: Books) -> dict[str, Any]:
    """Question to the one figure that answers it."""
    b = books
    march = visits(b.where("2026-03-01"))
    spring = [r for r in b.responses if b.campaigns[r["campaign_id"]] == "spring-sourdough"]
    answered = [r for r in spring if r["responded_at"]]
    yes = {c for c in b.customers if b.consent.get((c, "email")) == "yes"}
    spenders = dict(by("customer_id", b.lines, revenue))
    bread = {line["customer_id"] for line in b.where(category="bread")}
    loaf = [line for line in b.lines if line["product"].split()[-1] == "loaf"]
    old = {line["customer_id"] for line in b.where(b.since(90))}
    either = b.where("2026-09-01", category="bread") + b.where("2026-09-01", category="coffee")

    def reachable(channel: str) -> set[str]:
        field = {"email": "email", "sms": "phone"}[channel]
        return {
            name
            for name, row in b.customers.items()
            if b.consent.get((name, channel)) == "yes"
            and row[field]
            and not b.stopped(row, channel)
        }

    return {
        "How many customers do we have?": len(b.customers),
        "how many people can I email": len(reachable("email")),
        "how many customers can we text": len(reachable("sms")),
        "How many customers in Roundhay can we email?": len(
            set(b.people(neighbourhood="Roundhay")) & reachable("email")
        ),
        "how many repeat customers do we have": sum(n >= 2 for n in visits(b.lines).values()),
        "how many orders per customer": round(baskets(b.lines) / buyers(b.lines), 2),
        "How many customers bought coffee and live in Roundhay?": buyers(
            b.where(category="coffee", neighbourhood="Roundhay")
        ),
        "How many customers placed more than 10 orders?": sum(
            n > 10 for n in visits(b.lines).values()
        ),
        "How many customers have both email and sms consent?": sum(
            all(b.consent.get((c, channel)) == "yes" for channel in ("email", "sms"))
            for c in b.customers
        ),
        "how many customers in Leeds": len(b.people(city="Leeds")),
        "How many customers live in holbeck?": len(b.people(neighbourhood="Holbeck")),
        "How many Holbeck customers do we have?": len(b.people(neighbourhood="Holbeck")),
        "how many customers in Holbeck or Hunslet?": len(b.people(neighbourhood="Holbeck"))
        + len(b.people(neighbourhood="Hunslet")),
        "how many customers in Leeds bought twice since March?": sum(
            n >= 2 for n in march.values()
        ),
        "How many customers bought exactly once?": sum(n == 1 for n in visits(b.lines).values()),
        "how many customers bought at least 10 times": sum(
            n >= 10 for n in visits(b.lines).values()
        ),
        "how many customers bought more than three times in 2026?": sum(
            n > 3 for n in visits(b.where("2026-01-01")).values()
        ),
        "how many customers visited the Holbeck store more than once": sum(
            n > 1 for n in visits(b.where(store=HOLBECK)).values()
        ),
        "how many customers spent more than 200?": sum(v > 200 for v in spenders.values()),
        "how many customers bought bread?": len(bread),
        "how many customers bought a croissant last month?": buyers(
            b.where("2026-10-01", "2026-10-31", product="Butter croissant")
        ),
        "how many customers bought bread or coffee since September?": buyers(either),
        "customers who have not bought for 90 days": len(b.customers) - len(old),
        "How many customers have not bought since June?": len(b.customers)
        - buyers(b.where("2026-06-01")),
        "how many customers have never bought anything?": len(b.customers) - buyers(b.lines),
        "how many customers did not buy bread since May?": len(b.customers)
        - buyers(b.where("2026-05-01", category="bread")),
        "how many customers bought in the last 30 days?": buyers(b.where(b.since(30))),
        "how many customers speak Polish?": len(b.people(language="pl")),
        "how many Polish-speaking customers live in Harehills?": len(
            b.people(language="pl", neighbourhood="Harehills")
        ),
        "how many customers have email consent?": len(yes),
        "how many customers without email consent": len(b.customers) - len(yes),
        "how many customers refused sms consent?": sum(
            b.consent.get((c, "sms")) == "no" for c in b.customers
        ),
        "how many customers with email consent bought bread": len(yes & bread),
        "how many customers have a phone number?": sum(
            bool(row["phone"]) for row in b.customers.values()
        ),
        "share of customers with email consent": round(len(yes) / len(b.customers), 4),
        "what percentage of Holbeck customers have email consent?": round(
            len(yes & set(b.people(neighbourhood="Holbeck")))
            / len(b.people(neighbourhood="Holbeck")),
            4,
        ),
        "What share of customers speak Polish?": round(
            len(b.people(language="pl")) / len(b.customers), 4
        ),
        "what share of customers live in Holbeck?": round(
            len(b.people(neighbourhood="Holbeck")) / len(b.customers), 4
        ),
        "what share of customers bought bread in March?": round(
            buyers(b.where("2026-03-01", "2026-03-31", category="bread")) / len(b.customers), 4
        ),
        "what share of revenue comes from bread?": round(
            revenue(b.where(category="bread")) / revenue(b.lines), 4
        ),
        "What is our revenue?": revenue(b.lines),
        "total sales in March 2026": revenue(b.where("2026-03-01", "2026-03-31")),
        "How much did we sell last month?": revenue(b.where("2026-10-01", "2026-10-31")),
        "revenue in Q1 2026": revenue(b.where("2026-01-01", "2026-03-31")),
        "revenue between 1 March 2026 and 15 April 2026": revenue(
            b.where("2026-03-01", "2026-04-15")
        ),
        "revenue from 1 June": revenue(b.where("2026-06-01")),
        "what did we earn in July 2026?": revenue(b.where("2026-07-01", "2026-07-31")),
        "what's the share of bread in revenue?": round(
            revenue(b.where(category="bread")) / revenue(b.lines), 4
        ),
        "average basket of Polish speakers": average_basket(b.where(language="pl")),
        "how many customers bought Polish rye at least 5 times?": sum(
            n >= 5 for n in visits(b.where(product="Polish rye")).values()
        ),
        "average number of items per basket on Sundays": round(
            items(b.where(weekday="Sunday")) / baskets(b.where(weekday="Sunday")), 2
        ),
        "revenue of the Holbeck store": revenue(b.where(store=HOLBECK)),
        "bread revenue in Holbeck since 1 September 2026": revenue(
            b.where("2026-09-01", category="bread", neighbourhood="Holbeck")
        ),
        "revenue on Saturdays": revenue(b.where(weekday="Saturday")),
        'revenue of "Country sourdough" since 2026-06-01': revenue(
            b.where("2026-06-01", product="Country sourdough")
        ),
        "how many orders were there in October?": baskets(b.where("2026-10-01", "2026-10-31")),
        "how many transactions on 2026-11-20": baskets(b.where("2026-11-20", "2026-11-20")),
        "how many orders contain bread?": baskets(b.where(category="bread")),
        "how many croissants did we sell in May 2026?": items(
            b.where("2026-05-01", "2026-05-31", product="Butter croissant")
        ),
        "how many loaves did we sell?": items(loaf),
        "how many gluten-free items were sold?": items(b.where(category="gluten-free")),
        "How many flat whites did we sell on Fridays?": items(
            b.where(product="Flat white", weekday="Friday")
        ),
        "What is the average basket?": average_basket(b.lines),
        "what is our average order value in March 2026?": average_basket(
            b.where("2026-03-01", "2026-03-31")
        ),
        "average basket in the Holbeck store on Saturdays": average_basket(
            b.where(store=HOLBECK, weekday="Saturday")
        ),
        "average spend per customer": round(revenue(b.lines) / buyers(b.lines), 2),
        "how often do customers buy on average?": round(baskets(b.lines) / buyers(b.lines), 2),
        "items per basket": round(items(b.lines) / baskets(b.lines), 2),
        "response rate of the campaign spring-sourdough": round(len(answered) / len(spring), 4),
        "how many customers responded to spring-sourdough?": len(
            {r["customer_id"] for r in answered}
        ),
        "how many products do we have?": len(b.products),
        "how many stores do we have?": len(b.stores),
        "how many categories do we sell?": len({p["category"] for p in b.products.values()}),
        "when was the last sale?": b.last,
        "when was the first order in Holbeck?": min(
            line["day"] for line in b.where(neighbourhood="Holbeck")
        ),
    }


def ranked(books: Books) -> dict[str, list[tuple[str, float]]]:
    """Question to the groups and figures that answer it, in order."""
    b = books
    responded = by("campaign", _sent(b), lambda rows: round(_answered(rows) / len(rows), 4))
    sour = [line for line in b.lines if "sourdough" in line["product"]]
    weekdays = by("weekday", b.lines, baskets)
    months = sorted(by("month", b.lines, baskets))
    return {
        "Which neighbourhood buys most bread?": by(
            "neighbourhood", b.where(category="bread"), items
        ),
        "which neighbourhood buys the most sourdough?": by("neighbourhood", sour, items),
        "which neighbourhood spends most on coffee?": by(
            "neighbourhood", b.where(category="coffee"), revenue
        ),
        "average basket by neighbourhood": by("neighbourhood", b.lines, average_basket),
        "top 3 neighbourhoods by average basket": by("neighbourhood", b.lines, average_basket)[:3],
        "revenue in March 2026 by store": by("store", b.where("2026-03-01", "2026-03-31"), revenue),
        "who are my best customers": by("customer_id", b.lines, revenue)[:10],
        "Who are our top 3 customers?": by("customer_id", b.lines, revenue)[:3],
        "top 5 spenders": by("customer_id", b.lines, revenue)[:5],
        "Who bought the most Polish rye?": by("customer_id", b.where(product="Polish rye"), items)[
            :10
        ],
        "Which category earns the most in Hunslet?": by(
            "category", b.where(neighbourhood="Hunslet"), revenue
        ),
        "top 5 products": by("product", b.lines, items)[:5],
        "Top 5 products by revenue": by("product", b.lines, revenue)[:5],
        "top 5 products in the Harehills Market store": by("product", b.where(store=MARKET), items)[
            :5
        ],
        "Top 3 products in the Chapel Allerton shop by revenue": by(
            "product", b.where(store=SHOP), revenue
        )[:3],
        "best-selling category": by("category", b.lines, items),
        "which category sells best in Roundhay?": by(
            "category", b.where(neighbourhood="Roundhay"), items
        ),
        "what is the most popular bread in Harehills?": by(
            "product", b.where(category="bread", neighbourhood="Harehills"), items
        ),
        "which store is busiest?": by("store", b.lines, baskets),
        "which weekday is busiest?": weekdays,
        "orders by month": months,
        "which month had the highest revenue?": by("month", b.lines, revenue),
        "customers by neighbourhood": by(
            "neighbourhood", b.customers.values(), lambda rows: len(rows)
        ),
        "customers per store": by("store", b.lines, buyers),
        "sales by category": by("category", b.lines, revenue),
        "which campaign had the best response rate?": responded,
    }


def _sent(books: Books) -> list[dict[str, str]]:
    return [{**row, "campaign": books.campaigns[row["campaign_id"]]} for row in books.responses]


def _answered(rows: list[dict[str, str]]) -> int:
    return sum(bool(row["responded_at"]) for row in rows)


REFUSED = (
    "our revenue in dec 25",
    "which neighbourhood has the best customers",
    "share of our customers we can email",
    "revenue from March 2026 and April 2026",
    "how many customers bought twice in the same week?",
    "how many customers in Atlantis?",
    "How many customers in Hedingley?",
    "how many women customers do we have",
    "how many customers bought goat cheese?",
    "which locality over-indexes on goat cheese?",
    "how many customers not in Leeds",
    "how many customers bought only bread?",
    "how many customers bought more than 5 loaves",
    "how many customers > 3 orders",
    "revenue excluding coffee",
    "revenue growth since March",
    "revenue in 2019",
    "did revenue rise in April?",
    "average basket of customers who bought bread",
    "revenue from customers who bought bread",
    "what share of customers who bought bread live in Holbeck",
    "how many Polish customers",
    "how many bread rolls did we sell?",
    "how many breads do we sell?",
    "how many different products were sold in March",
    "how many people live in Leeds?",
    "how many customers within 5 km of Holbeck",
    "how many customers does Amazon have?",
    "how many customers in 2026?",
    "average revenue per month",
    "how many christmas cakes will we sell this December?",
    "is Holbeck our best neighbourhood?",
    "how many customers speak Klingon",
    'how many customers bought "Battenberg"?',
)

NOT_ABOUT_THE_DATA = (
    "What is micromarketing?",
    "Compare micromarketing with mass customisation",
    "What are the three drawbacks of local marketing?",
    "How many types of mass customisation are there?",
    "What is customer lifetime value?",
    "what is a response rate?",
    "Draft an email for each neighbourhood about 15% off any loaf this Saturday",
    "How do I increase revenue by store?",
    "Why do customers respond to local offers?",
    "hello",
    "2 + 2",
    "",
)
