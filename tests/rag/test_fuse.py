import numpy as np
import pytest

from copilot.rag.fuse import Weights, diverse, final_scores, fuse, strength
from copilot.records import Passage

PASSAGES = [
    Passage(id=str(n), source=source, title="T", heading=heading, text="x")
    for n, (source, heading) in enumerate(
        [("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"), ("a", "1"), ("a", "1")]
    )
]


def test_a_nearly_as_good_second_source_takes_the_last_place() -> None:
    near = [(0, 1.0), (1, 0.9), (2, 0.8), (3, 0.75)]
    assert diverse(near, PASSAGES, 2) == [0, 3]
    far = [(0, 1.0), (1, 0.9), (2, 0.8), (3, 0.5)]
    assert diverse(far, PASSAGES, 2) == [0, 1]
    assert diverse(near, PASSAGES, 1) == [0]


def test_the_third_passage_of_a_heading_is_left_out() -> None:
    ranked = [(0, 1.0), (4, 0.9), (5, 0.8), (3, 0.1)]
    assert diverse(ranked, PASSAGES, 4) == [0, 4, 3]


def test_scores_are_scaled_over_the_pool_and_weighed() -> None:
    words = np.array([2.0, 0.0, 4.0], dtype=np.float32)
    triples = np.array([0.0, 0.0, 8.0], dtype=np.float32)
    shares = Weights(0.6, 0.2, 0.2)
    fused = fuse(shares, [0, 1, 2], {0: 0.8, 1: 0.2, 2: 0.5}, words, triples)
    assert fused == pytest.approx({0: 0.6 + 0.1, 1: 0.0, 2: 0.3 + 0.2 + 0.2})


def test_without_cosines_the_other_weights_make_up_the_whole() -> None:
    words = np.array([2.0, 0.0], dtype=np.float32)
    triples = np.array([0.0, 8.0], dtype=np.float32)
    assert fuse(Weights(0.6, 0.3, 0.1), [0, 1], {}, words, triples) == pytest.approx(
        {0: 0.75, 1: 0.25}
    )


def test_verbatim_finds_stand_above_all_others() -> None:
    scores = final_scores({0: 1.0, 1: 0.0}, {1: 1.0}, 1.0)
    assert scores[1] > scores[0]
    assert 0 <= min(scores.values()) <= max(scores.values()) <= 1


def test_strength_grows_with_cosine_and_coverage() -> None:
    assert strength(None, 0.4) == 0.4
    assert strength(0.1, 0.0) == 0
    assert strength(0.7, 1.0) == 1
    assert strength(0.4, 0.5) == pytest.approx(0.5)
