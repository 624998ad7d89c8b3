"""Who may see which rows, worked out without a line of SQL: what the database is compared with."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Table:
    """A collection: its system, and the owner of each row (None: nobody's)."""

    system: str
    rows: dict[str, str | None]


@dataclass
class Somebody:
    """A person of the world."""

    id: str
    role: str
    active: bool = True


@dataclass
class Oracle:
    """Everything that decides. Times are those of the database's clock."""

    tables: dict[str, Table]
    people: dict[str, Somebody] = field(default_factory=dict)
    # (coach, system, owner) -> from when, until when
    assigned: dict[tuple[str, str, str], tuple[datetime, datetime]] = field(default_factory=dict)
    granted: set[tuple[str, str]] = field(default_factory=set)
    reasons: dict[tuple[str, str], datetime] = field(default_factory=dict)
    withdrawn: set[tuple[str, str, str]] = field(default_factory=set)

    def visible(self, who: str, collection: str, now: datetime) -> set[str]:
        """Ids of the rows that this person may see at that moment."""
        somebody, table = self.people[who], self.tables[collection]
        if not somebody.active:
            return set()
        if somebody.role == "coach":
            return self._of_coach(who, table, now)
        if somebody.role == "analyst" and (who, collection) in self.granted:
            return self._consenting(table, "research")
        if somebody.role == "engineer":
            material = table.system in ("nexus", "community") or (who, collection) in self.granted
            return set(table.rows) if material else set()
        if somebody.role == "operator":
            until = self.reasons.get((who, collection))
            return set(table.rows) if until is not None and now < until else set()
        return set()

    def _of_coach(self, who: str, table: Table, now: datetime) -> set[str]:
        if table.system != "playbook":
            return set()
        if not any(table.rows.values()):
            return set(table.rows)
        mine = {
            owner
            for (coach, system, owner), (start, end) in self.assigned.items()
            if coach == who and system == table.system and start <= now < end
        }
        rows = self._consenting(table, "coaching")
        return {row for row in rows if table.rows[row] in mine}

    def _consenting(self, table: Table, purpose: str) -> set[str]:
        return {
            row
            for row, owner in table.rows.items()
            if owner is None or (table.system, owner, purpose) not in self.withdrawn
        }
