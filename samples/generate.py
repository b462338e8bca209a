"""Write the sample bakery's tables: `python samples/generate.py [folder]`.

Everything is made up and drawn from one seed, so every run writes the same bytes. Products come
from `bakery/catalogue.yaml`, the rest from `world.yaml`. What is planted, and where, is said in
`bakery/README.md`.
"""

import csv
import datetime as dt
import json
import math
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

HERE = Path(__file__).parent
HEADERS = {
    "customers": "customer_id first_name last_name email phone language birth_date street postcode "
    "neighbourhood city region country lat lon store_id joined_at",
    "consents": "customer_id channel status source at",
    "suppressions": "address channel reason at",
    "products": "product_id name category brand price margin options",
    "transactions": "transaction_id basket_id customer_id product_id store_id at quantity amount",
    "locations": "store_id name kind address neighbourhood city region postcode country phone "
    "lat lon",
    "campaigns": "campaign_id name channel starts ends category cost attributes",
    "responses": "customer_id campaign_id channel sent_at responded_at amount cost",
}
HOURS = ((7 * 60, 10 * 60), (10 * 60, 14 * 60), (14 * 60, 16 * 60 + 45))
Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """`world.yaml` and `catalogue.yaml`, and the one source of chance."""

    rng: Random
    given: Row
    products: tuple[Row, ...]

    def price(self, product: str) -> float:
        """GBP, of the cheapest configuration."""
        return next(float(p["price"]) for p in self.products if p["id"] == product)

    def pick(self, weights: dict[str, float]) -> str:
        """One key, drawn by weight."""
        return self.rng.choices(list(weights), list(weights.values()))[0]


@dataclass(frozen=True)
class Person:
    """A customer while the year is played: the row, the tastes, and when they come."""

    row: Row
    taste: dict[str, float]
    joined: dt.date
    left: dt.date
    rate: float

    @property
    def key(self) -> str:
        return str(self.row["customer_id"])


def read_world() -> World:
    """The two files, with a fresh source of chance."""
    given = yaml.safe_load((HERE / "world.yaml").read_text(encoding="utf-8"))
    catalogue = yaml.safe_load((HERE / "bakery/catalogue.yaml").read_text(encoding="utf-8"))
    return World(Random(given["seed"]), given, tuple(catalogue["products"]))


def product_row(item: Row) -> Row:
    """A row of products.csv; an option's values become a JSON list."""
    options = {name: list(values) for name, values in item["options"].items()}
    return {
        **item,
        "product_id": item["id"],
        "price": f"{item['price']:.2f}",
        "options": json.dumps(options, ensure_ascii=False) if options else "",
    }


def ascii_part(name: str) -> str:
    """A name as it may stand in a mailbox: lower case, no accents, no spaces."""
    plain = unicodedata.normalize("NFKD", name.translate(str.maketrans("łŁ", "lL")))
    return "".join(c for c in plain.replace("ß", "ss").lower() if c.isascii() and c.isalnum())


def stamp(day: dt.date, minutes: int) -> str:
    return f"{day.isoformat()} {minutes // 60:02d}:{minutes % 60:02d}"


def make_people(world: World) -> list[Person]:
    """The customers; ids do not follow the neighbourhood."""
    areas = world.given["areas"]
    homes = [name for name, area in areas.items() for _ in range(area["customers"])]
    world.rng.shuffle(homes)
    phones = world.rng.sample(range(1000), len(homes))
    return [make_person(world, n, home, phones[n - 1]) for n, home in enumerate(homes, start=1)]


