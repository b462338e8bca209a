"""The concept map: what is linked, that labels can be read, and the picture's files."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from copilot.charts import map_rows, write_map
from copilot.errors import InputError
from copilot.rag.tutoring.tutor import Tutor
from copilot.records import ConceptMap, MapEdge, MapNode

# The picture's letters are 12 px sans-serif, on average 0.56 of that wide, lines 15 px apart; the
# label begins 9 px below its dot.
LETTER, LINE = 6.7, 15


def boxes(found: ConceptMap) -> list[tuple[float, float, float, float]]:
    """Where each label is drawn: left, top, right, bottom."""
    placed = []
    for node in found.nodes:
        lines: list[str] = [""]
        for word in re.split(r"\s+", node.title):
            longer = f"{lines[-1]} {word}".strip()
            lines = [*lines[:-1], longer] if len(longer) <= 18 else [*lines, word]
        half = max(len(line) for line in lines) * LETTER / 2
        top = node.y + 9
        placed.append((node.x - half, top, node.x + half, top + LINE * len(lines)))
    return placed


def overlaps(found: ConceptMap) -> int:
    return sum(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        for a, b in combinations(boxes(found), 2)
    )


def relation(found: ConceptMap, a: str, b: str) -> str | None:
    pair = {a, b}
    return next((e.relation for e in found.edges if {e.start, e.end} == pair), None)


def test_a_concept_comes_with_its_neighbours_and_their_links(tutor: Tutor) -> None:
    found = tutor.concept_map(["micromarketing", "mass customization"])
    ids = {node.id for node in found.nodes}
    assert {"micromarketing", "local-marketing", "mass-customisation", "modularity"} <= ids
    assert {n.id for n in found.nodes if n.chosen} == {"micromarketing", "mass-customisation"}
    assert relation(found, "local-marketing", "micromarketing") == "part of"
    assert relation(found, "individual-marketing", "micromarketing") == "part of"
    assert relation(found, "micromarketing", "mass-customisation") == "contrasts"
    assert relation(found, "mass-customisation", "modularity") == "related"


def test_only_the_chosen_concepts_when_so_asked(tutor: Tutor) -> None:
    found = tutor.concept_map(["micromarketing", "churn"], neighbours_too=False)
    assert {node.id for node in found.nodes} == {"micromarketing", "churn"}
    assert sorted(row["concept"] for row in map_rows(found)) == ["Churn", "Micromarketing"]


@pytest.mark.parametrize(
    "concepts",
    [
        ["micromarketing", "mass customisation", "individual marketing"],
        ["strategies"],
        ["churn"],
        [],
    ],
)
def test_no_two_labels_overlap(tutor: Tutor, concepts: list[str]) -> None:
    found = tutor.concept_map(concepts)
    assert overlaps(found) == 0
    for left, top, right, bottom in boxes(found):
        assert left >= 0
        assert top >= 0
        assert right <= found.width
        assert bottom <= found.height


def test_the_first_of_these_maps_has_more_than_thirty_concepts(tutor: Tutor) -> None:
    found = tutor.concept_map(["micromarketing", "mass customisation", "individual marketing"])
    assert len(found.nodes) > 30


def test_overlapping_labels_would_be_counted() -> None:
    nodes = tuple(
        MapNode(id=n, title="Local marketing", kind="strategy", x=100, y=100) for n in "ab"
    )
    assert overlaps(ConceptMap(nodes=nodes, edges=(), width=200, height=200)) == 1


def test_the_same_concepts_give_the_same_map(tutor: Tutor) -> None:
    assert tutor.concept_map(["churn"]) == tutor.concept_map(["churn"])


def test_one_link_a_pair_and_both_ends_on_the_map(tutor: Tutor) -> None:
    found = tutor.concept_map([])
    ids = {node.id for node in found.nodes}
    pairs = [frozenset((e.start, e.end)) for e in found.edges]
    assert len(pairs) == len(set(pairs))
    assert all(pair <= ids and len(pair) == 2 for pair in pairs)


def test_an_svg_names_every_concept_dashes_contrasts_and_fetches_nothing(
    tutor: Tutor, tmp_path: Path
) -> None:
    found = tutor.concept_map(["churn"])
    text = write_map(found, tmp_path / "new" / "map.svg").read_text(encoding="utf-8")
    for node in found.nodes:
        assert node.title.split()[0] in text
    assert 'stroke-dasharray="6,4"' in text
    links = re.findall(r'(?:href|src)="(http[^"]*)"|url\((http[^)]*)\)', text)
    assert links == []


def test_a_png_is_a_picture_and_another_ending_is_refused(tutor: Tutor, tmp_path: Path) -> None:
    found = tutor.concept_map(["churn"])
    written = write_map(found, tmp_path / "map.png")
    assert written.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match=r"map\.pdf"):
        write_map(found, tmp_path / "map.pdf")


def test_the_table_says_the_same_as_the_picture() -> None:
    node = [MapNode(id=i, title=i.upper(), kind="concept", x=0, y=0) for i in "abc"]
    edge = MapEdge(start="a", end="b", relation="contrasts")
    found = ConceptMap(nodes=tuple(node), edges=(edge,), width=1, height=1)
    assert map_rows(found) == [
        {"concept": "A", "link": "contrasts with", "other": "B"},
        {"concept": "C", "link": "", "other": ""},
    ]
