"""How records look in a terminal: tables, Markdown, progress on standard error."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Table

from copilot.records import (
    Answer,
    Card,
    CheckReport,
    ChurnReport,
    ConceptMap,
    DemoReport,
    DoctorReport,
    Draft,
    DraftReport,
    Estimate,
    EvalReport,
    Expected,
    Finding,
    Hit,
    ImportReport,
    IndexReport,
    LearnerProgress,
    Locality,
    Marking,
    NextProducts,
    Profile,
    Quiz,
    Record,
    Segmentation,
    ValueReport,
)

Progress = Callable[[int, int, str], None]


def _out() -> Console:
    return Console(highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on standard error; `report(done, total, what)` moves it."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def report(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what[-40:])

        yield report


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_cell(cell) for cell in row))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    return "" if value is None else str(value)


def show_index(done: IndexReport) -> None:
    """What was read in, and what failed with its reason."""
    out = _out()
    out.print(
        f"{done.sources} sources, {done.passages} passages: {done.added} added, "
        f"{done.updated} updated, {done.unchanged} unchanged, {done.removed} removed "
        f"({done.elapsed_ms} ms)."
    )
    for failure in done.failed:
        out.print(f"[red]failed[/] {failure.source}: {failure.reason}")


def show_hits(hits: Sequence[Hit]) -> None:
    """Passages with their place and score."""
    out = _out()
    for hit in hits:
        page = f", page {hit.page}" if hit.page else ""
        out.print(f"[bold]{hit.score:.2f}[/] {hit.title} - {hit.heading}{page} ({hit.source})")
        out.print(hit.text.strip(), markup=False)
        out.print()


def show_answer(answer: Answer) -> None:
    """The answer as Markdown, the query or the citations below it."""
    out = _out()
    out.print(Markdown(answer.answer), soft_wrap=False)
    if answer.query is not None:
        rows = [list(row.values()) for row in answer.query.rows]
        columns = list(answer.query.rows[0]) if answer.query.rows else []
        out.print(_table(answer.query.description, columns, rows))
        out.print(answer.query.sql, markup=False, style="dim")
    for cited in answer.citations:
        page = f"page {cited.page}" if cited.page else ""
        where = ", ".join(part for part in (cited.heading or cited.title, page) if part)
        out.print(f"\\[{cited.marker}] {where} ({cited.source})", style="dim")
        out.print(f"    “{cited.quote}”", markup=False, style="dim")
    for warning in answer.warnings:
        out.print(f"[yellow]note[/] {warning}")


def show_imports(reports: Sequence[ImportReport]) -> None:
    """Each file's counts, its mapping, its warnings and where its rejects are."""
    out = _out()
    for done in reports:
        dry = " (dry run, nothing stored)" if done.dry_run else ""
        out.print(
            f"[bold]{done.table}[/] from {done.source}{dry}: {done.rows_read} read = "
            f"{done.rows_loaded} loaded + {done.rows_updated} updated + "
            f"{done.rows_rejected} rejected"
        )
        rows = [(c, m.field or "(kept aside)", m.confidence) for c, m in done.mapping.items()]
        out.print(_table("", ("column", "field", "confidence"), rows))
        for warning in done.warnings:
            out.print(f"[yellow]note[/] {warning}")
        if done.rejects_file:
            out.print(f"Rejected rows, with reasons: {done.rejects_file}")


def show_profile(profile: Profile) -> None:
    """Tables, consent by channel, and what is missing for what."""
    out = _out()
    rows = [
        (name, t.rows, ", ".join(f"{f} {share:.0%}" for f, share in t.coverage.items() if share))
        for name, t in profile.tables.items()
    ]
    out.print(_table("Tables", ("table", "rows", "filled"), rows))
    if profile.date_range:
        out.print(f"Transactions from {profile.date_range[0]} to {profile.date_range[1]}.")
    consent = [(c, s.yes, s.no, s.unknown) for c, s in profile.consent.items()]
    out.print(_table("Consent", ("channel", "yes", "no", "unknown (not yes)"), consent))
    for feature, missing in profile.missing.items():
        out.print(f"[yellow]{feature}[/] needs: {', '.join(missing)}")
    if profile.synthetic:
        out.print(f"Made up for demonstration: {', '.join(profile.synthetic)}.")


def show_localities(found: Sequence[Locality]) -> None:
    """One row a locality, what it over-indexes on with the interval."""
    rows = [
        (
            one.name,
            one.customers,
            f"{one.revenue:,.2f}",
            "" if one.average_basket is None else f"{one.average_basket:,.2f}",
            "; ".join(f"{t.name} {t.index:.2f} [{t.low:.2f}, {t.high:.2f}]" for t in one.top),
            "" if one.response_rate is None else f"{one.response_rate:.1%} of {one.responses}",
        )
        for one in found
    ]
    columns = ("locality", "customers", "revenue", "basket", "over-indexes on", "response")
    _out().print(_table("Localities", columns, rows))


