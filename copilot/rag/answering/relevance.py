"""How likely it is that the library covers a question that names no concept.

A logistic model of how well the best evidence fits. Its coefficients and its measured errors stand
in `knowledge/relevance.json`, written by `knowledge/fit_relevance.py` from labelled questions.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from copilot.errors import KnowledgeError
from copilot.rag.answering.concepts import compact
from copilot.rag.answering.evidence import Evidence, focus_stems
from copilot.rag.answering.question import Asked
from copilot.rag.answering.words import overlap, tokens
from copilot.settings import data_folder

FILE_NAME = "relevance.json"
LOOKED_AT = 8  # passages


_HEADS = frozenset({"marketing", "strategy", "analysis", "method", "test", "model", "approach"})


@dataclass(frozen=True)
class Model:
    """Log-odds are the bias plus the weighted signs; covered from the threshold (0-1) on."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def probability(self, signs: Mapping[str, float]) -> float:
        """How likely a question with these signs is covered, 0-1."""
        odds = self.bias + sum(weight * signs[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def signs(asked: Asked, evidence: Evidence) -> dict[str, float]:
    """What tells whether a question is covered, each about 0 to 1.

    `cosine` of the best passage, `closeness` of the nearest note or stretch of a document as a
    whole, `wording` of the nearest everyday wording; `words`, the BM25 of the note or stretch
    that holds the question's words best, in tens, and `names` that of its names; `share` of the
    question's stems that one passage holds; `defined` when it asks what something is whose name
    stands in a passage.
    """
    wanted = focus_stems(asked)
    held = (overlap(wanted, found) for found in evidence.hit_stems[:LOOKED_AT])
    return {
        "cosine": evidence.top_cosine or 0.0,
        "closeness": evidence.closeness,
        "wording": evidence.wording,
        "words": evidence.words / 10,
        "names": evidence.names / 10,
        "share": max(held, default=0.0),
        "defined": float("definition" in asked.aspects and subject_held(asked, evidence)),
    }


def subject_held(asked: Asked, evidence: Evidence) -> bool:
    """Whether the subject of "What is …" stands as one phrase in a title or a passage.

    The words count as written, not by their stems: "influencer" is not "influence". A word such
    as "marketing" behind the subject belongs to it.
    """
    places = [i for i, token in enumerate(asked.items) if token in asked.focus]
    if not places:
        return False
    end = places[-1] + 1
    while end < len(asked.items) and asked.items[end].norm in _HEADS:
        end += 1
    subject = compact([token.norm for token in asked.items[places[0] : end]])
    return any(
        subject
        in compact([token.norm for token in tokens(f"{hit.title}. {hit.heading}. {hit.text}")])
        for hit in evidence.hits[:8]
    )


def chance(asked: Asked, evidence: Evidence) -> tuple[float, bool]:
    """How likely the question is covered (0-1), and whether that is enough to answer."""
    model = models()["by words alone" if evidence.top_cosine is None else "with embeddings"]
    probability = model.probability(signs(asked, evidence))
    return probability, probability >= model.threshold


@cache
def models() -> dict[str, Model]:
    """The shipped models, `with embeddings` and `by words alone`. Raises KnowledgeError."""
    path = data_folder("knowledge") / FILE_NAME
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))["models"]
        return {
            name: Model(dict(one["weights"]), float(one["bias"]), float(one["threshold"]))
            for name, one in stored.items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(
            f"{path} cannot be used ({error}).", hint="Reinstall the package, or: make relevance"
        ) from error
