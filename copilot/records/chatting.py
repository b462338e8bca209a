"""Records of conversations that are kept."""

import datetime as dt

from copilot.records.base import Record


class KeptChat(Record):
    """A kept conversation: what it began with and when something was last said in it."""

    id: str
    title: str
    updated: dt.datetime
