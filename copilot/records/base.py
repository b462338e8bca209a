"""The base of every record that crosses a boundary: frozen, and strict about unknown keys."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value; an unknown key is an error, so a typo in a file is named and not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
