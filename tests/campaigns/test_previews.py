import ibis
from reviewed import drafted

from copilot.campaigns.merging.liquid import MERGE_FIELDS
from copilot.campaigns.reviewing.previews import FIELDS, STAND_INS, preview_as, preview_worst
from copilot.records import Message, Preview

NAMES = {
    "c1": "Ann",
    "c2": "Maximiliane-Josephine",
    "c3": "",
    "c4": "עדי",
    "c5": "Zoë🌟",
    "c6": "J",
    "c7": "MARGARET",
    "c8": "O'Neil",
    "c9": "{{ x }}",
    "d1": "<b>",
    "d2": "=1+1",
}


def people(names: dict[str, str]) -> "ibis.Table":
    rows = [
        dict.fromkeys(FIELDS, "")
        | {"customer_id": key, "first_name": name, "unit": "Hunslet", "channel": "email"}
        | {"address": f"{key}@x.example", "language": "en", "city": "Leeds"}
        for key, name in names.items()
    ]
    return ibis.memtable(rows, schema=dict.fromkeys(FIELDS, "string"))


def hello() -> list:
    body = 'Hello {{ first_name | default: "there" }} of {{ city | default: "town" }}.'
    return [drafted("Hunslet", message=Message(subject="S", body=body, html=f"<p>{body}</p>"))]


def by_case(found: list[Preview]) -> dict[str, Preview]:
    return {one.case: one for one in found}


def test_one_customer_sees_their_own_message() -> None:
    (found,) = preview_as(people(NAMES), hello(), "c8")
    assert found.message.body == "Hello O'Neil of Leeds."
    assert (found.customer_id, found.case, found.synthetic) == ("c8", "chosen", False)
    assert preview_as(people(NAMES), hello(), "nobody") == []


def test_the_hardest_rows_come_from_the_real_audience_and_merge_safely() -> None:
    found = by_case(preview_worst(people(NAMES), hello()))
    assert {case: one.customer_id for case, one in found.items() if not one.synthetic} == {
        "longest_name": "c2",
        "empty_fields": "c3",
        "right_to_left": "c4",
        "emoji": "c5",
        "single_letter": "c6",
        "all_capitals": "c7",
        "quotes": "c8",
        "braces": "c9",
        "html": "d1",
        "formula": "d2",
        "longest_place": "c1",
    }
    assert found["html"].message.html == "<p>Hello there of Leeds.</p>"
    assert found["empty_fields"].message.body == "Hello there of Leeds."
    assert found["braces"].message.body == "Hello there of Leeds."
    assert found["html"].reason == ""


def test_where_the_data_have_none_a_synthetic_row_stands_in_and_says_so() -> None:
    found = preview_worst(people({"c1": "Ann"}), hello())
    assert [one.case for one in found] == list(STAND_INS)
    marked = {one.case: one.synthetic for one in found}
    real = {case for case, synthetic in marked.items() if not synthetic}
    assert real == {"longest_name", "longest_place"}
    arabic = by_case(found)["right_to_left"]
    assert STAND_INS["right_to_left"]["first_name"] in arabic.message.body
    assert arabic.customer_id == "synthetic-right_to_left"


def test_stand_ins_have_only_fields_that_can_be_merged() -> None:
    assert {name for values in STAND_INS.values() for name in values} <= set(MERGE_FIELDS)


def test_an_audience_without_a_draft_has_no_hardest_rows() -> None:
    assert preview_worst(people(NAMES), [drafted("Elsewhere")]) == []
    held = [draft.model_copy(update={"status": "held"}) for draft in hello()]
    assert preview_worst(people(NAMES), held) == []
