"""The MCP server: the facade's read-only verbs as tools, over stdio.

Nothing personal crosses: no tool returns a customer, an address or a merged message; a draft
comes back as a template with its slots. Only a ToolError's text reaches the model.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from copilot import __version__
from copilot.errors import CopilotError, RefusedError
from copilot.records import (
    Answer,
    CheckReport,
    Draft,
    Hit,
    Locality,
    LocalityLevel,
    Marking,
    Profile,
    Quiz,
    Record,
)

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from copilot.service import Copilot

MOST_DRAFTS = 20


class Passages(Record):
    """Search results, best first."""

    passages: tuple[Hit, ...]


class Localities(Record):
    """The localities of one level."""

    level: str
    localities: tuple[Locality, ...]


class Drafts(Record):
    """Checked templates; `held` ones failed a check and must not be sent."""

    campaign: str
    drafts: tuple[Draft, ...]
    passed: int
    held: int
    skipped: dict[str, int]


Brief = Annotated[
    str,
    Field(
        description="The brief as YAML: name, brand (inline kit with name, address, "
        "unsubscribe_url), offer {text, code, starts, ends, terms}, facts, channels, audience, "
        "level (mass, segment, local, individual), by."
    ),
]


def build(copilot: "Copilot") -> "MCPServer":
    """The server over one Copilot; hand it to a client in memory, or run it on stdio."""
    from mcp.server import MCPServer
    from mcp.types import ToolAnnotations

    server = MCPServer(
        "marketing-copilot",
        version=__version__,
        instructions="Marketing concepts with citations, a business's computed numbers, and "
        "copy whose every fact resolves. Quote citations; never change a number.",
    )
    reading = ToolAnnotations(
        read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False
    )

    @server.tool(annotations=reading)
    def search(question: str, k: int = 5) -> Passages:
        """Find the passages of the library nearest to a question."""
        with _told():
            return Passages(passages=tuple(copilot.search(question, k=min(max(k, 1), 20))))

    @server.tool(annotations=reading)
    def ask(question: str, audience: Literal["student", "practitioner"] = "practitioner") -> Answer:
        """Answer a marketing question with citations, or a number from the customers' data."""
        with _told():
            return _of_groups(copilot.ask(question, audience=audience))

    @server.tool(annotations=reading)
    def quiz(topic: str, questions: int = 5, seed: int = 0) -> Quiz:
        """Questions on a concept or chapter of the library, to be answered in free text."""
        with _told():
            return copilot.quiz(topic, n=min(max(questions, 1), 20), seed=seed)

    @server.tool(annotations=reading)
    def mark(question_id: str, answer: str) -> Marking:
        """Mark an answer to a quiz question, point by point, against the cited passage."""
        with _told():
            return copilot.mark(question_id, answer, learner=None)

    @server.tool(annotations=reading)
    def profile() -> Profile:
        """What customer data there is: tables, coverage, consent by channel, what is missing."""
        with _told():
            return copilot.profile()

    @server.tool(annotations=reading)
    def localities(level: LocalityLevel = "neighbourhood", name: str | None = None) -> Localities:
        """Each locality's customers, revenue and what it over-indexes on, with intervals."""
        with _told():
            found = copilot.localities(level, name=name)
            return Localities(level=level, localities=tuple(found))

    @server.tool(annotations=reading)
    def draft(brief: Brief, limit: int = 5) -> Drafts:
        """Draft copy for a brief; returns templates with slots, checked, nothing sent."""
        with _told():
            parsed = copilot.parse_brief(brief)
            done = copilot.draft(parsed, limit=min(max(limit, 1), MOST_DRAFTS), keep=False)
            return Drafts(
                campaign=done.campaign,
                drafts=done.preview,
                passed=done.passed,
                held=done.held,
                skipped=done.skipped,
            )

    @server.tool(annotations=reading)
    def check(text: str, brief: Brief, channel: str = "email") -> CheckReport:
        """Check any text against a brief: every number, date, code and claim must resolve."""
        with _told():
            return copilot.check(text, copilot.parse_brief(brief), channel=channel)

    return server


def _of_groups(answer: Answer) -> Answer:
    """The answer, unless its rows are single customers: those stay on this machine."""
    if answer.query is not None and any("customer" in row for row in answer.query.rows):
        raise RefusedError(
            "The answer lists single customers, and this connection shows groups only.",
            hint="On the business's own machine: marketing-copilot ask …",
        )
    return answer


@contextmanager
def _told() -> Iterator[None]:
    """Our own errors become text the model may see, with the remedy; others stay masked."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        yield
    except CopilotError as error:
        raise ToolError(str(error)) from error
