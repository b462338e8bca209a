"""The concept map as a chart, for the page and for a file; drawn without a browser or a network."""

import json
from pathlib import Path
from textwrap import wrap
from typing import Any

from copilot.errors import InputError
from copilot.records import ConceptMap

COLOURS = {
    "strategy": "#2f6f5e",
    "concept": "#3f6fb0",
    "metric": "#b0702f",
    "method": "#7d4fa8",
    "law": "#b0413e",
    "channel": "#3d8fa3",
    "practice": "#77803a",
}
STROKES = {"part of": "#2f6f5e", "contrasts": "#b0413e", "related": "#b9b6ae"}
DASHES = {"part of": [1, 0], "contrasts": [6, 4], "related": [1, 0]}
WIDTHS = {"part of": 2.4, "contrasts": 1.6, "related": 1.0}
LINE, LINE_PX = 18, 15


def map_chart(found: ConceptMap) -> Any:
    """A concept map as an Altair chart: colour by kind, contrasts dashed, with legends."""
    import altair as alt

    width, height = found.width, found.height
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    nodes = alt.Chart(alt.InlineData(values=_nodes(found)))
    kinds = [kind for kind in COLOURS if any(node.kind == kind for node in found.nodes)]
    colours = alt.Scale(domain=kinds, range=[COLOURS[kind] for kind in kinds])
    dots = nodes.mark_point(filled=True, opacity=1, stroke="#222222").encode(
        x=x,
        y=y,
        color=alt.Color("kind:N", scale=colours, legend=alt.Legend(title="Kind", orient="top")),
        size=alt.Size("size:Q", scale=None, legend=None),
        strokeWidth=alt.StrokeWidth("ring:Q", scale=None, legend=None),
        tooltip=[alt.Tooltip("title:N", title="Concept"), alt.Tooltip("kind:N", title="Kind")],
    )
    halo = _names(nodes, stroke="white", strokeWidth=4, color="white").encode(x=x, y=y)
    names = _names(nodes, color="#222222").encode(x=x, y=y)
    layers = [_lines(found, x, y)] * bool(found.edges) + [halo, dots, names]
    return (
        alt.layer(*layers)
        .resolve_scale(color="independent", strokeDash="independent")
        .properties(width=width, height=height, background="white")
        .configure_view(stroke=None)
        .configure(font="sans-serif")
    )


def _names(nodes: Any, **style: Any) -> Any:
    import altair as alt

    text = nodes.mark_text(
        baseline="top", dy=9, lineBreak="\n", lineHeight=LINE_PX, fontSize=12, **style
    )
    return text.encode(text=alt.Text("label:N"))


def _lines(found: ConceptMap, x: Any, y: Any) -> Any:
    import altair as alt

    kinds = [one for one in STROKES if any(edge.relation == one for edge in found.edges)]
    legend = alt.Legend(title="Link", orient="top", symbolType="stroke", symbolStrokeWidth=2)
    return (
        alt.Chart(alt.InlineData(values=_edges(found)))
        .mark_rule()
        .encode(
            x=x,
            y=y,
            x2="x2:Q",
            y2="y2:Q",
            color=alt.Color(
                "relation:N",
                scale=alt.Scale(domain=kinds, range=[STROKES[one] for one in kinds]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "relation:N",
                scale=alt.Scale(domain=kinds, range=[DASHES[one] for one in kinds]),
                legend=legend,
            ),
            strokeWidth=alt.StrokeWidth("width:Q", scale=None, legend=None),
        )
    )


def _nodes(found: ConceptMap) -> list[dict[str, Any]]:
    return [
        {
            "title": node.title,
            "label": "\n".join(wrap(node.title, LINE, break_long_words=False)),
            "kind": node.kind,
            "x": node.x,
            "y": node.y,
            "size": 170 if node.chosen else 90,
            "ring": 2 if node.chosen else 0,
        }
        for node in found.nodes
    ]


def _edges(found: ConceptMap) -> list[dict[str, Any]]:
    at = {node.id: node for node in found.nodes}
    order = sorted(found.edges, key=lambda edge: list(STROKES).index(edge.relation), reverse=True)
    return [
        {
            "relation": edge.relation,
            "x": at[edge.start].x,
            "y": at[edge.start].y,
            "x2": at[edge.end].x,
            "y2": at[edge.end].y,
            "width": WIDTHS[edge.relation],
        }
        for edge in order
    ]


def map_rows(found: ConceptMap) -> list[dict[str, str]]:
    """The map as a table: one row a link, concepts without a link with none."""
    titles = {node.id: node.title for node in found.nodes}
    linked = {end for edge in found.edges for end in (edge.start, edge.end)}
    words = {"contrasts": "contrasts with", "related": "is related to", "part of": "is part of"}
    rows = [
        {"concept": titles[e.start], "link": words[e.relation], "other": titles[e.end]}
        for e in found.edges
    ]
    alone = [node for node in found.nodes if node.id not in linked]
    return rows + [{"concept": node.title, "link": "", "other": ""} for node in alone]


def write_map(found: ConceptMap, path: Path) -> Path:
    """The map as a picture, .svg or .png by the path's ending. Raises InputError for others."""
    import vl_convert

    ending = path.suffix.lower()
    if ending not in (".svg", ".png"):
        raise InputError(f"{path.name!r} is not a picture's name.", hint="End it in .svg or .png.")
    spec = json.loads(map_chart(found).to_json())
    path.parent.mkdir(parents=True, exist_ok=True)
    if ending == ".svg":
        path.write_text(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), encoding="utf-8")
    else:
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=1.5, allowed_base_urls=[]))
    return path
