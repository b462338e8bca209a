"""Charts for the pages and for files, drawn without a browser or a network.

The concept map, and plots of computed figures: bars, points with intervals, shares, the grid of
recency and frequency, and what was said beside what happened.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from copilot.errors import InputError
from copilot.records import ConceptMap, GridCell, LocalityDrift, Reliability

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
GREEN, RED, GREY, BLUE = "#2f8f74", "#c8563f", "#a8a59c", "#3f6fb0"
PARTS = (GREEN, BLUE, "#b0702f", "#7d4fa8", "#3d8fa3", "#77803a", RED, GREY)
ROW_PX, MOST_ROWS, LABEL_PX = 28, 25, 240
CELL_PX, LEAST_MOVED = 44, 0.5
Row = Mapping[str, Any]


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
    return write_chart(map_chart(found), path)


def write_chart(chart: Any, path: Path) -> Path:
    """A chart as a picture, .svg or .png by the path's ending. Raises InputError for others."""
    import vl_convert

    ending = path.suffix.lower()
    if ending not in (".svg", ".png"):
        raise InputError(f"{path.name!r} is not a picture's name.", hint="End it in .svg or .png.")
    spec = json.loads(chart.to_json())
    path.parent.mkdir(parents=True, exist_ok=True)
    if ending == ".svg":
        path.write_text(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]), encoding="utf-8")
    else:
        path.write_bytes(vl_convert.vegalite_to_png(spec, scale=1.5, allowed_base_urls=[]))
    return path


def bar_chart(rows: Sequence[Row], label: str, value: str, title: str) -> Any:
    """One bar a row, in the rows' order: the text `label`, the number `value`."""
    import altair as alt

    values = [{"label": str(r[label]), "value": float(r[value])} for r in rows[:MOST_ROWS]]
    return (
        alt.Chart(alt.InlineData(values=values), height=alt.Step(ROW_PX))
        .mark_bar(color=GREEN, cornerRadiusEnd=3)
        .encode(
            x=alt.X("value:Q", title=title),
            y=_names_axis("label"),
            tooltip=[alt.Tooltip("label:N", title=""), _tip("value", title)],
        )
    )


def interval_chart(
    rows: Sequence[Row], value: str, title: str, *, usual: float | None = 1, name: str = "name"
) -> Any:
    """A point with its interval `low` to `high` a row; a dashed line at what is `usual`."""
    import altair as alt

    values = [
        {
            "name": str(r[name]),
            "value": float(r[value]),
            "low": float(r["low"]),
            "high": float(r["high"]),
        }
        for r in rows[:MOST_ROWS]
    ]
    data = alt.InlineData(values=values)
    x = alt.X("low:Q", title=title, scale=alt.Scale(zero=False))
    tips = [alt.Tooltip("name:N", title=""), *(_tip(one, one) for one in ("value", "low", "high"))]
    rule = alt.Chart(data).mark_rule(color=GREEN, strokeWidth=2)
    point = alt.Chart(data).mark_point(color=GREEN, filled=True, size=90, opacity=1)
    layers = [
        rule.encode(x=x, x2="high:Q", y=_names_axis("name"), tooltip=tips),
        point.encode(x="value:Q", y=_names_axis("name"), tooltip=tips),
    ]
    if usual is not None:
        line = alt.Chart(alt.InlineData(values=[{"at": usual}]))
        layers.insert(0, line.mark_rule(color=GREY, strokeDash=[4, 4]).encode(x="at:Q"))
    return alt.layer(*layers).properties(height=alt.Step(ROW_PX))


def shares_chart(rows: Sequence[Row], name: str, part: str, share: str, title: str) -> Any:
    """One stacked bar a `name`, made of its parts in the rows' order; shares are 0-1."""
    import altair as alt

    parts = list(dict.fromkeys(str(row[part]) for row in rows))
    values = [
        {
            "name": str(r[name]),
            "part": str(r[part]),
            "share": float(r[share]),
            "order": parts.index(str(r[part])),
        }
        for r in rows
    ]
    colours = alt.Scale(domain=parts, range=list(PARTS))
    return (
        alt.Chart(alt.InlineData(values=values), height=alt.Step(ROW_PX))
        .mark_bar()
        .encode(
            x=alt.X("share:Q", title=title, axis=alt.Axis(format="%")),
            y=_names_axis("name"),
            color=alt.Color("part:N", scale=colours, legend=alt.Legend(orient="top", title=None)),
            order=alt.Order("order:Q"),
            tooltip=["name:N", "part:N", alt.Tooltip("share:Q", format=".0%")],
        )
    )


