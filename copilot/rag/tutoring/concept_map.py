"""The concept map: which concepts hang together and how, and a place for each in a picture."""

import re
from collections.abc import Mapping, Sequence
from math import sqrt
from textwrap import wrap
from typing import TYPE_CHECKING

from copilot.rag.answering.concepts import find, named
from copilot.rag.answering.statements import of_section
from copilot.rag.answering.words import tokens
from copilot.rag.tutoring.kinship import Shelf
from copilot.records import ConceptMap, ConceptNote, MapEdge, MapNode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LINE, LINE_PX, LETTER_PX, GAP_PX = 18, 15, 7.2, 12
DOT_PX = 16
MARGIN_PX = 20
_PART = re.compile(
    r"\b(?:part|parts|kind|kinds|form|forms|type|types|branch|branches|extreme|half|element"
    r"|elements|tool|tools) of\b"
)
_PARTS = re.compile(r"\b(?:parts|forms|kinds|types|branches|levels|elements|faces|strategies)\b")
_ROUNDS, _WIDER = 2000, 1.08


def lay_out(slugs: Sequence[str], chosen: frozenset[str], shelf: Shelf) -> ConceptMap:
    """The concepts with their links among themselves, placed so that no two labels overlap."""
    notes = [shelf.notes[slug] for slug in slugs]
    edges = links(notes, shelf)
    places, width, height = _places(notes, edges)
    nodes = tuple(
        MapNode(
            id=note.slug,
            title=note.title,
            kind=note.kind,
            x=round(float(places[note.slug][0]), 1),
            y=round(float(places[note.slug][1]), 1),
            chosen=note.slug in chosen,
        )
        for note in notes
    )
    return ConceptMap(nodes=nodes, edges=edges, width=width, height=height)


def links(notes: Sequence[ConceptNote], shelf: Shelf) -> tuple[MapEdge, ...]:
    """One edge a pair: part of before contrasts before related."""
    slugs = {note.slug for note in notes}
    found: dict[frozenset[str], MapEdge] = {}
    for note in notes:
        for whole in _wholes(note, shelf):
            if whole in slugs:
                edge = MapEdge(start=note.slug, end=whole, relation="part of")
                found.setdefault(frozenset((note.slug, whole)), edge)
        for part in _listed(note, shelf):
            if part in slugs:
                edge = MapEdge(start=part, end=note.slug, relation="part of")
                found.setdefault(frozenset((part, note.slug)), edge)
    for note in notes:
        for other in note.contrasts_with:
            if other in slugs:
                edge = MapEdge(start=note.slug, end=other, relation="contrasts")
                found.setdefault(frozenset((note.slug, other)), edge)
    for note in notes:
        for other in note.related:
            if other in slugs:
                edge = MapEdge(start=note.slug, end=other, relation="related")
                found.setdefault(frozenset((note.slug, other)), edge)
    return tuple(found.values())


def _wholes(note: ConceptNote, shelf: Shelf) -> list[str]:
    """The concepts the note's definition says it is a part or kind of."""
    found = []
    for s in of_section(note, "Definition"):
        match = _PART.search(s.text)
        if match and s.text.lower().startswith(note.title.lower()):
            near = " ".join(s.text[match.end() :].split()[:5])
            found += [slug for slug in named(near, shelf.words) if slug != note.slug]
    return sorted(found)


def _listed(note: ConceptNote, shelf: Shelf) -> list[str]:
    """The concepts the note lists as its parts."""
    found = []
    for s in (one for one in of_section(note, "How it works") if one.role in ("lead", "item")):
        if s.role == "lead":
            parts = _PARTS.search(s.text) is not None
        elif parts:
            first = [m for m in find(s.text, shelf.words) if m.start <= 1 and m.score == 1]
            found += [m.slug for m in first if m.slug != note.slug and len(tokens(s.text)) > 3]
    return found


def label(title: str) -> list[str]:
    """A title in lines of at most 18 letters, unless a word is longer."""
    return wrap(title, LINE, break_long_words=False) or [title]


def box(title: str) -> tuple[float, float]:
    """Width and height in pixels that a concept needs: its dot with the label below it."""
    lines = label(title)
    return max(map(len, lines)) * LETTER_PX + GAP_PX, DOT_PX + len(lines) * LINE_PX + GAP_PX


def _places(
    notes: Sequence[ConceptNote], edges: Sequence[MapEdge]
) -> tuple[Mapping[str, Sequence[float]], int, int]:
    import networkx as nx
    import numpy as np

    graph = nx.Graph()
    graph.add_nodes_from(note.slug for note in notes)
    graph.add_edges_from((edge.start, edge.end) for edge in edges)
    if len(notes) > 2 and nx.is_connected(graph) and len(notes) <= 80:
        raw = nx.kamada_kawai_layout(graph)
    else:
        raw = nx.spring_layout(graph, seed=7, k=2.5 / sqrt(len(notes)), iterations=120)
    at = np.array([raw[note.slug] for note in notes], dtype=np.float64)
    sizes = np.array([box(note.title) for note in notes], dtype=np.float64)
    side = sqrt(float(np.sum(sizes[:, 0] * sizes[:, 1])) * 3.2)
    span = np.maximum(at.max(axis=0) - at.min(axis=0), 1e-9)
    at = (at - at.min(axis=0)) / span * np.array([side * 1.25, side * 0.8])
    at = _apart(at, sizes)
    low = (at - sizes / 2).min(axis=0) - MARGIN_PX
    high = (at + sizes / 2).max(axis=0) + MARGIN_PX
    size = high - low
    places = {note.slug: tuple(at[i] - low) for i, note in enumerate(notes)}
    return places, int(np.ceil(size[0])), int(np.ceil(size[1]))


def _apart(at: "NDArray[np.float64]", sizes: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Places moved until no two boxes overlap, each pair along the shorter way."""
    import numpy as np

    at = at + np.arange(len(at))[:, None] * np.array([1e-3, 7e-4])
    for turn in range(_ROUNDS):
        if turn % 100 == 99:
            at = at * _WIDER  # too crowded to settle: more room for all
        gap = at[:, None, :] - at[None, :, :]
        need = (sizes[:, None, :] + sizes[None, :, :]) / 2 - np.abs(gap)
        over = np.all(need > 0, axis=2) & ~np.eye(len(at), dtype=np.bool_)
        if not over.any():
            break
        sideways = need[..., 0] < need[..., 1]
        push = np.zeros_like(gap)
        push[..., 0] = np.where(over & sideways, np.sign(gap[..., 0]) * need[..., 0], 0)
        push[..., 1] = np.where(over & ~sideways, np.sign(gap[..., 1]) * need[..., 1], 0)
        at = at + push.sum(axis=1) * 0.55
    return at
