"""The last attack on a release before it is stored: alone, and beside what else was released."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.attack import audited
from analysis.linked_tables import ABSENT, Cells, LinkedTables
from analysis.release_rule import Rule
from analysis.suppression import Decision
from jobs.errors import JobError
from queries.releases.releases import Dimension


def audit_alone(layout: LinkedTables, decision: Decision, rule: Rule) -> dict[str, Any]:
    """What the attack on the numbers about to be published found. Raises JobError if it worked."""
    audit = audited(layout, decision.known(rule), rule.people)
    if len(audit.weak):
        raise JobError(
            f"The release was refused: {len(audit.weak)} hidden cells could be worked out from "
            "what would be shown. Nothing was stored. Please report this with its settings."
        )
    if len(decision.exposed):
        raise JobError(
            f"The week is held back: beside earlier releases {len(decision.exposed)} hidden cells "
            "could be guessed by somebody who took what hardly changed for unchanged. Nothing was "
            "stored; the weeks after it are released as ever."
        )
    return {"joint": audit.joint, "exposed": len(decision.exposed)}


def audit_beside(
    layout: LinkedTables,
    decision: Decision,
    rule: Rule,
    dimensions: Sequence[Dimension],
    beside: Mapping[tuple[str, str], int],
) -> None:
    """Attack once more, knowing what other releases tell of hidden cells. Raises JobError."""
    places = [(layout.at(_key(dimensions, *where))[0], people) for where, people in beside.items()]
    told = [(cell, people) for cell, people in places if not decision.shown[cell]]
    if not told:
        return
    known = decision.known(rule).joined(*np.array(told).T)
    audit = audited(layout, known, rule.people)
    if len(audit.weak):
        raise JobError(
            f"The release is held back: beside the releases of what people wrote "
            f"{len(audit.weak)} hidden cells could be told to fewer than {rule.people}. Nothing "
            "was stored; the time after it is released as ever."
        )


def _key(dimensions: Sequence[Dimension], name: str, value: str) -> Cells:
    """The key of one value's cell, shape (1, dimensions)."""
    values = {d.name: [key for key, _ in d.values] for d in dimensions}
    key = [values[d.name].index(value) if d.name == name else ABSENT for d in dimensions]
    return np.array([key], dtype=np.intp)
