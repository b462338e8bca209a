"""Every error the package raises on purpose, under one root.

    CopilotError
    ├── InputError            bad usage or bad input                          exit 2
    │   ├── SettingsError     a setting has a value that cannot work
    │   ├── KnowledgeError    a note or document cannot be read
    │   ├── DataError         a customer file cannot be loaded, a table is missing
    │   ├── FilterError       an audience or rule expression is not understood
    │   └── BriefError        a brief or brand kit is not valid
    ├── RefusedError          a check failed or the request must not be done   exit 1
    │   ├── BudgetError       the next model call would pass the budget
    │   └── StoppedError      the work was told to stop
    └── OutsideError          something outside failed after retries           exit 3
        ├── ModelError        the model server
        │   ├── UnusableAnswer    the model answered, with something that cannot be used
        │   └── ModelUnavailable  no call can succeed: not there, or it refuses the key or model
        └── StoreError        the data engine, the index or the state database

A message names the bad value; `hint` names the remedy. Surfaces turn the root into an exit
code, a box or a tool error, once, at the edge.
"""


class CopilotError(Exception):
    """The root; `hint` says what to do next."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(CopilotError):
    """Bad usage or bad input."""


class SettingsError(InputError):
    """A setting has a value that cannot work."""


class KnowledgeError(InputError):
    """A note or a document cannot be read."""


class DataError(InputError):
    """A customer file cannot be loaded, or a table or field it needs is missing."""


class FilterError(InputError):
    """An audience or rule expression is not understood."""


class BriefError(InputError):
    """A brief or brand kit is not valid."""


class RefusedError(CopilotError):
    """A check failed, or the request must not be carried out."""

    exit_code = 1


class BudgetError(RefusedError):
    """The next model call would pass the budget."""


class StoppedError(RefusedError):
    """The work was told to stop; what is done is kept."""


class OutsideError(CopilotError):
    """Something outside failed after retries; nothing was lost."""

    exit_code = 3


class ModelError(OutsideError):
    """The model server failed."""


class UnusableAnswer(ModelError):
    """The model answered, with something that cannot be used: cut off, or outside the schema."""


class ModelUnavailable(ModelError):
    """No further call can succeed: nobody answers, or the key or the model is refused."""


class StoreError(OutsideError):
    """The data engine, the index or the state database failed."""
