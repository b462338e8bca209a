"""Fits the figures of `copilot.rag.tutoring.weighing` to the labelled answers and prints them.

Run it by hand when the labels, the notes or the embedded model change:
`python tests/rag/tutoring/fit_marking.py`. Rows of the half "fresh" are never read.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.models.embed import open_embedder
from copilot.rag.notes import load_notes
from copilot.rag.tutoring.exercise import Exercise
from copilot.rag.tutoring.judging import judge_prose, prose_row
from copilot.rag.tutoring.kinship import Shelf, shelve
from copilot.rag.tutoring.listing import item_table, pieces_of
from copilot.rag.tutoring.marking import Marker, given_away, heard_in, refused
from copilot.rag.tutoring.questions import exercises
from copilot.rag.tutoring.reading import language
from copilot.rag.tutoring.weighing import ITEM, ITEM_BY_WORDS
from copilot.settings import Settings, data_folder

DATA = Path(__file__).parent / "data"
PROSE = ("define", "why", "when")
FOLDS, RIDGE = 8, 0.3
# What is said of anything: wrong as an answer to every question.
GENERAL = (
    "Marketing is all about creating value for customers.",
    "It helps companies grow and increase sales.",
    "It is very important for every business.",
    "Using social media and good content to reach people",
    "listening to the customers, being innovative and communicating well",
    "It is a way of getting more customers to buy products",
    "A method that uses data to make better decisions",
    "quality, service and innovation",
    "because customers like it",
    "when the company wants to grow",
    "the weather, the football match and my dog",
)
Figures = NDArray[np.float64]
Asked = dict[str, list[Exercise]]
# An exercise, an answer, its label (0 wrong to 2 right, or the places of the points) and weight.
Sample = tuple[Exercise, str, Any, float]


def labelled(folder: Path = DATA) -> list[dict[str, Any]]:
    """Every labelled answer, of both sets."""
    files = ("answers.jsonl", "plain_answers.jsonl")
    lines = [line for name in files for line in (folder / name).read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def question_of(row: dict[str, Any], asked: Asked) -> Exercise:
    """The exercise that a labelled answer answers."""
    for one in asked[row["slug"]]:
        text = one.question.prompt
        text += "" if row["kind"] == "true_false" else f" {one.question.quote}"
        if one.question.kind == row["kind"] and all(
            words.lower() in text.lower() for words in row["about"]
        ):
            return one
    raise AssertionError(f"no question for {row}")


def prose_samples(rows: Sequence[dict[str, Any]], asked: Asked, shelf: Shelf) -> list[Sample]:
    """The labelled answers in prose, and answers that are wrong beyond doubt."""
    marks = {"wrong": 0, "partly": 1, "right": 2}
    rows = [row for row in rows if row["kind"] in PROSE]
    found: list[Sample] = []
    for number, row in enumerate(rows):
        one = question_of(row, asked)
        found.append((one, row["answer"], marks[row["verdict"]], 1.0))
        found += [(one, GENERAL[(number + k) % len(GENERAL)], 0, 0.15) for k in (0, 4)]
        other = rows[(number + 11) % len(rows)]
        if other["slug"] != row["slug"] and other["kind"] == row["kind"]:
            found.append((one, other["answer"], 0, 0.15))
        note = shelf.notes[row["slug"]]
        contrasting = [shelf.notes[slug] for slug in note.contrasts_with]
        plain = [[w for w in n.asked_as if language(w) is None][:1] for n in contrasting]
        if row["kind"] == "define":
            found += [(one, wording, 0, 0.15) for some in plain for wording in some]
    return found


def list_samples(rows: Sequence[dict[str, Any]], asked: Asked) -> list[Sample]:
    """The labelled lists, with the places of the points they name, and wrong answers."""
    found: list[Sample] = []
    for row in (one for one in rows if one["kind"] == "list"):
        places = row.get("found")
        if places is None or row["style"] in ("negated", "salad"):
            continue
        found.append((question_of(row, asked), row["answer"], places, 1.0))
    size = len(found)
    for number in range(size):
        one, other = found[number], found[(number + 7) % size]
        apart = ("drawback" in one[0].question.prompt) != ("drawback" in other[0].question.prompt)
        if apart and one[0].question.concept != other[0].question.concept:
            found.append((one[0], other[1], [], 0.25))
        found.append((one[0], GENERAL[number % len(GENERAL)], [], 0.25))
    return found


def logistic(rows: Figures, labels: Figures, weights: Figures) -> Figures:
    """Weights of a logistic curve, the bias first, by Newton's method with a ridge."""
    full = np.c_[np.ones(len(rows)), rows]
    ridge = np.eye(full.shape[1]) * RIDGE
    ridge[0, 0] = 1e-3
    found = np.zeros(full.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-full @ found))
        slope = full.T @ (weights * (chance - labels)) + ridge @ found
        curve = (full * (weights * chance * (1 - chance))[:, None]).T @ full + ridge
        found = found - np.linalg.solve(curve, slope)
    return found


def chances(rows: Figures, curve: Figures) -> Figures:
    """The chance of each row."""
    return np.asarray(1 / (1 + np.exp(-(curve[0] + rows @ curve[1:]))))


def fold(one: Exercise) -> int:
    """The fold of a question: all answers to it are held out together."""
    return int(hashlib.sha256(one.question.id.encode()).hexdigest(), 16) % FOLDS