def make_person(world: World, number: int, home: str, phone: int) -> Person:
    rng, area = world.rng, world.given["areas"][home]
    tongue = world.pick(area["languages"])
    first, last = (rng.choice(pool) for pool in world.given["names"][tongue])
    mailbox = (
        f"{ascii_part(first)}.{ascii_part(last)}.{number}@example.{rng.choice(['com', 'org'])}"
    )
    born = dt.date(rng.randint(1940, 2006), rng.randint(1, 12), rng.randint(1, 28))
    joined, left = lifetime(world)
    row = {
        "customer_id": f"C{number:04d}",
        "first_name": "" if rng.random() < 0.05 else first,
        "last_name": "" if rng.random() < 0.03 else last,
        "email": mailbox if rng.random() < 0.96 else "",
        "phone": f"07700 900{phone:03d}" if rng.random() < 0.88 else "",
        "language": "" if tongue == "en" and rng.random() < 0.05 else tongue,
        "birth_date": born if rng.random() < 0.6 else "",
        "street": f"{rng.randint(1, 120)} {rng.choice(world.given['streets'])}",
        "postcode": f"{area['district']} 9{rng.choice(['AD', 'BJ', 'DN'])}",
        "neighbourhood": home,
        **world.given["place"],
        "lat": round(area["centre"][0] + rng.gauss(0, 0.004), 4),
        "lon": round(area["centre"][1] + rng.gauss(0, 0.006), 4),
        "store_id": area["store"] if rng.random() < 0.8 else rng.choice([*world.given["stores"]]),
        "joined_at": joined,
    }
    rate = 0.0 if rng.random() < 0.04 else min(rng.gammavariate(1.1, 18.5) + 1, 90)
    return Person(row, tastes(world, area["taste"], tongue), joined, left, rate)


def lifetime(world: World) -> tuple[dt.date, dt.date]:
    """When a customer starts and stops coming: half were there before the year, a tenth are new."""
    rng, first, last = world.rng, world.given["first"], world.given["last"]
    draw, days = rng.random(), (last - first).days
    joined = first - dt.timedelta(days=rng.randint(1, 900))
    if draw < 0.10:
        joined = last - dt.timedelta(days=rng.randint(3, 60))
    elif draw < 0.50:
        joined = first + dt.timedelta(days=rng.randint(1, days - 60))
    stays = 9999 if rng.random() < 0.55 else int(rng.expovariate(1 / 260)) + 7
    return joined, min(last, max(joined, first) + dt.timedelta(days=stays))


def tastes(world: World, local: dict[str, float], tongue: str) -> dict[str, float]:
    """A person's own product weights: a Dirichlet draw around the neighbourhood's."""
    wanted = {p: w * local.get(p, 1.0) for p, w in world.given["popular"].items()}
    wanted["P05"] *= 2 if tongue == "pl" else 1
    total = sum(wanted.values())
    return {p: world.rng.gammavariate(7.0 * w / total, 1.0) + 1e-6 for p, w in wanted.items()}


def open_days(world: World, store: str) -> list[dt.date]:
    """The days of the year on which a store sells."""
    first, last = world.given["first"], world.given["last"]
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    wanted = world.given["stores"][store]["days"]
    return [d for d in days if d not in world.given["closed"] and d.weekday() in wanted]


def fill_basket(world: World, person: Person, part: int, day: dt.date) -> list[str]:
    """What one visit buys: one to four different products that suit the season and the hour."""
    left = {}
    for item in world.products:
        starts, ends = item.get("season", ("01-01", "12-31"))
        if starts <= day.strftime("%m-%d") <= ends:
            suits = world.given["daypart"][item["category"]][part]
            left[item["id"]] = person.taste[item["id"]] * suits
    basket: list[str] = []
    for _ in range(world.rng.choices((1, 2, 3, 4), (0.5, 0.32, 0.13, 0.05))[0]):
        basket.append(world.pick(left))
        del left[basket[-1]]
    return basket


def count_visits(world: World, person: Person) -> int:
    start = max(person.joined, world.given["first"])
    mean = person.rate * ((person.left - start).days + 1) / 365
    return max(1, round(world.rng.gauss(mean, math.sqrt(mean)))) if mean else 0


def make_visits(world: World, people: Sequence[Person]) -> list[Row]:
    """A year of receipt lines. A visit goes to the customer's own store nine times in ten."""
    rng, stores = world.rng, list(world.given["stores"])
    opening = {store: open_days(world, store) for store in stores}
    lines: list[Row] = []
    for person in people:
        shares = world.given["areas"][person.row["neighbourhood"]]["hours"]
        for _ in range(count_visits(world, person)):
            store = person.row["store_id"] if rng.random() < 0.9 else rng.choice(stores)
            days = [d for d in opening[store] if person.joined <= d <= person.left]
            if not days:
                continue
            busy = [
                world.given["weekday"][d.weekday()] * world.given["month"][d.month - 1]
                for d in days
            ]
            day, part = rng.choices(days, busy)[0], rng.choices((0, 1, 2), shares)[0]
            at = stamp(day, rng.randint(HOURS[part][0], HOURS[part][1] - 1))
            for product in fill_basket(world, person, part, day):
                several = rng.choices((1, 2, 3), (0.82, 0.14, 0.04))[0]
                lines.append(receipt_line(person, product, at, several, world.price(product)))
                lines[-1]["store_id"] = store
    return lines


