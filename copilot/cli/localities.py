"""Commands of the localities: profiles, over-indexes, mix, likeness, assortment, services."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from copilot.cli.base import AsJson, Workspace, app, emit, open_workspace
from copilot.errors import InputError
from copilot.records import ItemIndexes, LocalityMix, LocalPlan, Record, Similarity

LEVELS = (
    "country, region, city, neighbourhood, postcode (postcode:3, postcode:area), store, age, "
    "language, segment, attributes.NAME, store.kind, store.demographics.NAME; join with +."
)
MIXES = ("languages", "dayparts", "weekdays")

localities = typer.Typer(rich_markup_mode=None, help="What is particular of each locality.")
app.add_typer(localities, name="localities")

Level = Annotated[str | None, typer.Option(help=LEVELS)]
Name = Annotated[str | None, typer.Option(help="Only this one.")]
Kind = Annotated[str, typer.Option(help="product, category, brand, department or service.")]
Top = Annotated[int, typer.Option(min=1, help="How many of each.")]


@localities.callback(invoke_without_command=True)
def profiles(
    ctx: typer.Context,
    level: Annotated[str, typer.Option(help=LEVELS)] = "neighbourhood",
    name: Name = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Each locality's customers, revenue and what it over-indexes on, with intervals."""
    if ctx.invoked_subcommand is not None:
        return 0
    from copilot.console import show_localities

    found = open_workspace(workspace).localities(level, name=name)
    payload = {"level": level, "localities": [one.model_dump(mode="json") for one in found]}
    return emit(payload, as_json, lambda _: show_localities(found))


@localities.command("over-index")
def over_index(
    ctx: typer.Context,
    level: Level = None,
    name: Name = None,
    kind: Kind = "category",
    top: Top = 10,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """What each locality buys more often, and less often, than all customers."""
    level, name, workspace, as_json = _given(ctx, level, name, workspace, as_json)
    found = open_workspace(workspace).over_indexes(level, name=name, kind=kind, top=top)
    return emit(_payload(level, found), as_json, lambda _: _show_indexes(found))


@localities.command("mix")
def mix_(
    ctx: typer.Context,
    level: Level = None,
    name: Name = None,
    dayparts: Annotated[
        str | None, typer.Option(help="As early=5-9,lunch=11:30-14,night=22-5.")
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Languages, parts of the day and weekdays of each locality or segment."""
    level, name, workspace, as_json = _given(ctx, level, name, workspace, as_json)
    found = open_workspace(workspace).mix(level, name=name, dayparts=dayparts)
    return emit(_payload(level, found), as_json, lambda _: _show_mix(found))


@localities.command("similar")
def similar(
    ctx: typer.Context,
    level: Level = None,
    name: Name = None,
    top: Top = 5,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """The localities most like one, with what they share and what differs."""
    level, name, workspace, as_json = _given(ctx, level, name, workspace, as_json)
    if name is None:
        raise InputError("No locality is named.", hint="Say which: --name NAME.")
    found = open_workspace(workspace).similar(level, name, top=top)
    return emit(found, as_json, _show_similar)


@localities.command("assortment")
def assortment(
    ctx: typer.Context,
    level: Annotated[str | None, typer.Option(help="store, or a class: store.kind, ….")] = None,
    name: Name = None,
    kind: Kind = "product",
    top: Top = 10,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """What to add to, keep in and drop from each store's shelves, beside similar stores."""
    level, name, workspace, as_json = _given(ctx, level, name, workspace, as_json, "store")
    found = open_workspace(workspace).assortment(level, name=name, kind=kind, top=top)
    return emit(_payload(level, found), as_json, lambda _: _show_plans(found))


@localities.command("services")
def services(
    ctx: typer.Context,
    level: Annotated[str | None, typer.Option(help="branch, store, neighbourhood, ….")] = None,
    name: Name = None,
    by: Annotated[
        str | None, typer.Option(help="Classes: age, language, attributes.NAME; join with +.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="What counts as a service.")] = None,
    top: Top = 10,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Which services fit each branch's customers, by the classes they belong to."""
    level, name, workspace, as_json = _given(ctx, level, name, workspace, as_json, "store")
    found = open_workspace(workspace).services(level, name=name, by=by, kind=kind, top=top)
    return emit(_payload(level, found), as_json, lambda _: _show_plans(found))


def _given(
    ctx: typer.Context,
    level: str | None,
    name: str | None,
    workspace: Any,
    as_json: bool,
    usual: str = "neighbourhood",
) -> tuple[str, str | None, Any, bool]:
    """The options, also those written before the subcommand."""
    before = ctx.parent
    said: dict[str, Any] = {}
    if before is not None:
        said = {
            key: value
            for key, value in before.params.items()
            if str(getattr(before.get_parameter_source(key), "name", "")) == "COMMANDLINE"
        }
    return (
        level or said.get("level") or usual,
        name if name is not None else said.get("name"),
        workspace or said.get("workspace"),
        as_json or bool(said.get("as_json")),
    )


def _payload(level: str, found: Sequence[Record]) -> dict[str, Any]:
    return {"level": level, "localities": [one.model_dump(mode="json") for one in found]}


def _show_indexes(found: Sequence[ItemIndexes]) -> None:
    from copilot.console import show_rows

    rows = [
        (
            one.name,
            side,
            item.name,
            item.index,
            f"{item.low:.2f} to {item.high:.2f}",
            item.customers,
        )
        for one in found
        for side, items in (("more", one.over), ("less", one.under))
        for item in items
    ]
    columns = ("locality", "bought", "what", "index", "90% interval", "customers")
    show_rows("Against all customers", columns, rows)


def _show_mix(found: Sequence[LocalityMix]) -> None:
    from copilot.console import show_rows

    rows = [
        (
            one.name,
            mix,
            share.name,
            f"{share.share:.1%}",
            f"{share.low:.1%} to {share.high:.1%}",
            f"{share.everywhere:.1%}",
            share.customers,
        )
        for one in found
        for mix in MIXES
        for share in getattr(one, mix)
    ]
    columns = ("locality", "mix", "", "share", "90% interval", "everywhere", "customers")
    show_rows("Mix", columns, rows, sorted({note for one in found for note in one.notes}))


def _show_similar(found: Similarity) -> None:
    from copilot.console import show_rows

    rows = [
        (one.name, one.customers, one.distance, "; ".join(one.shared), "; ".join(one.differs))
        for one in found.similar
    ]
    columns = ("locality", "customers", "distance", "shared", "differs")
    show_rows(f"Most like {found.name}", columns, rows, found.notes)


def _show_plans(found: Sequence[LocalPlan]) -> None:
    from copilot.console import show_rows

    rows = [
        (
            one.name,
            move.move,
            move.item,
            f"{move.index:.2f} [{move.low:.2f}, {move.high:.2f}]",
            move.customers,
            f"{move.expected:.0f}",
            move.lift,
            move.reason,
        )
        for one in found
        for move in (*one.add, *one.keep, *one.drop)
    ]
    columns = ("where", "move", "what", "index", "customers", "expected", "sales", "why")
    show_rows("Moves", columns, rows, sorted({note for one in found for note in one.notes}))
