"""The few emoji of the phrase bank, beside what they show, as many as the brand allows."""

import functools
import re

from copilot.campaigns.composing.phrases import shared
from copilot.records import Channel, Emoji
from copilot.text import fold

CHANNELS: frozenset[Channel] = frozenset({"push", "social", "whatsapp"})
_MOST: dict[Emoji, int] = {"never": 0, "sparing": 1, "free": 3}


def emoji_for(allowed: Emoji, channel: Channel, *texts: str) -> tuple[str, ...]:
    """Emoji for what the texts speak of, the first text's first; none where none fits.

    >>> emoji_for("sparing", "push", "15% off any loaf", "Flat white coffee")
    ('🥖',)
    >>> emoji_for("never", "push", "15% off any loaf")
    ()
    """
    if channel not in CHANNELS or not _MOST[allowed]:
        return ()
    found = [mark for text in texts for mark in _marks(text)]
    return tuple(dict.fromkeys(found))[: _MOST[allowed]]


@functools.lru_cache(maxsize=1024)
def _marks(text: str) -> tuple[str, ...]:
    low = fold(text)
    return tuple(
        row.mark
        for row in shared().emoji
        if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", low) for word in row.words)
    )
