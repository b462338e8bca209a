"""Search by weights, on the shipped questions: `python benchmarks/retrieval.py`.

Prints nDCG@10, recall@5 and nDCG@10 by style for each search alone and for the fused ones, on
the tune half only: the other half is for judging what was chosen, by `marketing-copilot eval`.
"""

import tempfile

from copilot import Copilot
from copilot.evaluation.corpus import own_workspace
from copilot.evaluation.questions import shipped_set
from copilot.evaluation.search import Makers, product_search, run_searches, search_figures
from copilot.rag.fuse import DEFAULT_WEIGHTS, Weights
from copilot.rag.retrieve import Retriever

WAYS = {
    "default": DEFAULT_WEIGHTS,
    "meaning only": Weights(1, 0, 0),
    "words only": Weights(0, 1, 0),
    "triples only": Weights(0, 0, 1),
    "words + triples": Weights(0, 0.5, 0.5),
    "0.7 / 0.3 / 0": Weights(0.7, 0.3, 0),
    "0.6 / 0 / 0.4": Weights(0.6, 0, 0.4),
    "0.5 / 0.25 / 0.25": Weights(0.5, 0.25, 0.25),
    "0.4 / 0.3 / 0.3": Weights(0.4, 0.3, 0.3),
}


def main() -> None:
    questions = [question for question in shipped_set().questions if question.part == "tune"]
    with tempfile.TemporaryDirectory() as folder, own_workspace(Copilot.open(folder)) as place:
        makers: Makers = {
            name: lambda weights=weights: product_search(  # type: ignore[misc]
                Retriever(place.library, place.notes, weights=weights)
            )
            for name, weights in WAYS.items()
        }
        results = [search_figures(one) for one in run_searches(makers, questions)]
    styles = sorted(results[0].styles)
    print(f"{'':20}{'nDCG@10':>9}{'R@5':>7}  " + "".join(f"{style:>16}" for style in styles))
    for one in results:
        by_style = "".join(f"{one.styles[style]:16.3f}" for style in styles)
        print(f"{one.system:20}{one.ndcg10.value:9.3f}{one.recall5:7.3f}  {by_style}")


if __name__ == "__main__":
    main()