def show_rows(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], notes: Sequence[str] = ()
) -> None:
    """Rows as one table, and what there is to note."""
    out = _out()
    out.print(_table(title, columns, rows) if rows else "Nothing to show.")
    for note in notes:
        out.print(note, markup=False)


def show_records(found: Sequence[Record]) -> None:
    """Any records as one table."""
    if not found:
        _out().print("Nothing to show.")
        return
    rows = [list(one.model_dump(mode="json").values()) for one in found]
    _out().print(_table("", list(type(found[0]).model_fields), rows))


def show_next(found: NextProducts) -> None:
    """A row a suggestion, and what the rest rests on."""
    out = _out()
    rows = [(s.customer_id, s.rank, s.item, s.score, s.reason) for s in found.suggestions]
    out.print(_table("Next", ("customer", "rank", "offer", "score", "why"), rows))
    out.print(
        f"{found.customers:,} customers: {found.by_own_history:,} by their own history, "
        f"{found.by_place:,} (under {found.fewest_occasions} visits) by their place, "
        f"{found.nothing:,} without; {found.shown:,} shown. Left out: {found.private_items:,} "
        f"private and {found.closed_items:,} unavailable or under {found.fewest_buyers} buyers."
    )
    if found.out:
        out.print(f"Written: {found.out}")


def show_cards(found: Sequence[Card]) -> None:
    """Each card's sentences by topic."""
    out = _out()
    for one in found:
        out.print(f"[bold]{escape(one.title)}[/], as of {one.as_of} ({escape(one.source)})")
        for text in one.sections.values():
            out.print(text, markup=False)
        out.print()


def show_mapping(found: Mapping[str, Any]) -> None:
    """A plain dictionary, a line a key."""
    out = _out()
    for key, value in found.items():
        out.print(f"[bold]{key}[/]: ", end="")
        out.print(str(value), markup=False)


def _show_findings(findings: Sequence[Finding]) -> None:
    out = _out()
    for one in findings:
        colour = "red" if one.severity == "block" else "yellow"
        out.print(f"[{colour}]{one.severity}[/] {one.rule} in {one.part}: ", end="")
        out.print(f"{one.text!r} {one.message} ({one.source}) {one.fix}".strip(), markup=False)


def show_check(report: CheckReport) -> None:
    """Passed or not, each finding, and each fact with where it came from."""
    out = _out()
    out.print("[green]passed[/]" if report.passed else "[red]blocked[/]")
    _show_findings(report.findings)
    rows = [(use.part, use.text, use.kind, use.origin) for use in report.facts]
    if rows:
        out.print(_table("Facts", ("part", "as written", "kind", "from"), rows))


def _show_one(one: Draft) -> None:
    out = _out()
    out.rule(f"{one.unit} - {one.channel} {one.language} {one.variant} - {one.status}")
    for text in (one.message.subject, one.message.preheader, one.message.body):
        if text:
            out.print(text, markup=False)
    _show_findings(one.findings)


def show_draft(done: DraftReport) -> None:
    """Counts, where the files are, and the first drafts."""
    out = _out()
    cost = "unknown" if done.cost_usd is None else f"{done.cost_usd:.4f} USD"
    skipped = ", ".join(f"{count} {why}" for why, count in done.skipped.items()) or "none"
    out.print(
        f"[bold]{done.campaign}[/] {done.level}: {done.units} units, {done.drafts} drafts, "
        f"{done.passed} passed, {done.held} held; skipped: {skipped}; cost {cost} ({done.model})."
    )
    for one in done.preview[:3]:
        _show_one(one)
    for path in (done.out, done.held_file):
        if path:
            out.print(f"Written: {path}")
    for warning in done.warnings:
        out.print(f"[yellow]note[/] {warning}")


def show_segmentation(found: Segmentation) -> None:
    """One row a segment, with how the scores are given and the day they are counted to."""
    show_records(found.segments)
    for name, rule in found.scores.items():
        _out().print(f"{name}: {rule}", markup=False, style="dim")
    if found.as_of:
        _out().print(f"Counted to {found.as_of} ({found.as_of_is}).", style="dim")


