"""40 more questions with their answers, written after the grammar and without looking at it.

What they got at first sight is in docs/measured.md; they are a regression set since.
"""

import datetime as dt
from typing import Any

from books import Books, average_basket, baskets, buyers, by, items, revenue, visits
from numeric_questions import (
    HOLBECK,
    LAST,
    MARKET,
    SHOP,
    Pair,
    age,
    basket_totals,
    first_days,
    ids,
    last_days,
    lifecycle,
    reachable,
    rfm,
)


def unseen_figures(b: Books) -> dict[str, Any]:
    """Question to the one figure, or the two, that answer it."""
    first, last, often = first_days(b), last_days(b), visits(b.lines)
    segment, stage = rfm(b), lifecycle(b)
    pastry = ids(b.where(category="pastry"))
    savoury = ids(b.where(category="savoury"))
    august, july = b.where("2026-08-01", "2026-08-31"), b.where("2026-07-01", "2026-07-31")
    october = b.where("2026-10-01", "2026-10-31")
    sponge = b.where(product="Victoria sponge")
    return {
        "Morning! What did we turn over in August?": revenue(august),
        "how much money came in last week": revenue(b.where("2026-11-09", "2026-11-15")),
        "Revenue for the Chapel Allerton shop between 1 and 15 October 2026": revenue(
            b.where("2026-10-01", "2026-10-15", store=SHOP)
        ),
        "total takings on Saturdays in October": revenue(
            [x for x in october if x["weekday"] == "Saturday"]
        ),
        "How many baguettes have gone since August?": items(
            b.where("2026-08-01", product="Baguette")
        ),
        "quantity of mince pie boxes sold in December 2025": items(
            b.where("2025-12-01", "2025-12-31", product="Mince pie box")
        ),
        "number of Victoria sponges sold this year": items(
            [x for x in sponge if x["day"] >= "2026-01-01"]
        ),
        "how many receipts did we have in July": baskets(july),
        "average ticket at Harehills Market": average_basket(b.where(store=MARKET)),
        "What does the average customer spend per visit?": average_basket(b.lines),
        "typical basket size in pounds for Headingley customers": average_basket(
            b.where(neighbourhood="Headingley")
        ),
        "median order value in the Holbeck store this quarter": sorted_median(
            basket_totals(b.where("2026-10-01", store=HOLBECK))
        ),
        "How many people from Roundhay are on our books?": len(b.people(neighbourhood="Roundhay")),
        "how many customers live in either Hunslet or Holbeck?": len(
            b.people(neighbourhood="Hunslet")
        )
        + len(b.people(neighbourhood="Holbeck")),
        "how many of our customers speak German or French?": len(b.people(language="de"))
        + len(b.people(language="fr")),
        "how many customers under 25 do we have?": sum(
            a is not None and a < 25 for a in map(age, b.customers.values())
        ),
        "number of customers aged 65 and over": sum(
            a is not None and a >= 65 for a in map(age, b.customers.values())
        ),
        "how many of our customers have we not seen since July?": sum(
            last.get(key, "") < "2026-07-01" for key in b.customers
        ),
        "how many customers have lapsed, meaning no order in the last 180 days": sum(
            (LAST.toordinal() - ordinal(last[key])) >= 180 if key in last else True
            for key in b.customers
        ),
        "How many first time customers did October bring?": sum(
            "2026-10-01" <= day <= "2026-10-31" for day in first.values()
        ),
        "how many customers came back at least 5 times in the last 90 days": sum(
            n >= 5 for n in visits(b.where(b.since(90))).values()
        ),
        "how many customers ordered exactly twice": sum(n == 2 for n in often.values()),
        "customers who spent less than 20 pounds in total": sum(
            value < 20 for _, value in by("customer_id", b.lines, revenue)
        ),
        "how many buy pastry but never savoury?": len(pastry - savoury),
        "customers who purchased pastry as well as savoury": len(pastry & savoury),
        "how many customers bought Polish rye in 2026 but live in Headingley": buyers(
            b.where("2026-01-01", product="Polish rye", neighbourhood="Headingley")
        ),
        "what fraction of customers have never bought anything?": round(
            (len(b.customers) - len(first)) / len(b.customers), 4
        ),
        "pastry's share of revenue last month": round(
            sum(revenue([x]) for x in october if x["category"] == "pastry") / revenue(october), 4
        ),
        "how many loyal customers can we text?": len(
            reachable(b, "sms") & {key for key, name in segment.items() if name == "loyal"}
        ),
        "how many customers are in the lapsed lifecycle stage": sum(
            name == "lapsed" for name in stage.values()
        ),
        "were sales higher in July or August?": Pair(revenue(july), revenue(august)),
        "orders July 2026 vs August 2026": Pair(baskets(july), baskets(august)),
        "How does average basket in Hunslet compare with Holbeck neighbourhood?": Pair(
            average_basket(b.where(neighbourhood="Hunslet")),
            average_basket(b.where(neighbourhood="Holbeck")),
        ),
        "by how much did revenue grow from July to August": Pair(revenue(july), revenue(august)),
    }


def unseen_tables(b: Books) -> dict[str, list[tuple[str, float]]]:
    """Question to the names and figures that answer it, in order."""
    people = list(b.customers.values())
    return {
        "Which three products bring in the most revenue?": by("product", b.lines, revenue)[:3],
        "rank the stores by number of orders": by("store", b.lines, baskets),
        "break revenue down by category for October": by(
            "category", b.where("2026-10-01", "2026-10-31"), revenue
        ),
        "which neighbourhood has the fewest customers": sorted(
            by("neighbourhood", people, len), key=lambda pair: (pair[1], pair[0])
        ),
        "monthly revenue": sorted(by("month", b.lines, revenue)),
        "customers per neighbourhood": by("neighbourhood", people, len),
    }


def sorted_median(values: list[float]) -> float:
    """The middle value, or the mean of the two in the middle."""
    ordered, half = sorted(values), len(values) // 2
    middle = ordered[half : half + 1] if len(values) % 2 else ordered[half - 1 : half + 1]
    return round(sum(middle) / len(middle), 2)


def ordinal(day: str) -> int:
    """The day's number."""
    return dt.date.fromisoformat(day).toordinal()


UNSEEN_REFUSED = (
    "how many customers bought bread in Leeds Bradford and York",
    "what would revenue be if we raised prices by 5%?",
    "how many gay customers do we have?",
    "average basket by star sign",
    "how many customers bought bread twice on the same day",
    "what did customer C0042 buy?",
    "how many customers are likely to churn?",
    "revenue per employee last month",
    "how many orders were late?",
    "revenue in Holbeck vs last month",
    "how many customers almost bought coffee",
    "top customers by age",
)
