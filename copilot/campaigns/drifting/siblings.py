"""How far each message stands from those written beside it for other places."""

from collections import defaultdict
from collections.abc import Sequence

from copilot.campaigns.drifting.exemplars import distance_scores
from copilot.campaigns.drifting.yardstick import Copy, join, yardstick
from copilot.records import Channel, Draft, Language

FEWEST, MOST = 3, 40
"""Fewer other places tell nothing; of more, evenly spaced ones stand for all."""


def sibling_scores(texts: Sequence[tuple[Draft, Copy]]) -> dict[str, float]:
    """By draft id, the share (0-1) of the other places' messages of the same channel and language
    that stand nearer to their siblings than this one does; left out where there are too few."""
    groups: dict[tuple[Channel, Language], list[tuple[Draft, Copy]]] = defaultdict(list)
    for draft, copy in texts:
        if copy.masked:
            groups[draft.channel, draft.language].append((draft, copy))
    found: dict[str, float] = {}
    for group in groups.values():
        found |= _within(group)
    return found


def _within(group: Sequence[tuple[Draft, Copy]]) -> dict[str, float]:
    units = list(dict.fromkeys(draft.unit for draft, _ in group))
    if len(units) <= FEWEST:
        return {}
    step = max(1, -(-len(units) // MOST))
    owners = {unit: number for number, unit in enumerate(units[::step])}
    chosen = [(owners[draft.unit], copy) for draft, copy in group if draft.unit in owners]
    whole = join([copy for _, copy in chosen])
    belongs = [owner for owner, copy in chosen for _ in copy.masked]
    with_meaning = whole.vectors is not None
    stick = yardstick(whole, belongs, "voice and meaning" if with_meaning else "voice only", {})
    return distance_scores(
        stick, {draft.draft_id: (owners.get(draft.unit), copy) for draft, copy in group}
    )
