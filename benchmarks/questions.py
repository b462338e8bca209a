"""Numeric questions in plain words over the sample bakery: right, refused and wrong.

Run: python benchmarks/questions.py. The truth is worked out in plain Python from the CSV rows.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "customers"), str(ROOT)]


def main() -> None:
    """Ask every set and print how many were right, refused and wrong, and how long it took."""
    from books import Books
    from numeric_questions import REFUSED, figures, marked, now_answered, tables
    from question_set import ranked, single
    from stored import bakery_tables, engine_of
    from unseen_questions import UNSEEN_REFUSED, unseen_figures, unseen_tables

    from copilot.customers.questions.answer import answer_number

    books = Books()
    sets: dict[str, dict[str, Any]] = {
        "120 as typed": figures(books) | tables(books),
        "40 written unseen": unseen_figures(books) | unseen_tables(books),
        "the first set": single(books) | ranked(books) | now_answered(books),
        "cannot be told": dict.fromkeys((*REFUSED, *UNSEEN_REFUSED)),
    }
    engine = engine_of(Path(tempfile.mkdtemp()), bakery_tables())
    for name, questions in sets.items():
        counts: Counter[str] = Counter()
        started = time.perf_counter()
        for question, expected in questions.items():
            counts[marked(answer_number(engine, question), expected)] += 1
        each = 1000 * (time.perf_counter() - started) / len(questions)
        sys.stdout.write(
            f"{name}: {len(questions)} asked, {counts['right']} right,"
            f" {counts['refused']} refused, {counts['wrong']} wrong, {each:.0f} ms each\n"
        )
    engine.close()


if __name__ == "__main__":
    main()
