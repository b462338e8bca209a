"""What people see of drift: localities, then the worst sentences with reasons."""

from rich.console import Console
from rich.table import Table

from copilot.records import DriftReport

MOST_PLACES, MOST_SENTENCES = 25, 10


def show_drift(found: DriftReport) -> None:
    """Each locality's distance with what moved, and the sentences that cause it, worst first."""
    out = Console(highlight=False, soft_wrap=True)
    counted = ", ".join(f"{count} {language}" for language, count in found.exemplars.items())
    out.print(f"{found.campaign} against {found.brand}'s exemplars ({counted}).", markup=False)
    places = Table(title="0.5 is as far as the brand's own copy stands; 0.95 further than 19 in 20")
    for name in ("for", "drafts", "drift", "worst", "over budget", "what moved"):
        places.add_column(name)
    for one in found.localities[:MOST_PLACES]:
        ranked = sorted(one.features.items(), key=lambda item: -abs(item[1]))
        told = [f"{name} {value:+.1f}" for name, value in ranked[:3] if abs(value) >= 1]
        over = "" if found.budget is None else str(one.over)
        places.add_row(
            one.unit, str(one.drafts), f"{one.score:.2f}", f"{one.worst:.2f}", over,
            ", ".join(told).replace("_", " "),
        )  # fmt: skip
    out.print(places)
    if len(found.localities) > MOST_PLACES:
        out.print(f"… and {len(found.localities) - MOST_PLACES} more; --json has them all.")
    shown = [(draft, each) for draft in found.drafts for each in draft.sentences[:1]]
    for draft, worst in shown[:MOST_SENTENCES]:
        where = f"{draft.score:.2f} {draft.unit}, {draft.channel} {draft.language} {draft.variant}"
        out.print(f"{where}: “{worst.text}”", markup=False)
        out.print(f"  {'; '.join(one.why for one in worst.moved[:3])}.", markup=False)
        out.print(f"  {worst.suggestion}", style="green", markup=False)
    for note in found.notes:
        out.print("[yellow]note[/] ", end="")
        out.print(note, markup=False)
