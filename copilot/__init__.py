"""Marketing Copilot: explains marketing with citations, computes customers, drafts safe copy.

    from copilot import Copilot

    copilot = Copilot.open("workspace")
    print(copilot.ask("Compare micromarketing with mass customisation").answer)

Importing this package does nothing and costs nothing; names are loaded on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copilot.errors import CopilotError
    from copilot.records import (
        Answer,
        BrandKit,
        Brief,
        CheckReport,
        Citation,
        Draft,
        DraftReport,
        Hit,
        ImportReport,
        IndexReport,
        Locality,
        Profile,
    )
    from copilot.service import Copilot
    from copilot.settings import Settings

__version__ = "0.1.0"

_HOMES = {
    "Copilot": "copilot.service",
    "CopilotError": "copilot.errors",
    "Settings": "copilot.settings",
}

__all__ = [
    "Answer",
    "BrandKit",
    "Brief",
    "CheckReport",
    "Citation",
    "Copilot",
    "CopilotError",
    "Draft",
    "DraftReport",
    "Hit",
    "ImportReport",
    "IndexReport",
    "Locality",
    "Profile",
    "Settings",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'copilot' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "copilot.records")), name)