def receipt_line(person: Person, product: str, at: str, quantity: int, each: float) -> Row:
    """One product on a receipt of the customer's own store; `amount` is GBP for all of it."""
    return {
        "customer_id": person.key,
        "product_id": product,
        "store_id": person.row["store_id"],
        "at": at,
        "quantity": quantity,
        "amount": f"{quantity * each:.2f}",
    }


def make_consents(world: World, people: Sequence[Person]) -> list[Row]:
    """Exact shares of yes and no per channel; the rest is a blank status, or no row at all."""
    rng, shares = world.rng, world.given["consent"]
    rows: list[Row] = []
    for channel, column in (("email", "email"), ("sms", "phone")):
        reachable = [p for p in people if p.row[column]]
        order = rng.sample(reachable, len(reachable))
        counts = [round(len(people) * shares[f"{s}_share"]) for s in ("yes", "no", "blank")]
        states = [s for s, n in zip(("yes", "no", ""), counts, strict=True) for _ in range(n)]
        for person, status in zip(order, states, strict=False):
            row = {"customer_id": person.key, "channel": channel, "status": status}
            if status:
                row["source"] = rng.choice(("website form", "till", "paper card"))
                row["at"] = stamp(person.joined, rng.randint(*HOURS[1]))
            rows.append({"source": "old mailing list", **row})
    return sorted(rows, key=lambda r: (r["customer_id"], r["channel"]))


def make_suppressions(world: World, people: Sequence[Person], consents: Sequence[Row]) -> list[Row]:
    """Addresses not to be written to though their owners once said yes."""
    agreed = {(r["customer_id"], r["channel"]) for r in consents if r["status"] == "yes"}
    both = [p for p in people if {(p.key, "email"), (p.key, "sms")} <= agreed]
    reasons = world.given["suppressed"]
    rows = []
    for number, person in enumerate(world.rng.sample(both, len(reasons))):
        channel, column = (("email", "email"), ("sms", "phone"))[number == 1]
        rows.append(
            {
                "address": person.row[column],
                "channel": channel,
                "reason": reasons[number],
                "at": stamp(dt.date(2026, 10, 1) + dt.timedelta(days=7 * number), 9 * 60),
            }
        )
    return rows


def make_responses(
    world: World, people: Sequence[Person], consents: Sequence[Row]
) -> tuple[list[Row], list[Row]]:
    """Who was written to, and the receipt lines of those who came."""
    agreed = {(r["customer_id"], r["channel"]) for r in consents if r["status"] == "yes"}
    costs = world.given["sending_cost"]
    sent: list[Row] = []
    bought: list[Row] = []
    for campaign in world.given["campaigns"]:
        for person in people:
            channels = [c for c in costs if (person.key, c) in agreed]
            if not channels or person.joined >= campaign["starts"]:
                continue
            channel = world.rng.choice(channels)
            row = {
                "customer_id": person.key,
                "campaign_id": campaign["campaign_id"],
                "channel": channel,
                "sent_at": stamp(campaign["starts"] - dt.timedelta(days=1), 17 * 60),
                "cost": costs[channel],
            }
            line = answer(world, person, campaign, channel)
            if line:
                row |= {"responded_at": line["at"], "amount": line["amount"]}
                bought.append(line)
            sent.append(row)
    return sent, bought


def answer(world: World, person: Person, campaign: Row, channel: str) -> Row | None:
    """What is bought in answer to a message: likelier with the taste for what it offers."""
    rng, starts, ends = world.rng, campaign["starts"], campaign["ends"]
    wanted = {p: person.taste[p] for p in campaign["products"]}
    share = sum(wanted.values()) / sum(person.taste.values())
    active = person.rate > 0 and person.left >= ends
    odds = -3.6 + 4.5 * share + 0.7 * (channel == "sms") + (0.6 if active else -1.5)
    if rng.random() > 1 / (1 + math.exp(-odds)):
        return None
    days = [d for d in open_days(world, person.row["store_id"]) if starts <= d <= ends]
    at = stamp(rng.choice(days), rng.randint(7 * 60 + 5, 8 * 60 + 55))
    product = world.pick(wanted)
    return receipt_line(person, product, at, 1, world.price(product) * (1 - campaign["discount"]))