def grid_chart(cells: Sequence[GridCell]) -> Any:
    """Recency upwards and frequency to the right, 5 the best: buyers and segment in each cell."""
    import altair as alt

    most = max((one.customers for one in cells), default=0)
    values = [
        one.model_dump() | {"label": f"{one.customers:,}", "dark": one.customers > most * 0.7}
        for one in cells
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("frequency:O", title="how often they buy (5: most)", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("recency:O", sort="descending", title="how recently (5: latest)"),
        tooltip=[
            alt.Tooltip("segment:N", title="Segment"),
            alt.Tooltip("customers:Q", title="Customers", format=","),
            alt.Tooltip("revenue:Q", title="Revenue", format=",.2f"),
        ],
    )
    squares = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("customers:Q", scale=alt.Scale(range=["#eef5f2", "#24705a"]), legend=None)
    )
    ink = alt.condition("datum.dark", alt.value("white"), alt.value("#222222"))
    count = base.mark_text(dy=-7, fontSize=14, fontWeight="bold").encode(text="label:N", color=ink)
    named = base.mark_text(dy=11, fontSize=11).encode(text="segment:N", color=ink)
    return alt.layer(squares, count, named).properties(height=340, width=520)


def heat_chart(found: Sequence[LocalityDrift]) -> Any:
    """Localities by features of style: standard deviations over (red) or under (blue) the
    brand's exemplars; features that no locality moved in are left out."""
    import altair as alt

    shown = found[:MOST_ROWS]
    names = [
        name
        for name in (shown[0].features if shown else {})
        if any(abs(one.features[name]) >= LEAST_MOVED for one in shown)
    ]
    values = [
        {
            "place": one.unit,
            "feature": name.replace("_", " "),
            "moved": one.features[name],
            "label": f"{one.features[name]:+.1f}" if abs(one.features[name]) >= LEAST_MOVED else "",
        }
        for one in shown
        for name in names
    ]
    columns = [name.replace("_", " ") for name in names]
    axis = alt.Axis(labelAngle=-40, orient="top")
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("feature:N", title=None, sort=columns, axis=axis),
        y=_names_axis("place"),
        tooltip=["place:N", "feature:N", _tip("moved", "standard deviations")],
    )
    colours = alt.Scale(domain=[-4, 0, 4], range=[BLUE, "#ffffff", RED], clamp=True)
    colours.interpolate = "rgb"  # the default runs through hues that are neither
    squares = base.mark_rect(stroke="#e4e2dc").encode(
        color=alt.Color("moved:Q", scale=colours, legend=alt.Legend(title="deviation"))
    )
    return alt.layer(squares, base.mark_text(fontSize=11).encode(text="label:N")).properties(
        height=alt.Step(ROW_PX), width=alt.Step(CELL_PX)
    )


def reliability_chart(found: Sequence[Reliability]) -> Any:
    """What was said beside what happened, with intervals; the dashed line is where they agree."""
    import altair as alt

    values = [
        {
            "said": one.said,
            "happened": one.happened.value,
            "low": one.happened.low,
            "high": one.happened.high,
            "customers": one.customers,
        }
        for one in found
    ]
    data = alt.InlineData(values=values)
    scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%")
    x = alt.X("said:Q", title="chance that was given", scale=scale, axis=axis)
    tips = [alt.Tooltip(f"{one}:Q", format=".0%") for one in ("said", "happened", "low", "high")]
    tips.append(alt.Tooltip("customers:Q", format=","))
    title = "share who really stayed away"
    bars = alt.Chart(data).mark_rule(color=GREEN, strokeWidth=2)
    dots = alt.Chart(data).mark_point(color=GREEN, filled=True, size=90, opacity=1)
    ends = alt.InlineData(values=[{"said": 0, "happened": 0}, {"said": 1, "happened": 1}])
    line = alt.Chart(ends).mark_line(color=GREY, strokeDash=[4, 4])
    return alt.layer(
        line.encode(x=x, y=alt.Y("happened:Q", title=title, scale=scale, axis=axis)),
        bars.encode(x=x, y=alt.Y("low:Q", title=title, scale=scale, axis=axis), y2="high:Q"),
        dots.encode(x=x, y=alt.Y("happened:Q", scale=scale), tooltip=tips),
    ).properties(height=320, width=520)


def _names_axis(field: str) -> Any:
    import altair as alt

    return alt.Y(f"{field}:N", title=None, sort=None, axis=alt.Axis(labelLimit=LABEL_PX))


def _tip(field: str, title: str) -> Any:
    import altair as alt

    return alt.Tooltip(f"{field}:Q", title=title, format=",.2~f")
