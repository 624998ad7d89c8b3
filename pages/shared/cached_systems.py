"""Cached queries of Community and Twin."""

import numpy as np
import pandas as pd

from pages.shared.cached import MINUTE, remembered
from pages.shared.scope import Scope
from queries.embeddings import spaces
from queries.embeddings.sample_distances import sample_distances
from queries.embeddings.spaces import Space
from queries.systems import community as hub
from queries.systems import duplicates as alike
from queries.systems import twin as twins


@remembered(MINUTE, 50)
def contributors(scope: Scope) -> pd.DataFrame:
    """Who published what."""
    return hub.contributors(scope.gate, scope.collection)


@remembered(MINUTE, 50)
def engagement(scope: Scope) -> pd.DataFrame:
    """What came of content."""
    return hub.engagement(scope.gate, scope.collection)


@remembered(5 * MINUTE, 50)
def duplicates(scope: Scope) -> pd.DataFrame:
    """Pairs that are alike."""
    return alike.duplicates(scope.gate, scope.collection)


@remembered(MINUTE, 50)
def documents(scope: Scope) -> pd.DataFrame:
    """A twin's documents."""
    return twins.documents(scope.gate, scope.collection)


@remembered(MINUTE, 50)
def conversations(scope: Scope) -> pd.DataFrame:
    """A twin's conversations."""
    return twins.conversations(scope.gate, scope.collection)


@remembered(MINUTE, 50)
def expiring(scope: Scope) -> pd.DataFrame:
    """What ends by itself."""
    return twins.expiring(scope.gate, scope.collection)


@remembered(MINUTE, 50)
def ingestions(scope: Scope) -> pd.DataFrame:
    """What was taken in."""
    return twins.ingestions(scope.gate, scope.collection)


@remembered(5 * MINUTE, 50)
def distances(scope: Scope) -> tuple[np.ndarray, Space | None]:
    """How far a sample of rows are from one another, and the space behind that."""
    found = spaces.spaces(scope.gate, scope.collection)
    space = next((space for space in found if space.active), None)
    if space is None:
        return np.zeros((0, 0)), None
    return sample_distances(scope.gate, scope.collection), space
