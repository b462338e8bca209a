"""Verbs that judge customers: segments by any scoring, value over a horizon, churn risk."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.records import ChurnReport, Segment, Segmentation, ValueReport
from copilot.service.parts import Parts

if TYPE_CHECKING:
    from copilot.customers.segmenting.rfm_choices import Choices


class ValueVerbs(Parts):
    """Scores customers, and predicts what they will bring and who will stay away."""

    def segments(
        self,
        *,
        by: str = "rfm",
        where: str = "",
        scoring: str = "",
        as_of: dt.date | None = None,
        cuts: Path | None = None,
    ) -> list[Segment]:
        """Named segments with the rule behind each; see `segmentation`."""
        found = self.segmentation(by=by, where=where, scoring=scoring, as_of=as_of, cuts=cuts)
        return list(found.segments)

    def segmentation(
        self,
        *,
        by: str = "rfm",
        where: str = "",
        scoring: str = "",
        as_of: dt.date | None = None,
        cuts: Path | None = None,
    ) -> Segmentation:
        """Segments, and how they were scored: `by` rfm (scoring fifths, nested, quartiles, cuts
        or weighted), lifecycle (days or rhythm), value or rule.

        `cuts` is a YAML file of cut points, weights and names, by default `rfm.yaml` in the
        workspace.
        """
        from copilot.customers.segmenting.segments import segmentation

        with self._lock:
            return segmentation(
                self.engine,
                by,
                where=where,
                scoring=scoring,
                as_of=as_of,
                choices=self._rfm_choices(cuts),
            )

    def value(
        self,
        *,
        horizon: int = 180,
        top: int = 10,
        margin: float | None = None,
        discount: float = 0.0,
        as_of: dt.date | None = None,
    ) -> ValueReport:
        """What buyers are expected to bring in the `horizon` days ahead, and why to believe it.

        Revenue, or revenue times `margin` (0-1); `discount` is a yearly rate. Raises
        RefusedError, saying what is missing, when there is too little to learn from.
        """
        from copilot.customers.valuing.value_report import value

        with self._lock:
            return value(
                self.engine,
                horizon=horizon,
                top=top,
                margin=margin,
                discount=discount,
                as_of=as_of,
            )

    def churn(
        self, *, horizon: int = 90, top: int = 10, as_of: dt.date | None = None
    ) -> ChurnReport:
        """The chance that buyers buy nothing in the `horizon` days ahead, checked on the past.

        Raises RefusedError when the past is too short or too thin to check it on.
        """
        from copilot.customers.valuing.churn import churn

        with self._lock:
            return churn(self.engine, horizon=horizon, top=top, as_of=as_of)

    def _rfm_choices(self, cuts: Path | None) -> "Choices":
        from copilot.customers.segmenting.rfm_choices import FILE, load_choices

        usual = self.settings.home / FILE
        return load_choices(cuts or (usual if usual.is_file() else None))
