"""Laying a refit onto the frame that people already know."""

from dataclasses import dataclass

import numpy as np

from analysis.vectors import Floats


@dataclass(frozen=True)
class Registration:
    """A refit in the old frame, and how far it moved.

    points : shape (rows, 2), float32
        All rows of the refit, turned, mirrored, scaled and shifted onto the old frame.
    moved : shape (shared rows,), float32
        Distance of each shared row from its old place, as a part of the old map's width (the
        diagonal of its bounding box); 0 is unmoved.
    """

    points: Floats
    moved: Floats

    @property
    def median(self) -> float:
        """How far half of the shared rows moved at most; 0 without shared rows."""
        return float(np.median(self.moved)) if len(self.moved) else 0.0


def register(old: Floats, new: Floats, points: Floats) -> Registration:
    """The points under the similarity transform that brings `new` closest to `old`.

    Parameters
    ----------
    old, new : shape (shared rows, 2)
        The same rows in the old map and in the refit.
    points : shape (rows, 2)
        All rows of the refit.

    Raises
    ------
    ValueError
        Unless old and new have the same shape.

    References
    ----------
    Schönemann: A generalized solution of the orthogonal Procrustes problem. Psychometrika
    31 (1966).
    Umeyama: Least-squares estimation of transformation parameters, IEEE PAMI 13 (1991).
    """
    if old.shape != new.shape:
        raise ValueError(f"{old.shape} old points but {new.shape} new ones; pass the shared rows")
    if len(old) < 2:
        return Registration(points, np.zeros(len(old), dtype=np.float32))
    old_middle, new_middle = old.mean(axis=0), new.mean(axis=0)
    from_old, from_new = old - old_middle, new - new_middle
    left, sizes, right = np.linalg.svd(from_new.T.astype(np.float64) @ from_old)
    scale = sizes.sum() / max(float((from_new**2).sum()), 1e-12)
    turn = scale * left @ right
    moved = np.linalg.norm(from_new @ turn - from_old, axis=1) / _width(old)
    onto = (points - new_middle) @ turn + old_middle
    return Registration(onto.astype(np.float32), moved.astype(np.float32))


def _width(points: Floats) -> float:
    return max(float(np.linalg.norm(np.ptp(points, axis=0))), 1e-12)
