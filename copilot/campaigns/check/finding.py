"""How checks say what they found."""

from dataclasses import dataclass

from copilot.campaigns.check.book import Book
from copilot.campaigns.check.lexicon import Lexicon
from copilot.campaigns.check.view import Link, View
from copilot.records import Assignment, Fact, FactUse, Finding, Message, Part


@dataclass(frozen=True)
class Text:
    """One part of a message under check. `low` is the view's folded text without merge tags,
    `unknown` what is left of it once links and known phrases are blotted out, `rest` once every
    statement is."""

    part: Part
    source: str
    view: View
    low: str
    unknown: str
    rest: str
    links: tuple[Link, ...] = ()

    def block(
        self, rule: str, start: int, end: int, message: str, *, origin: str, fix: str = ""
    ) -> Finding:
        """A finding that holds the draft, for a span of the view."""
        return self._finding("block", rule, start, end, message, origin, fix)

    def warn(
        self, rule: str, start: int, end: int, message: str, *, origin: str, fix: str = ""
    ) -> Finding:
        """A finding that advises, for a span of the view."""
        return self._finding("warn", rule, start, end, message, origin, fix)

    def use(self, start: int, end: int, fact: Fact) -> FactUse:
        """The fact a span of the view states."""
        first, last = self.view.source(start, end)
        return FactUse(
            part=self.part,
            start=first,
            end=last,
            text=self.source[first:last],
            fact_id=fact.id,
            kind=fact.kind,
            origin=fact.origin,
        )

    def _finding(
        self, severity: str, rule: str, start: int, end: int, message: str, origin: str, fix: str
    ) -> Finding:
        first, last = self.view.source(start, end)
        return Finding.model_validate(
            {
                "rule": rule,
                "severity": severity,
                "text": self.source[first:last],
                "part": self.part,
                "start": first,
                "end": last,
                "message": message,
                "source": origin,
                "fix": fix,
            }
        )


@dataclass(frozen=True)
class Case:
    """Everything one check is given; `fragment` when the text is not a whole message.

    `vocabulary` is every word of the facts and the brand's voice, `offered` those of the offer
    and the brief's facts alone.
    """

    message: Message
    assignment: Assignment
    lex: Lexicon
    facts: Book
    fragment: bool = False
    vocabulary: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()


def missing(rule: str, message: str, *, origin: str, fix: str, hold: bool = True) -> Finding:
    """A finding about something that is not there."""
    return Finding(
        rule=rule,
        severity="block" if hold else "warn",
        text="",
        message=message,
        source=origin,
        fix=fix,
    )
