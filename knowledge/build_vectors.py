"""Writes `knowledge/vectors.npz`: the shipped notes' vectors, so that a first question is quick."""

from pathlib import Path

from copilot import Settings
from copilot.errors import SettingsError
from copilot.models.embed import open_embedder
from copilot.rag.notes import load_notes
from copilot.rag.vectors import CACHE_NAME, write_vector_cache


def main() -> None:
    """Embed every passage of every note with the built-in model."""
    folder = Path(__file__).parent
    embedder = open_embedder(Settings.load())
    if embedder is None:
        raise SettingsError("The built-in model is not installed.", hint="make setup")
    write_vector_cache(load_notes(folder / "concepts"), embedder, folder / CACHE_NAME)


if __name__ == "__main__":
    main()
