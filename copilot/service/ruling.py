"""Verbs of rule segments: what rules are made of, whom one reaches, and saving them by name."""

from copilot.records import GridCell, Reach, RuleField, RuleGroup, SavedSegment
from copilot.service.parts import Parts


class RuleVerbs(Parts):
    """Builds audience expressions from rows, counts whom they reach, keeps them by name."""

    def rule_fields(self) -> list[RuleField]:
        """The fields that rules may test, with plain names and the values there are."""
        from copilot.customers.segmenting.reach import rule_fields

        with self._lock:
            return list(self.engine.remembered("rule_fields", lambda: rule_fields(self.engine)))

    def read_rule(self, where: str) -> RuleGroup:
        """An audience expression as rows of tests, with groups one level deep.

        Raises FilterError when it is not understood or is nested more deeply.
        """
        from copilot.customers.segmenting.rules import read

        return read(self.store, where)

    def write_rule(self, group: RuleGroup) -> str:
        """The audience expression of rows of tests; raises FilterError for an incomplete one."""
        from copilot.customers.segmenting.rules import write

        return write(group)

    def reach(self, where: str = "") -> Reach:
        """Whom an audience expression is true for: customers, revenue, consent by channel."""
        from copilot.customers.segmenting.reach import reach

        with self._lock:
            return reach(self.engine, where)

    def rfm_grid(self, where: str = "") -> list[GridCell]:
        """Buyers by fifths of recency and frequency: 25 cells with the segment each is part of."""
        from copilot.customers.segmenting.reach import rfm_grid

        with self._lock:
            return list(rfm_grid(self.engine, where))

    def save_segment(self, name: str, where: str) -> SavedSegment:
        """Keep an audience expression under a name; the same name is replaced.

        Raises FilterError for an expression that is not understood or that names a person.
        """
        from copilot.customers.segmenting.saved import save

        with self._lock:
            return save(self.store, name, where)

    def saved_segments(self) -> list[SavedSegment]:
        """Every saved segment, by name."""
        from copilot.customers.segmenting.saved import saved

        with self._lock:
            return list(saved(self.store))

    def remove_segment(self, name: str) -> SavedSegment:
        """Take a saved segment away; raises DataError naming the ones there are."""
        from copilot.customers.segmenting.saved import remove

        with self._lock:
            return remove(self.store, name)
