"""Verbs of the customers: import, profile, localities, segments, show, forget, suppress."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from copilot.errors import DataError, InputError
from copilot.records import ImportReport, Locality, LocalityLevel, Profile, Segment, TableName
from copilot.service.parts import Parts

if TYPE_CHECKING:
    from copilot.customers.segments import Scheme


class CustomerVerbs(Parts):
    """Imports customers' data and computes from it."""

    def import_customers(
        self,
        files: Sequence[Path | str],
        *,
        table: str | None = None,
        mapping: Path | Mapping[str, str] | None = None,
        dry_run: bool = False,
        synthetic: tuple[str, ...] = (),
    ) -> list[ImportReport]:
        """Load files into the canonical tables; rows are loaded, updated or rejected."""
        from copilot.customers.importing.load import import_file
        from copilot.customers.importing.mapping import load_mapping

        if table is not None and table not in get_args(TableName):
            raise InputError(
                f"There is no table {table!r}.",
                hint=f"Tables are: {', '.join(get_args(TableName))}.",
            )
        chosen = load_mapping(mapping) if isinstance(mapping, Path) else mapping
        with self._lock:
            return [
                import_file(
                    self.store,
                    Path(file),
                    table=cast("TableName | None", table),
                    mapping=chosen,
                    dry_run=dry_run,
                    synthetic=synthetic,
                )
                for file in files
            ]

    def profile(self) -> Profile:
        """What is in the tables, how complete it is, who consents, what is missing for what."""
        from copilot.customers.profile import profile

        with self._lock:
            return profile(self.engine)

    def localities(
        self, level: str = "neighbourhood", *, name: str | None = None
    ) -> list[Locality]:
        """Every locality of a level, computed, with what it over-indexes on."""
        from copilot.customers.localities import localities

        if level not in get_args(LocalityLevel):
            raise InputError(
                f"There is no level {level!r}.",
                hint=f"Levels are: {', '.join(get_args(LocalityLevel))}.",
            )
        with self._lock:
            found = localities(self.engine, cast(LocalityLevel, level), name=name)
        if name is not None and not found:
            raise DataError(
                f"There is no {level} {name!r} in the data.",
                hint=f"See: marketing-copilot localities --level {level}",
            )
        return found

    def segments(self, *, by: str = "rfm", where: str = "") -> list[Segment]:
        """Named segments with the rule behind each."""
        from copilot.customers.segments import segments

        with self._lock:
            return segments(self.engine, cast("Scheme", by), where=where)

    def customer(self, customer_id: str) -> dict[str, Any]:
        """One customer's row, consents and purchases; for this machine only, never a model."""
        from copilot.customers.lookup import customer

        with self._lock:
            return customer(self.engine, customer_id)

    def forget(self, customer_id: str) -> dict[str, Any]:
        """Erase a person everywhere; a keyed hash stays so that they are never written to."""
        from copilot.customers.erase import forget

        with self._lock:
            return {"customer_id": customer_id, "erased": forget(self.store, customer_id)}

    def suppress(self, file: Path | str) -> ImportReport:
        """Add addresses that must never be contacted."""
        from copilot.customers.erase import suppress

        with self._lock:
            return suppress(self.store, Path(file))