def fit_prose(samples: Sequence[Sample], marker: Marker, say: Callable[[str], object]) -> None:
    """Fits PART and WHOLE; prints agreement by cross-validation for several thresholds."""
    kept = [
        (one, prose_row(one, heard_in(one, answer, marker), marker), label, weight)
        for one, answer, label, weight in samples
        if refused(one, answer) is None and not _decided(one, answer, marker)
    ]
    rows = np.array([row for _, row, _, _ in kept])
    labels = np.array([label for *_, label, _ in kept])
    weights = np.array([weight for *_, weight in kept])
    folds = np.array([fold(one) for one, *_ in kept])
    real = weights == 1
    part, whole = np.zeros(len(kept)), np.zeros(len(kept))
    for k in range(FOLDS):
        own, out = folds != k, folds == k
        for least, into in ((0, part), (1, whole)):
            curve = logistic(rows[own], (labels[own] > least) * 1.0, weights[own])
            into[out] = chances(rows[out], curve)
    for upper in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55):
        for lower in (0.3, 0.4, 0.5):
            given = np.where(whole >= upper, 2, np.where(part >= lower, 1, 0))
            say(
                f"whole {upper} part {lower}: agree {np.mean((given == labels)[real]):.3f}, wrong"
                f" as right {np.sum((given == 2) & (labels == 0) & real)}/"
                f"{np.sum((labels == 0) & real)} and {np.sum((given == 2) & ~real)}/{sum(~real)}"
            )
    for name, least in (("PART", 0), ("WHOLE", 1)):
        say(f"{name} = {_rounded(logistic(rows, (labels > least) * 1.0, weights))}")


def _decided(one: Exercise, answer: str, marker: Marker) -> bool:
    """Whether something else than the weighing decides: a misconception or a denial."""
    if marker.embed is None:
        return True
    judged = judge_prose(one, answer, marker)
    return bool(judged.misconceptions or judged.held_by)


def fit_items(
    samples: Sequence[Sample], marker: Marker, start: Sequence[float], say: Callable[[str], object]
) -> None:
    """Fits ITEM, or ITEM_BY_WORDS with a marker without an embedder."""
    kept = []
    for one, answer, places, weight in samples:
        pieces = pieces_of(one, answer, marker)
        table = item_table(one, pieces, marker, given_away(one))
        if table:
            rows = np.array([[evidence.row for evidence in line] for line in table])
            small = [i for i, piece in enumerate(pieces) if len(piece.of) == 1]
            kept.append((one, rows, small, places, weight))
    found: list[tuple[float, int, int, int, int, float]] = []
    for least in (0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
        exact = right = wrong = missed = 0
        extra = 0.0
        for k in range(FOLDS):
            curve = _item_curve([x for x in kept if fold(x[0]) != k], start)
            for _, rows, small, places, weight in (x for x in kept if fold(x[0]) == k):
                said = set(_dealt(chances(rows, curve), small, least))
                if weight < 1:
                    extra += len(said) > 0
                    continue
                exact += said == set(places)
                right += len(said & set(places))
                wrong += len(said - set(places))
                missed += len(set(places) - said)
        found.append((least, exact, right, wrong, missed, extra))
    for line in found:
        say("least {} exact {} right {} wrong {} missed {} from nothing {}".format(*line))
    say(f"ITEM = {_rounded(_item_curve(kept, start))}")


def _dealt(table: Figures, small: Sequence[int], least: float) -> dict[int, int]:
    order = sorted(
        (-table[row, column], row, column) for row in small for column in range(table.shape[1])
    )
    dealt: dict[int, int] = {}
    for chance, row, column in order:
        if -chance >= least and column not in dealt and row not in dealt.values():
            dealt[column] = row
    return dealt


def _item_curve(kept: Sequence[Any], start: Sequence[float]) -> Figures:
    """Which part of an answer named a point is not labelled: it is guessed and fitted in turn."""
    curve = np.array(start)
    for _ in range(6):
        rows, labels, weights = [], [], []
        for _, table, small, places, weight in kept:
            guess = chances(table, curve)
            dealt = _dealt(guess, small or range(len(table)), 0.0)
            for place in range(table.shape[1]):
                if place in places:
                    row = dealt.get(place, int(guess[:, place].argmax()))
                    pairs = [(row, place, 1, weight)]
                    others = (c for c in range(table.shape[1]) if c != place)
                    pairs += [(row, column, 0, 0.3 * weight) for column in others]
                else:
                    size = len(table)
                    pairs = [(row, place, 0, 1.5 * weight / size) for row in range(size)]
                rows += [table[row, column] for row, column, _, _ in pairs]
                labels += [label for *_, label, _ in pairs]
                weights += [w for *_, w in pairs]
        curve = logistic(np.array(rows), np.array(labels, float), np.array(weights))
    return curve


def _rounded(curve: Figures) -> tuple[float, ...]:
    return tuple(round(float(one), 2) for one in curve)


def main() -> None:
    """Fits everything and prints it."""
    notes = load_notes(data_folder("knowledge") / "concepts")
    shelf = shelve(notes)
    embedder = open_embedder(Settings(home=Path("unused")))
    assert embedder is not None
    seen: dict[str, Any] = {}

    def embed(texts: Sequence[str]) -> Any:
        for text in (one for one in texts if one not in seen):
            seen[text] = embedder.embed([text])[0]
        return np.stack([seen[text] for text in texts])

    def say(line: str) -> object:
        return sys.stdout.write(f"{line}\n")

    rows = [row for row in labelled() if row["half"] != "fresh"]
    asked = {slug: exercises(shelf.notes[slug], shelf) for slug in {row["slug"] for row in rows}}
    marker = Marker(shelf.scale, shelf.words.words, embed)
    words = Marker(shelf.scale, shelf.words.words, None)
    fit_prose(prose_samples(rows, asked, shelf), marker, say)
    fit_items(list_samples(rows, asked), marker, ITEM, say)
    fit_items(list_samples(rows, asked), words, ITEM_BY_WORDS, say)


if __name__ == "__main__":
    main()
