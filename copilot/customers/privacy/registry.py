"""What may be done with each field: mentioned in copy, only used, or not used at all.

Defaults stand in the schema; columns that fit no field are judged by their name when they are
read (`sensitive`); a person's own decisions are kept in `fields.yaml` of the store. A field that
may not be used is empty to everything that computes (`engine`), and no message may merge a field
that may not be mentioned.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast, get_args

import yaml

from copilot.customers.importing.expressions import stored
from copilot.customers.importing.readers import workbench
from copilot.customers.privacy.sensitive import sensitive_name
from copilot.customers.schema import TABLES, Use
from copilot.errors import DataError
from copilot.records import FieldRule
from copilot.text import write_whole

if TYPE_CHECKING:
    from copilot.customers.store import Store

FILE = "fields.yaml"
ATTRIBUTES = "attributes."
NEEDED = frozenset({"customer_id", "email", "phone"})
"""Who somebody is and where they are written to: always used, never mentioned."""
_TABLES = ("customers", "products", "locations")
_HEADER = """\
# What may be done with each field: mention (copy may name it), use (it may choose what is said,
# and is never named) or never (nothing reads it). Fields not listed keep their default.
"""


def rules(store: "Store") -> tuple[FieldRule, ...]:
    """Every field of customers, products and locations with what may be done with it."""
    decided = _decided(store)
    found = []
    for table in _TABLES:
        for field in TABLES[table].fields:
            if field.name not in {"attributes", "options", "demographics"}:
                found.append(_rule(table, field.name, field.use, decided))
        if table == "customers":
            found += [_rule(table, name, None, decided) for name in attributes(store)]
    return tuple(found)


def rule(store: "Store", field: str, table: str = "customers") -> FieldRule:
    """One field's rule. Raises DataError naming the fields there are."""
    there = [one for one in rules(store) if one.table == table]
    for one in there:
        if one.field == field:
            return one
    known = ", ".join(one.field for one in there)
    raise DataError(f"The {table} have no field {field!r}.", hint=f"There are: {known}.")


def set_use(
    store: "Store", field: str, use: str, *, table: str = "customers", sensitive: bool = False
) -> FieldRule:
    """Decide what may be done with a field; everything computed before is computed again.

    Raises DataError for an unknown field or use, for a field that sending needs, for a
    sensitive one that is to be mentioned, and for one that is to be used without `sensitive`.
    """
    if use not in get_args(Use):
        raise DataError(f"{use!r} is no use of a field.", hint=f"It is {', '.join(get_args(Use))}.")
    now = rule(store, field, table)
    if now.field in NEEDED and now.table == "customers" and use != "use":
        raise DataError(
            f"{field!r} says who somebody is: it is always used and never mentioned.",
            hint="To stop writing to people, suppress them; to erase one: customers forget.",
        )
    if now.sensitive and use == "mention":
        raise DataError(
            f"{field!r} is about {now.reason}; copy never mentions it.",
            hint="It can be set to use, which chooses what is said without naming it.",
        )
    if now.sensitive and use == "use" and now.default == "never" and not sensitive:
        raise DataError(
            f"{field!r} is about {now.reason}.",
            hint="If you may use it by law and want to, say so: --sensitive.",
        )
    with store.writing():
        decided = _decided(store)
        decided.setdefault(now.table, {})[field] = cast(Use, use)
        _keep(store, decided)
        store.commit({})  # readers notice that the generation moved
    return now.model_copy(update={"use": use, "decided": True})


def never(store: "Store", table: str = "customers") -> frozenset[str]:
    """The canonical fields of a table that may not be used."""
    decided = _decided(store).get(table, {})
    return frozenset(
        field.name
        for field in TABLES[table].fields
        if decided.get(field.name, field.use) == "never"
    )


def may_use(store: "Store", attribute: str) -> bool:
    """Whether an extra column of the customers (its own header) may be used."""
    return _rule("customers", ATTRIBUTES + attribute, None, _decided(store)).use != "never"


def may_mention(store: "Store", fields: Iterable[str]) -> frozenset[str]:
    """Those of the customers' own canonical fields that copy may name."""
    decided = _decided(store).get("customers", {})
    known = {field.name: field.use for field in TABLES["customers"].fields}
    return frozenset(
        name for name in fields if decided.get(name, known.get(name, "mention")) == "mention"
    )


def attributes(store: "Store") -> tuple[str, ...]:
    """The extra columns kept with the customers, as `attributes.<header>`, sorted."""
    path = store.files().get("customers")
    if path is None:
        return ()
    with workbench() as con:
        rows = con.execute(
            "SELECT DISTINCT unnest(json_keys(attributes)) AS name"  # noqa: S608 - own path
            f" FROM {stored(path)} WHERE attributes IS NOT NULL ORDER BY name"
        ).fetchall()
    return tuple(f"{ATTRIBUTES}{name}" for (name,) in rows)


def _rule(
    table: str, field: str, default: Use | None, decided: dict[str, dict[str, Use]]
) -> FieldRule:
    kind = sensitive_name(field.removeprefix(ATTRIBUTES)) if table == "customers" else None
    if default is None:
        default = "use" if kind is None or kind.use == "use" else "never"
    chosen = decided.get(table, {}).get(field)
    return FieldRule(
        table=table,
        field=field,
        use=chosen or default,
        default=default,
        sensitive=kind is not None,
        reason=kind.law if kind else "",
        decided=chosen is not None,
    )


def _decided(store: "Store") -> dict[str, dict[str, Use]]:
    """A person's own decisions by table and field. Raises DataError for a file gone wrong."""
    path = store.folder / FILE
    if not path.is_file():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        found = {str(t): {str(f): str(u) for f, u in fields.items()} for t, fields in data.items()}
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError) as error:
        raise DataError(f"{path} cannot be read: {error}.", hint="Correct or remove it.") from error
    for table, fields in found.items():
        for field, use in fields.items():
            if use not in get_args(Use) or (field in NEEDED and use != "use"):
                raise DataError(
                    f"{path} says {use!r} of {table}.{field}.",
                    hint=f"A use is {', '.join(get_args(Use))}; {', '.join(sorted(NEEDED))} are"
                    " always used.",
                )
    return cast("dict[str, dict[str, Use]]", found)


def _keep(store: "Store", decided: dict[str, dict[str, Use]]) -> None:
    text = _HEADER + yaml.safe_dump(decided, allow_unicode=True, sort_keys=True)
    write_whole(store.folder / FILE, text)
