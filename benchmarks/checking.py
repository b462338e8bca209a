"""The checks over marked copy of twenty-two businesses: what they hold, beside a plain checker.

Run: python benchmarks/checking.py. The peer is the regular expression most tools stop at: every
figure, link and code of a text must stand in the brief, and a short list of claim words is held.
"""

import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trades import Copy

    from copilot.records import CheckReport

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "campaigns" / "check"), str(ROOT)]

_FIGURE = re.compile(
    r"https?://\S+|\S+@\S+|\b[A-Z]{3,}\d+\b|[£$€]?\d+(?:[.,:]\d+)*(?: ?[%€£$])?", re.ASCII
)
_WORDS = re.compile(
    r"\b(?:best|cheapest|guarantee\w*|organic|free|award\w*|number one|beste\w?|garant\w+|bio"
    r"|gratis|kostenlos|meilleure?s?|gratuit\w*|mejor\w*|garantiza\w*|only|always|never)\b",
    re.IGNORECASE,
)


def main() -> None:
    """Print recall and false blocks in all and by channel, language and label, and the time."""
    from trades import BATCHES, UNSEEN, copies, first_sight, outcome, scores

    for batch in (*BATCHES, *UNSEEN):
        score = scores([outcome(copy, _checks) for copy in copies(batch)])["all", ""]
        now = f"now {score.held} of {score.marks} spans, {score.wronged} of {score.sound} sound"
        _print(f"{batch}: {now} held. {first_sight(batch)}")
    given = [copy for batch in BATCHES for copy in copies(batch)]
    for name, checker in (("the checks", _checks), ("figures and words", _plain)):
        for copy in given:
            checker(copy)
        outcomes = [outcome(copy, checker) for copy in given]
        _print(f"{name}: {len(given)} messages")
        for (group, value), score in sorted(scores(outcomes).items()):
            sound = f", {score.wronged} of {score.sound} sound held" if score.sound else ""
            told = f"{score.held} of {score.marks} spans held ({score.recall:.3f}){sound}"
            _print(f"  {group} {value}: {told}")
        _print(f"  {_milliseconds(given, checker):.1f} ms a message, median")


def _milliseconds(given: "list[Copy]", checker: "Callable[[Copy], CheckReport]") -> float:
    times = []
    for copy in given:
        started = time.process_time()
        checker(copy)
        times.append(1000 * (time.process_time() - started))
    return statistics.median(times)


def _checks(copy: "Copy") -> "CheckReport":
    from copilot.campaigns.check.run import check

    return check(copy.message, copy.assignment, fragment=copy.fragment)


def _plain(copy: "Copy") -> "CheckReport":
    """Figures that the brief does not have, and listed words: any rule fits the label."""
    from copilot.records import CheckReport, Finding

    known = copy.assignment.brief.model_dump_json()
    found = []
    for part in ("subject", "body" if copy.message.body else "html"):
        text = str(getattr(copy.message, part))
        spans = [each for each in _FIGURE.finditer(text) if each[0].strip(".,") not in known]
        for each in (*spans, *_WORDS.finditer(text)):
            if each[0] in known:
                continue
            for rule in ("number.", "claim.", "url.", "code."):
                found.append(
                    Finding.model_validate(
                        {
                            "rule": rule,
                            "severity": "block",
                            "text": each[0],
                            "part": part,
                            "start": each.start(),
                            "end": each.end(),
                            "message": "Not in the brief.",
                            "source": "peer",
                        }
                    )
                )
    return CheckReport(passed=not found, findings=tuple(found))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
