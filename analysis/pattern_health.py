"""How healthy a pattern is, from what went wrong where it is used."""

from collections.abc import Sequence

WEIGHTS = {"critical": 0.5, "high": 0.3, "error": 0.3, "medium": 0.15, "warning": 0.1, "low": 0.05}
UNKNOWN_WEIGHT = 0.15
HALF_LIFE_DAYS = 30.0
RESOLVED_SHARE = 0.25  # of an issue's weight that stays once it is resolved


def health(severities: Sequence[str], ages: Sequence[float], resolved: Sequence[bool]) -> float:
    """1 without any issue, nearing 0 with many, severe, recent and open ones.

    Each issue leaves 1 − weight of the health there was; its weight is that of its severity, halved
    for every 30 days of age and quartered when it is resolved.

    Parameters
    ----------
    severities
        In any case; one that is not known counts as medium.
    ages
        Days since each was seen, 0 or more.
    resolved
        Whether each is over.

    Raises
    ------
    ValueError
        Unless there is one age and one state per issue.
    """
    left = 1.0
    for severity, age, over in zip(severities, ages, resolved, strict=True):
        weight = WEIGHTS.get(severity.lower(), UNKNOWN_WEIGHT)
        weight *= 0.5 ** (max(age, 0.0) / HALF_LIFE_DAYS)
        left *= 1.0 - weight * (RESOLVED_SHARE if over else 1.0)
    return left


def rank(severity: str) -> float:
    """How severe, for sorting: the worst has the greatest."""
    return WEIGHTS.get(severity.lower(), UNKNOWN_WEIGHT)
