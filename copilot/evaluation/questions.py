"""The questions of an evaluation: the shipped set, or a user's own file of the same lines."""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from copilot.errors import InputError
from copilot.records import Question, QuestionSet

DATA = Path(__file__).parent / "data"
DOCUMENTS = DATA / "documents"
QUESTIONS = DATA / "questions.jsonl"


def part_of(id: str) -> str:
    """`tune` or `held_out`, half each, by the id alone: nobody chooses which questions are seen.

    >>> {part_of(f"q{n}") for n in range(20)} == {"tune", "held_out"}
    True
    """
    return ("tune", "held_out")[hashlib.sha256(id.encode("utf-8")).digest()[0] % 2]


def shipped_set() -> QuestionSet:
    """The set that comes with the package."""
    about = tomllib.loads((DATA / "set.toml").read_text(encoding="utf-8"))
    return load_questions(QUESTIONS, name=about["name"], version=about["version"])


def load_questions(path: Path, *, name: str = "", version: str = "") -> QuestionSet:
    """The questions of a JSONL file, one a line; blank lines are skipped.

    Without `part` a question's part goes by its id. A set without a version is named by its
    content. Raises InputError naming the file that cannot be read, or the line and the field
    that is wrong, or an id used twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"Cannot read the questions in {path}: {error}.",
            hint="Give a UTF-8 file of JSON lines.",
        ) from error
    found: dict[str, Question] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        question = _question(line, f"Line {number} of {path}")
        if question.id in found:
            raise InputError(
                f"Line {number} of {path}: id: {question.id!r} is used before.",
                hint="Give every question an id of its own.",
            )
        found[question.id] = question
    if not found:
        raise InputError(f"There is no question in {path}.", hint=_HINT)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return QuestionSet(
        name=name or path.name, version=version or digest, questions=tuple(found.values())
    )


_HINT = 'Each line is like {"id": "1", "question": "…", "expected_notes": {"lift": 2}}.'


def _question(line: str, where: str) -> Question:
    try:
        values: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{where} is not JSON: {error}.", hint=_HINT) from error
    if not isinstance(values, dict):
        raise InputError(f"{where} is not an object.", hint=_HINT)
    values.setdefault("part", part_of(str(values.get("id", ""))))
    try:
        question = Question.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(piece) for piece in first["loc"])
        raise InputError(
            f"{where}: {field}: {first['msg']}.", hint=f"Correct {field!r}."
        ) from error
    bad = [grade for grade in question.expected_notes.values() if grade not in (1, 2)]
    if bad:
        raise InputError(
            f"{where}: expected_notes: the grade is {bad[0]}.", hint="Grades are 1 or 2."
        )
    if question.refuse and question.expected_notes:
        raise InputError(
            f"{where}: refuse: a question to be refused cannot expect notes.",
            hint="Leave one of them out.",
        )
    return question
