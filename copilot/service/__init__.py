"""Copilot: the facade, and the one place where the columns are wired.

One short method a verb of the command line, a file a column. It holds no conversation; history
is an argument. Parts are opened on first use, so that opening a Copilot costs nothing.
"""

from copilot.records import DemoReport, DoctorReport
from copilot.service.campaigns import CampaignVerbs
from copilot.service.customers import CustomerVerbs
from copilot.service.drift import DriftVerbs
from copilot.service.jobs import JobVerbs
from copilot.service.knowledge import KnowledgeVerbs
from copilot.service.learning import LearningVerbs
from copilot.service.localities import LocalityVerbs
from copilot.service.parts import Progress
from copilot.service.reviewing import ReviewVerbs
from copilot.service.ruling import RuleVerbs
from copilot.service.suggesting import SuggestVerbs
from copilot.service.valuing import ValueVerbs

__all__ = ["Copilot"]


class Copilot(
    KnowledgeVerbs,
    LearningVerbs,
    CustomerVerbs,
    LocalityVerbs,
    ValueVerbs,
    RuleVerbs,
    SuggestVerbs,
    ReviewVerbs,
    DriftVerbs,
    JobVerbs,
    CampaignVerbs,
):
    """Explains, teaches, computes, drafts. Safe to share between threads; build one with `open`."""

    def doctor(self) -> DoctorReport:
        """What is installed, connected and missing, and how to fix it."""
        from copilot.doctor import examine

        return examine(self)

    def demo(self, business: str = "bakery", *, progress: Progress | None = None) -> DemoReport:
        """Load a sample business and show every feature once."""
        from copilot.showing import show

        return show(self, business, progress=progress)
