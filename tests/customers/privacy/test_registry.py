"""What may be done with a field is decided once and obeyed by everything that computes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stored import bakery_tables, engine_of

from copilot.customers.engine import Engine
from copilot.customers.importing.load import import_file
from copilot.customers.lookup import customer
from copilot.customers.people import people
from copilot.customers.places.localities import localities
from copilot.customers.privacy import registry
from copilot.customers.questions.answer import answer_number
from copilot.customers.segmenting.segments import segments
from copilot.customers.store import Store
from copilot.errors import DataError, FilterError
from copilot.records import Query

Write = Callable[..., Path]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_of(tmp_path, bakery_tables())
    yield engine
    engine.close()


def use_of(engine: Engine, field: str) -> str:
    return registry.rule(engine.store, field).use


def test_defaults_come_from_the_schema_and_from_what_a_column_is_called(
    store: Store, write: Write
) -> None:
    header = "customer_id,first_name,gender,income,diagnosis,likes"
    path = write("c.csv", f"{header}\nC1,Ann,f,9,flu,tea\n")
    import_file(store, path, table="customers")
    uses = {rule.field: rule.use for rule in registry.rules(store) if rule.table == "customers"}
    assert uses["first_name"] == "mention"
    assert uses["email"] == "use"
    assert uses["gender"] == "never"
    assert uses["attributes.income"] == "use"
    assert uses["attributes.diagnosis"] == "never"
    assert uses["attributes.likes"] == "use"
    assert registry.rule(store, "attributes.diagnosis").reason == "health, GDPR article 9"


def test_a_field_set_to_never_is_empty_to_everything_but_the_persons_own_record(
    engine: Engine,
) -> None:
    before = answer_number(engine, "How many customers in Roundhay?")
    assert isinstance(before, Query)
    registry.set_use(engine.store, "neighbourhood", "never")
    with pytest.raises(FilterError, match="'neighbourhood' may not be used"):
        segments(engine, "lifecycle", where="neighbourhood = 'Roundhay'")
    with pytest.raises(DataError, match="'neighbourhood' may not be used"):
        localities(engine, "neighbourhood")
    table = people(engine)
    filled = engine.rows(table.aggregate(n=table["neighbourhood"].count()))[0]["n"]
    assert filled == 0
    after = answer_number(engine, "How many customers in Roundhay?")
    assert not isinstance(after, Query) or not after.rows[0]["customers"]
    someone = engine.rows(engine.whole("customers").limit(1))[0]
    assert customer(engine, someone["customer_id"])["neighbourhood"]


def test_a_person_can_allow_what_is_sensitive_only_by_saying_so(engine: Engine) -> None:
    with pytest.raises(FilterError, match="'gender' may not be used"):
        segments(engine, "lifecycle", where="gender = 'f'")
    with pytest.raises(DataError, match="gender") as refused:
        registry.set_use(engine.store, "gender", "use")
    assert "--sensitive" in refused.value.hint
    with pytest.raises(DataError, match="never mentions it"):
        registry.set_use(engine.store, "gender", "mention", sensitive=True)
    registry.set_use(engine.store, "gender", "use", sensitive=True)
    assert segments(engine, "lifecycle", where="gender is null or gender is not null")


def test_who_somebody_is_cannot_be_switched_off_or_mentioned(engine: Engine) -> None:
    for use in ("mention", "never"):
        with pytest.raises(DataError, match="always used and never mentioned"):
            registry.set_use(engine.store, "email", use)


def test_unknown_fields_uses_and_files_gone_wrong_are_named(engine: Engine) -> None:
    with pytest.raises(DataError, match="no field 'shoe_size'"):
        registry.set_use(engine.store, "shoe_size", "never")
    with pytest.raises(DataError, match="'perhaps' is no use"):
        registry.set_use(engine.store, "city", "perhaps")
    (engine.store.folder / "fields.yaml").write_text("customers: {city: maybe}", encoding="utf-8")
    with pytest.raises(DataError, match=r"says 'maybe' of customers\.city"):
        registry.rules(engine.store)


def test_decisions_are_kept_for_the_next_process(engine: Engine) -> None:
    registry.set_use(engine.store, "city", "use")
    again = Store(engine.store.folder)
    assert registry.rule(again, "city").decided
    assert registry.may_mention(again, ["city", "first_name"]) == {"first_name"}
