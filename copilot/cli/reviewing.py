"""Commands of a drafted campaign: review, export."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from copilot.cli.base import AsJson, Workspace, app, emit, open_workspace, read_text
from copilot.errors import InputError

if TYPE_CHECKING:
    from copilot.service import Copilot

Campaign = Annotated[str, typer.Argument(help="The campaign's name, as its brief says.")]
By = Annotated[str, typer.Option("--by", help="Who decides.")]


@app.command()
def review(
    campaign: Campaign,
    approve: Annotated[
        str, typer.Option(help="`all`, or ids of drafts or of texts, parted by commas.")
    ] = "",
    reject: Annotated[str, typer.Option(help="`all`, or ids, parted by commas.")] = "",
    note: Annotated[str, typer.Option(help="Why; a rejection needs it.")] = "",
    by: By = "",
    edit: Annotated[str, typer.Option(metavar="ID", help="Give a draft the text of --file.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="Its new text; `Subject:` and `Preheader:` lines first.")
    ] = None,
    differences: Annotated[
        bool, typer.Option("--differences", help="Each distinct text once, to approve by its id.")
    ] = False,
    as_: Annotated[
        str, typer.Option("--as", metavar="CUSTOMER_ID", help="As this customer gets it.")
    ] = "",
    worst: Annotated[
        bool, typer.Option("--worst", help="On the rows that are hardest to merge.")
    ] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Look at a campaign's drafts, approve, reject, edit or preview them."""
    from copilot.cli import review_shown as show

    wanted = [each for each in (approve, reject, edit, as_, worst, differences) if each]
    if len(wanted) > 1:
        raise InputError(
            "Only one of --approve, --reject, --edit, --as, --worst, --differences at a time."
        )
    copilot = open_workspace(workspace)
    if edit:
        return _edit(copilot, campaign, edit, file, by=by, note=note, as_json=as_json)
    if approve or reject:
        decide = copilot.approve if approve else copilot.reject
        done = decide(campaign, _ids(approve or reject), by=by, note=note)
        return emit(done, as_json, show.show_decided)
    if as_ or worst:
        found = copilot.preview_as(campaign, as_) if as_ else copilot.preview_worst(campaign)
        told = {"campaign": campaign, "previews": [one.model_dump(mode="json") for one in found]}
        return emit(told, as_json, lambda _: show.show_previews(found))
    if differences:
        groups = copilot.differences(campaign)
        told = {"campaign": campaign, "groups": [one.model_dump(mode="json") for one in groups]}
        return emit(told, as_json, lambda _: show.show_differences(groups))
    return emit(copilot.review(campaign), as_json, show.show_review)


@app.command()
def export(
    campaign: Annotated[
        str | None, typer.Argument(help="The campaign's name, as its brief says.")
    ] = None,
    format: Annotated[
        str,
        typer.Option(
            help="generic, mailchimp, klaviyo, braze, mautic, listmonk, brevo, hubspot, google-ads."
        ),
    ] = "generic",
    out: Annotated[
        Path | None, typer.Option(help="FILE.csv, .tsv, .xlsx, .parquet or .jsonl")
    ] = None,
    recipients: Annotated[
        bool, typer.Option("--recipients", help="A merged row for each who consented.")
    ] = False,
    by: By = "",
    verify: Annotated[
        Path | None, typer.Option(metavar="MANIFEST", help="Compare an export with its manifest.")
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Write approved drafts to a file that can be sent, with a manifest beside it."""
    from copilot.cli import review_shown as show

    copilot = open_workspace(workspace)
    if verify is not None:
        found = copilot.verify_export(verify)
        return emit(found, as_json, show.show_verified, ok=found.passed)
    if campaign is None or out is None:
        raise InputError(
            "Nothing says what to export, or where to.",
            hint="export CAMPAIGN --out FILE.csv, or export --verify FILE.csv.manifest.json",
        )
    done = copilot.export(campaign, out=out, by=by or _me(), format=format, recipients=recipients)
    return emit(done, as_json, show.show_exported)


def _edit(
    copilot: "Copilot",
    campaign: str,
    draft_id: str,
    file: Path | None,
    *,
    by: str,
    note: str,
    as_json: bool,
) -> int:
    from copilot.cli import review_shown as show

    if file is None:
        raise InputError("An edit needs its text.", hint="Add --file TEXT.")
    done = copilot.edit_draft(campaign, draft_id, read_text(file), by=by, note=note)
    return emit(done, as_json, show.show_edited, ok=done.draft is not None)


def _ids(given: str) -> list[str]:
    return [each for each in (one.strip() for one in given.split(",")) if each]


def _me() -> str:
    """Who is at the machine, for the record of an export."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
