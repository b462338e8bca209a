"""Fits `knowledge/relevance.json`: when a question that names no concept counts as covered.

Learns from the labelled questions whose part is tuned, chooses the threshold that makes the
fewest errors there in cross-validation, and prints and stores the errors on those and on the
questions held out. Run after notes, retrieval or the embedding model changed: `make relevance`.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from copilot import Copilot, Settings
from copilot.rag.answering.answer import gather
from copilot.rag.answering.concepts import vocabulary
from copilot.rag.answering.cover import open_to_doubt
from copilot.rag.answering.question import understand
from copilot.rag.answering.relevance import FILE_NAME, signs
from copilot.records import Turn

ROOT = Path(__file__).parent.parent
DECISIONS = (
    ROOT / "tests" / "rag" / "answering" / "data" / "covered.jsonl",
    ROOT / "knowledge" / "relevance_questions.jsonl",
)
EVALUATION = ROOT / "copilot" / "evaluation" / "data"
FOLDS, PENALTY = 10, 0.02
MISTAKEN = 1.25  # an answer that should be a refusal, against a refusal that should be an answer

Matrix = NDArray[np.float64]
Labelled = tuple[str, tuple[Turn, ...], bool, bool]  # question, history, covered, tuned on


def labelled() -> list[Labelled]:
    """Every question with whether it is covered; multi-turn ones with their history."""
    found: list[Labelled] = []
    for file in DECISIONS:
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            found.append((item["question"], (), item["covered"], item["part"] == "tuned"))
    for line in (EVALUATION / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        history = tuple(Turn(**turn) for turn in item.get("history", ()))
        covered = not item.get("refuse", False)
        found.append((item["question"], history, covered, item["part"] == "tune"))
    return found


def open_ones(
    copilot: Copilot, questions: Sequence[Labelled]
) -> list[tuple[dict[str, float], bool, bool]]:
    """The signs of the questions that nothing but likeness decides, with both labels."""
    words = vocabulary(copilot.notes)
    rows = []
    for question, history, covered, tuned in questions:
        asked = understand(question, words, history)
        if asked.kind == "chat" or asked.mentions:
            continue
        evidence = gather(asked, copilot.retriever, copilot.notes, None)
        if open_to_doubt(asked, evidence):
            rows.append((signs(asked, evidence), covered, tuned))
    return rows


def fitted(x: Matrix, y: Matrix) -> Matrix:
    """Coefficients, the bias last, of the penalised logistic regression."""

    def loss(w: Matrix) -> float:
        odds = x @ w[:-1] + w[-1]
        return float(np.mean(np.logaddexp(0, odds) - y * odds) + PENALTY / len(y) * w[:-1] @ w[:-1])

    return np.asarray(minimize(loss, np.zeros(x.shape[1] + 1), method="BFGS").x)


def chances(w: Matrix, x: Matrix) -> Matrix:
    """Probabilities of being covered, one a row."""
    return np.asarray(1 / (1 + np.exp(-(x @ w[:-1] + w[-1]))))


def cross_validated(x: Matrix, y: Matrix) -> Matrix:
    """Each row's probability from a fit that has not seen it."""
    fold = np.random.default_rng(7).permutation(len(y)) % FOLDS
    out = np.zeros(len(y))
    for number in range(FOLDS):
        out[fold == number] = chances(
            fitted(x[fold != number], y[fold != number]), x[fold == number]
        )
    return out


def errors(p: Matrix, y: Matrix, threshold: float) -> tuple[int, int]:
    """How many covered questions are refused, and how many others are answered."""
    return int(((p < threshold) & (y == 1)).sum()), int(((p >= threshold) & (y == 0)).sum())


def model(
    rows: Sequence[tuple[dict[str, float], bool, bool]], names: Sequence[str]
) -> dict[str, object]:
    """Fit, choose the threshold, measure."""
    x = np.array([[row[0][name] for name in names] for row in rows])
    y = np.array([float(row[1]) for row in rows])
    tuned = np.array([row[2] for row in rows])
    held = cross_validated(x[tuned], y[tuned])
    grid = np.round(np.arange(0.3, 0.8, 0.02), 2)
    costs = [a + MISTAKEN * b for a, b in (errors(held, y[tuned], t) for t in grid)]
    best = float(np.mean(grid[np.array(costs) == min(costs)]))
    w = fitted(x[tuned], y[tuned])
    measured = {}
    for part, chosen, p in (
        ("tuned on, cross-validated", tuned, held),
        ("held out", ~tuned, chances(w, x[~tuned])),
    ):
        refused, answered = errors(p, y[chosen], best)
        measured[part] = {
            "covered": int(y[chosen].sum()),
            "refused in error": refused,
            "not covered": int((1 - y[chosen]).sum()),
            "answered in error": answered,
            "Brier score": round(float(np.mean((p - y[chosen]) ** 2)), 3),
        }
    return {
        "weights": {name: round(float(value), 3) for name, value in zip(names, w, strict=False)},
        "bias": round(float(w[-1]), 3),
        "threshold": round(best, 3),
        "measured": measured,
    }


def main() -> None:
    """Fit both models and write the file."""
    questions = labelled()
    stored = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("with embeddings", "by words alone"):
            settings = Settings.load(Path(folder) / name.replace(" ", "-"))
            extra = {} if name == "with embeddings" else {"embedder": None}
            copilot = Copilot(settings, complete=None, **extra)
            copilot.index([EVALUATION / "documents"])
            used = ["cosine", "closeness", "wording"] if name == "with embeddings" else []
            stored[name] = model(
                open_ones(copilot, questions), [*used, "words", "names", "share", "defined"]
            )
            copilot.library.close()
    text = json.dumps({"models": stored}, indent=2) + "\n"
    (Path(__file__).parent / FILE_NAME).write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
