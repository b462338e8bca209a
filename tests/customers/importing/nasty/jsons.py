"""JSON in the forms that programs send it."""

import json
from decimal import Decimal

from tests.customers.importing.nasty.case import Nasty, text

PEOPLE = [
    {"id": "C1", "first_name": "Ann", "city": "Leeds"},
    {"id": "C2", "first_name": "Zoë", "city": "Köln"},
]
FOUND = {"C1": {"first_name": "Ann"}, "C2": {"first_name": "Zoë", "city": "Köln"}}


def array() -> Nasty:
    return text("array.json", json.dumps(PEOPLE), 2, cells=FOUND)


def pretty_array() -> Nasty:
    return text("pretty.json", json.dumps(PEOPLE, indent=2, ensure_ascii=False), 2, cells=FOUND)


def array_with_a_mark() -> Nasty:
    return text("marked.json", json.dumps(PEOPLE), 2, codec="utf-8-sig", cells=FOUND)


def wide_array() -> Nasty:
    content = json.dumps(PEOPLE, ensure_ascii=False)
    return text("wide.json", content, 2, codec="utf-16", cells=FOUND)


def under_a_key() -> Nasty:
    return text("wrapped.json", json.dumps({"total": 2, "data": PEOPLE}), 2, cells=FOUND)


def under_two_keys() -> Nasty:
    wrapped = {"meta": {"page": 1}, "response": {"customers": PEOPLE}}
    return text("deep.json", json.dumps(wrapped, indent=1), 2, cells=FOUND)


def two_lists() -> Nasty:
    both = {"customers": PEOPLE, "orders": [{"id": "O1"}]}
    return text("two_lists.json", json.dumps(both), refused="customers.*orders")


def one_of_two_lists() -> Nasty:
    both = {"orders": [{"id": "O1"}], "customers": PEOPLE}
    return text(
        "chosen_list.json", json.dumps(both), 2, cells=FOUND, options={"sheet": "customers"}
    )


def one_object() -> Nasty:
    return text(
        "object.json", json.dumps(PEOPLE[0], indent=1), 1, cells={"C1": {"city": "Leeds"}},
    )  # fmt: skip


def lines() -> Nasty:
    body = "\n".join(json.dumps(person) for person in PEOPLE) + "\n\n"
    return text("lines.jsonl", body, 2, cells=FOUND)


def lines_named_json() -> Nasty:
    return text("lines.json", "\n".join(json.dumps(p) for p in PEOPLE), 2, cells=FOUND)


def a_broken_line() -> Nasty:
    body = '{"id": "C1", "first_name": "Ann", "city": "Leeds"}\n{"id": "C2", "first\n"x"\n[1]\n'
    return text("broken.jsonl", body, 4, 3, cells={"C1": {"city": "Leeds"}},
                reasons=("not a JSON object",) * 3)  # fmt: skip


def not_a_number() -> Nasty:
    """Python writes NaN, which is no JSON, and means that there is no value."""
    body = '{"id": "C1", "city": "Leeds", "lat": 53.5}\n{"id": "C2", "city": "York", "lat": NaN}\n'
    return text(
        "nan.jsonl", body, 2, cells={"C1": {"lat": 53.5}, "C2": {"city": "York", "lat": None}}
    )


def a_truncated_array() -> Nasty:
    return text("cut.json", json.dumps(PEOPLE)[:-20], refused="not valid JSON")


def an_array_of_other_things() -> Nasty:
    body = json.dumps([PEOPLE[0], 5, "x", None, PEOPLE[1]])
    return text("mixed.json", body, 5, 3, cells=FOUND, reasons=("not a JSON object",) * 3)


def nested() -> Nasty:
    people = [
        {"id": "C1", "name": {"first": "Ann", "last": "Lee"}, "tags": ["a", "b"],
         "address": {"city": "Leeds", "postcode": "LS1 1AA", "geo": {"lat": 53.5}}},
        {"id": "C2", "name": {"first": "Bob", "last": None}, "tags": [],
         "address": {"city": "York", "postcode": "YO1 1AA"}},
    ]  # fmt: skip
    return text(
        "nested.json", json.dumps(people), 2, cells={
            "C1": {"city": "Leeds", "postcode": "LS1 1AA", "street": None},
            "C2": {"city": "York"}},
    )  # fmt: skip


def numbers_as_text() -> Nasty:
    orders = [
        {"transaction_id": 9007199254740993, "customer_id": "00123", "at": "2026-03-03T08:05:00",
         "amount": "12.50", "quantity": 2},
        {"transaction_id": 9007199254740995, "customer_id": "00124", "at": "2026-03-04T08:05:00",
         "amount": 7, "quantity": "1"},
    ]  # fmt: skip
    return text(
        "text_numbers.json", json.dumps(orders), 2, table="transactions", cells={
            "9007199254740993": {"amount": Decimal("12.50"), "customer_id": "00123", "quantity": 2},
            "9007199254740995": {"amount": Decimal("7.00")}},
    )  # fmt: skip


def keys_that_differ() -> Nasty:
    people = [
        {"id": "C1", "city": "Leeds"},
        {"first_name": "Bob", "id": "C2"},
        {"id": "C3", "x": {}},
    ]
    return text("keys.jsonl", "\n".join(map(json.dumps, people)), 3,
                cells={"C2": {"first_name": "Bob", "city": None}})  # fmt: skip


def odd_keys() -> Nasty:
    people = [{"id": "C1", "it's/a~key.x": "v", 'say "hi"': "w", "city": "Leeds"}]
    return text(
        "odd_keys.json", json.dumps(people), 1, cells={
            "C1": {"city": "Leeds", "attributes": '{"it\'s/a~key.x":"v","say \\"hi\\"":"w"}'}},
    )  # fmt: skip


def escapes_and_emoji() -> Nasty:
    people = [{"id": "C1", "first_name": "Zoë 🌸", "city": "Leeds\nNorth"}]
    return text("escapes.json", json.dumps(people), 1, cells={"C1": {"first_name": "Zoë 🌸"}})


def no_objects() -> Nasty:
    return text("none.json", "[]", refused="holds no JSON objects")
