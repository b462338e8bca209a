"""Verbs of the customers: import, profile, show, forget, suppress."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast, get_args

from copilot.errors import InputError
from copilot.records import (
    FieldRule,
    Forgotten,
    ImportReport,
    Profile,
    SavedMapping,
    TableName,
)
from copilot.service.parts import Parts


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
        query: str | None = None,
        sheet: str | None = None,
        progress: Callable[[str, str, int], None] | None = None,
    ) -> list[ImportReport]:
        """Load files into the canonical tables; rows are loaded, updated or rejected.

        `sheet` chooses a sheet of a workbook, a file of a zip archive or a list of a JSON file.
        `progress` is told the file's name, the phase that begins and the rows it has to do.
        """
        from copilot.customers.importing.databases import Database, is_url
        from copilot.customers.importing.kept import load_mapping
        from copilot.customers.importing.load import import_file

        if table is not None and table not in get_args(TableName):
            raise InputError(
                f"There is no table {table!r}.",
                hint=f"Tables are: {', '.join(get_args(TableName))}.",
            )
        chosen = load_mapping(mapping) if isinstance(mapping, Path) else mapping
        sources = [
            Database(str(file), query) if is_url(str(file)) else Path(file) for file in files
        ]
        if query is not None and any(isinstance(source, Path) for source in sources):
            raise InputError("--query goes with a database URL, not with a file.")
        with self._lock:
            return [
                import_file(
                    self.store,
                    source,
                    table=cast("TableName | None", table),
                    mapping=chosen,
                    dry_run=dry_run,
                    synthetic=synthetic,
                    sheet=sheet,
                    progress=partial(progress, source.name) if progress else None,
                )
                for source in sources
            ]

    def mappings(self, *, show: str = "", remove: str = "") -> list[SavedMapping]:
        """The mappings kept for sources: all, the one of a key, or the one just removed."""
        from copilot.customers.importing import kept

        with self._lock:
            if remove:
                return [kept.remove(self.store.folder, remove)]
            if show:
                return [kept.show(self.store.folder, show)]
            return kept.listed(self.store.folder)

    def profile(self) -> Profile:
        """What is in the tables, how complete it is, who consents, what is missing for what."""
        from copilot.customers.profile import profile

        with self._lock:
            return profile(self.engine)

    def customer(self, customer_id: str) -> dict[str, Any]:
        """One customer's row, consents and purchases; for this machine only, never a model."""
        from copilot.customers.lookup import customer

        with self._lock:
            return customer(self.engine, customer_id)

    def forget(self, who: str) -> Forgotten:
        """Erase the person with this id, e-mail or phone everywhere in the workspace.

        A keyed hash stays so that they are never written to.
        """
        from copilot.forgetting import forget_everywhere

        with self._lock:
            gone = forget_everywhere(
                self.settings.home,
                self.store,
                lambda: self.campaigns,
                who,
                kept=lambda: self.kept,
            )
            self.forget_cards()
            self.engine.follow()
        return gone

    def fields(self) -> list[FieldRule]:
        """What may be done with each field: mentioned in copy, only used, or not used."""
        from copilot.customers.privacy.registry import rules

        with self._lock:
            return list(rules(self.store))

    def set_field(
        self, field: str, use: str, *, table: str = "customers", sensitive: bool = False
    ) -> FieldRule:
        """Decide what may be done with a field: mention, use or never.

        A sensitive one is never mentioned, and used only when `sensitive` says that it is meant.
        """
        from copilot.customers.privacy.registry import set_use

        with self._lock:
            return set_use(self.store, field, use, table=table, sensitive=sensitive)

    def suppress(self, file: Path | str) -> ImportReport:
        """Add addresses that must never be contacted."""
        from copilot.customers.privacy.suppression import suppress

        with self._lock:
            return suppress(self.store, Path(file))
