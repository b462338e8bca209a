"""Verbs of the localities: profiles, over-indexes, mix, likeness, assortment, services."""

from typing import TYPE_CHECKING, cast, get_args

from copilot.errors import InputError
from copilot.records import (
    ItemIndexes,
    ItemKind,
    Locality,
    LocalityMix,
    LocalPlan,
    Similarity,
)
from copilot.service.parts import Parts

if TYPE_CHECKING:
    from copilot.customers.places.overindex import Kind


class LocalityVerbs(Parts):
    """Computes what is particular of each locality. Levels are as `localities` reads them."""

    def localities(
        self, level: str = "neighbourhood", *, name: str | None = None
    ) -> list[Locality]:
        """Every locality of a level, computed, with what it over-indexes on.

        A level is a place (country to postcode, `postcode:3`, `postcode:area`), `store`, a class
        of customers (`age`, `language`, `segment`, `attributes.NAME`) or of stores (`store.kind`,
        `store.demographics.NAME`), or several joined with `+`.
        """
        from copilot.customers.places.localities import localities

        with self._lock:
            return localities(self.engine, level, name=name)

    def over_indexes(
        self,
        level: str = "neighbourhood",
        *,
        name: str | None = None,
        kind: str = "category",
        top: int = 10,
    ) -> list[ItemIndexes]:
        """What each locality buys more and less often than all: product, category, brand,
        department or service."""
        from copilot.customers.places.localities import item_indexes

        with self._lock:
            return item_indexes(self.engine, level, _kind(kind), name=name, top=top)

    def mix(
        self, level: str = "neighbourhood", *, name: str | None = None, dayparts: str | None = None
    ) -> list[LocalityMix]:
        """Languages, parts of the day and weekdays by locality; `dayparts` as `early=5-9,…`."""
        from copilot.customers.places.dayparts import DEFAULT
        from copilot.customers.places.mix import mix

        with self._lock:
            return mix(self.engine, level, name=name, dayparts=dayparts or DEFAULT)

    def similar(self, level: str, name: str, *, top: int = 5) -> Similarity:
        """The localities most like one, with what they share and what differs in words."""
        from copilot.customers.places.similar import similar

        with self._lock:
            return similar(self.engine, level, name, top=top)

    def assortment(
        self,
        level: str = "store",
        *,
        name: str | None = None,
        kind: str = "product",
        top: int = 10,
    ) -> list[LocalPlan]:
        """What each store should add to, keep in and drop from its shelves, with reasons."""
        from copilot.customers.places.assortment import assortment

        with self._lock:
            return assortment(self.engine, level, name=name, kind=_kind(kind), top=top)

    def services(
        self,
        level: str = "store",
        *,
        name: str | None = None,
        by: str | None = None,
        kind: str | None = None,
        top: int = 10,
    ) -> list[LocalPlan]:
        """Which services fit each branch's customers by the classes they belong to."""
        from copilot.customers.places.services import services

        chosen = _kind(kind) if kind is not None else None
        with self._lock:
            return services(self.engine, level, name=name, by=by, kind=chosen, top=top)


def _kind(name: str) -> "Kind":
    if name not in get_args(ItemKind):
        raise InputError(
            f"There is no kind of item {name!r}.", hint=f"Kinds: {', '.join(get_args(ItemKind))}."
        )
    return cast("Kind", name)