def number_lines(lines: Iterable[Row]) -> list[Row]:
    """Lines in order of time; those of one customer, store and minute share a basket."""
    ordered = sorted(lines, key=lambda r: (r["at"], r["customer_id"]))
    baskets: dict[tuple[str, ...], str] = {}
    for number, row in enumerate(ordered, start=1):
        key = (row["customer_id"], row["store_id"], row["at"])
        row["transaction_id"] = f"T{number:05d}"
        row["basket_id"] = baskets.setdefault(key, f"B{len(baskets) + 1:05d}")
    return ordered


def campaign_row(campaign: Row, responses: Sequence[Row]) -> Row:
    """A row of campaigns.csv; cost is GBP for 60 of design and for sending."""
    sending = sum(r["cost"] for r in responses if r["campaign_id"] == campaign["campaign_id"])
    told = {"offer": campaign["offer"], "products": campaign["products"]}
    return {**campaign, "cost": f"{60 + sending:.2f}", "attributes": json.dumps(told)}


def german_rows(world: World) -> list[list[str]]:
    """A small till export as a German program writes it; the last three rows are bad on purpose."""
    rng, rows = world.rng, []
    for number in range(1, 41):
        tongue = rng.choice(("de", "de", "fr", "es", "en"))
        first, last = (rng.choice(pool) for pool in world.given["names"][tongue])
        home = rng.choice(list(world.given["areas"]))
        area = world.given["areas"][home]
        born = dt.date(rng.randint(1950, 2004), rng.randint(1, 12), rng.randint(13, 28))
        rows.append(
            [
                f"K{number:03d}",
                first,
                last,
                f"{ascii_part(first)}.{ascii_part(last)}.k{number}@example.org",
                f"07700 900{rng.randint(0, 999):03d}" if rng.random() < 0.8 else "",
                f"{rng.randint(1, 90)} {rng.choice(world.given['streets'])}",
                f"{area['district']} 9AD",
                *("Leeds", home, tongue),
                born.strftime("%d.%m.%Y") if rng.random() < 0.7 else "",
                *(f"{c + rng.gauss(0, 0.004):.4f}".replace(".", ",") for c in area["centre"]),
                f"{rng.uniform(20, 2400):,.2f}".translate(str.maketrans(",.", ".,")),
            ]
        )
    bad_email, same_id, no_id = (list(row) for row in rows[:3])
    bad_email[0], bad_email[3] = "K041", "kein-at-zeichen.example.org"
    same_id[0], same_id[3] = "K005", "zweite.person.k5@example.org"
    no_id[0], no_id[3] = "", "ohne.nummer@example.org"
    return [*rows, bad_email, same_id, no_id]


def write_export(path: Path, rows: Sequence[Sequence[str]]) -> None:
    header = "Kundennummer;Vorname;Nachname;E-Mail;Telefon;Straße;PLZ;Ort;Stadtteil;Sprache;"
    header += "Geburtsdatum;Breitengrad;Längengrad;Umsatz"
    with path.open("w", encoding="cp1252", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerows([header.split(";"), *rows])


def write_table(path: Path, names: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def generate(folder: Path) -> dict[str, int]:
    """Write every CSV file into `folder`; rows by file."""
    world = read_world()
    people = make_people(world)
    consents = make_consents(world, people)
    suppressions = make_suppressions(world, people, consents)
    visits = make_visits(world, people)
    responses, bought = make_responses(world, people, consents)
    stores, place = world.given["stores"], world.given["place"]
    tables = {
        "customers": [p.row for p in people],
        "consents": consents,
        "suppressions": suppressions,
        "products": [product_row(item) for item in world.products],
        "transactions": number_lines([*visits, *bought]),
        "locations": [{"store_id": key, **store, **place} for key, store in stores.items()],
        "campaigns": [campaign_row(c, responses) for c in world.given["campaigns"]],
        "responses": responses,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        write_table(folder / f"{table}.csv", HEADERS[table].split(), rows)
    exported = german_rows(world)
    write_export(folder / "customers_export_de.csv", exported)
    return {**{t: len(rows) for t, rows in tables.items()}, "customers_export_de": len(exported)}


if __name__ == "__main__":
    for name, count in generate(Path(sys.argv[1]) if sys.argv[1:] else HERE / "bakery").items():
        print(f"{name}: {count} rows")
