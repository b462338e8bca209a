"""Drafts as templates: a row per unit in a tool's merge tags, or ads for Google Ads Editor."""

from collections.abc import Sequence
from typing import cast

from copilot.campaigns.exporting.export import unit_rows, write_rows
from copilot.campaigns.exporting.formats import GOOGLE_ADS, ad_rows
from copilot.campaigns.exporting.manifest import exported_file
from copilot.campaigns.exporting.outputs import remember_output
from copilot.campaigns.exporting.tags import Format, side_notes
from copilot.records import Draft
from copilot.reviewing.exporting import Order, Written

ADS_NOTES = (
    "Ads arrive paused. In Google Ads Editor: Account, Import, From file.",
    "An ad group is a unit and language; make the campaign's type Search.",
)


def write_templates(order: Order, ready: Sequence[Draft]) -> Written:
    """One file with a row per draft."""
    if order.format == GOOGLE_ADS:
        rows, notes = ad_rows(ready, order.plan.brief), list(ADS_NOTES)
    else:
        tool = cast(Format, order.format)
        rows, notes = unit_rows(ready, tool), list(side_notes(ready, tool))
    remember_output(order.desk.settings.home, order.out)
    count = write_rows(rows, order.out)
    return Written([exported_file(order.out, count, "template")], notes)