def show_value(found: ValueReport) -> None:
    """What is expected, each way's figures on the holdout, segments and top customers."""
    out = _out()
    out.print(
        f"[bold]{found.total_value:,.2f}[/] {found.measure} expected of {found.customers} buyers"
        f" in the {found.horizon_days} days after {found.as_of}"
        f" ({found.total_purchases:,.0f} purchases)."
    )
    for used, why in ((found.method, found.why), (found.spend_method, found.spend_why)):
        out.print(f"Used: {used}. {why}", markup=False)
    columns = ("way", "MAE", "RMSE", "predicted / actual", "money in top tenth", "RMSE less simple")
    until = f"learnt until {found.trained_until}, judged on {found.holdout_days} days"
    for title, figures in (("Purchases", found.purchases), ("Money", found.spending)):
        rows = [(f.method, *map(_span, (f.mae, f.rmse, f.total, f.top_share, f.less_rmse)))
                for f in figures]  # fmt: skip
        out.print(_table(f"{title}, {until}", columns, rows))
    show_records(found.segments)
    top = [(c.customer_id, _span(c.purchases), _span(c.value), c.alive) for c in found.top]
    out.print(_table("Top customers", ("id", "purchases", "value", "alive"), top))
    for note in found.notes:
        out.print(f"[yellow]note[/] {note}")


def show_churn(found: ChurnReport) -> None:
    """What was said and what came true, today's buyers by risk, and money at risk."""
    out = _out()
    out.print(f"Read from {found.signal}. {found.why}", markup=False)
    rows = [(f"{r.low:.1f}-{r.high:.1f}", r.customers, r.said, _span(r.happened))
            for r in found.reliability]  # fmt: skip
    title = f"Risk said, and who really stayed away for {found.horizon_days} days"
    out.print(_table(title, ("risk", "customers", "said", "happened"), rows))
    bands = [(f"{b.low:.1f}-{b.high:.1f}", b.customers, b.spent) for b in found.bands]
    out.print(_table(f"Buyers on {found.as_of}", ("risk", "customers", "spent so far"), bands))
    show_records(found.top)
    for note in found.notes:
        out.print(f"[yellow]note[/] {note}")


def _span(figure: Estimate | Expected | None) -> str:
    if figure is None:
        return ""
    return f"{_cell(figure.value)} [{_cell(figure.low)}, {_cell(figure.high)}]"


def show_quiz(quiz: Quiz) -> None:
    """The questions with their ids."""
    out = _out()
    for number, question in enumerate(quiz.questions, 1):
        out.print(f"[bold]{number}.[/] ", end="")
        out.print(question.prompt, markup=False)
        for option in question.options:
            out.print(f"   - {option}", markup=False)
        out.print(f"   {question.id}  ({question.title})", style="dim", markup=False)


def show_marking(marking: Marking) -> None:
    """Verdict, reasons point by point, the answer expected, and the passage."""
    out = _out()
    colour = {"right": "green", "partly": "yellow", "wrong": "red"}[marking.verdict]
    out.print(f"[{colour}]{marking.verdict}[/] ({marking.score:.0%})")
    for reason in marking.reasons:
        out.print(f"- {reason}", markup=False)
    for slip in marking.misconceptions:
        out.print(f"{slip.name}: {slip.explanation}", markup=False)
    out.print(f"Expected: {marking.model_answer}", markup=False)
    cited = marking.citation
    out.print(f"“{cited.quote}” ({cited.heading or cited.title})", markup=False, style="dim")


def show_learner(found: LearnerProgress) -> None:
    """One row a concept, weakest first."""
    rows = [
        (one.title, one.asked, f"{one.score:.0%}", one.box, "now" if one.is_due else one.due.date())
        for one in found.concepts
    ]
    title = f"{found.learner}: {found.asked} answers, {found.score:.0%}, {found.due} due"
    _out().print(_table(title, ("concept", "asked", "score", "box", "due"), rows))


def show_map(drawn: ConceptMap) -> None:
    """The edges in words, and where the picture is."""
    names = {node.id: node.title for node in drawn.nodes}
    rows = [(names[edge.start], edge.relation, names[edge.end]) for edge in drawn.edges]
    _out().print(_table(f"{len(names)} concepts", ("concept", "is", "to"), rows))
    if drawn.out:
        _out().print(f"Written: {drawn.out}")


def show_eval(report: EvalReport) -> None:
    """Every figure as tables."""
    from copilot.evaluation.report import as_markdown

    _out().print(Markdown(as_markdown(report)), soft_wrap=False)


def show_demo(done: DemoReport) -> None:
    """Each step with the command that repeats it."""
    out = _out()
    for step in done.steps:
        out.print(f"[bold]$ {step.command}[/]")
        out.print(Markdown(step.result), soft_wrap=False)
        out.print()
    if done.notice:
        out.print(f"[yellow]{done.notice}[/]")
    out.print(f"Workspace: {done.workspace}")


def show_doctor(report: DoctorReport) -> None:
    """Each thing the product uses, its state and its remedy."""
    rows = [(check.name, check.status, check.detail, check.fix) for check in report.checks]
    out = _out()
    out.print(_table(f"marketing-copilot {report.version}", ("what", "is", "", "fix"), rows))
    out.print(f"Workspace: {report.workspace}")
