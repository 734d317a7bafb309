"""What differs between the draws of a deal: values of uncertain parameters, stratified, in keyed orders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.foundation.rng import stream_key, uniforms
from model.spec.parameters import declared_parameters

Floats = NDArray[np.float64]


def uncertain_draws(seed: int, *, names: Sequence[str], draws: int) -> pd.DataFrame:
    """Return (draws, names): each parameter over its declared likely range, one value from each of `draws` strata."""
    declared = declared_parameters()
    columns = {}
    for name in names:
        low, high = declared[name].likely
        columns[name] = low + (high - low) * strata(draws, key=stream_key(seed, "deal", name))
    return pd.DataFrame(columns, index=pd.Index(np.arange(draws), name="draw"))


def strata(draws: int, *, key: np.uint64) -> Floats:
    """Return the middles of `draws` equal parts of (0, 1) in a keyed order: (draws,)."""
    order = np.argsort(uniforms(key, np.arange(draws)))
    middles: Floats = (order + 0.5) / draws
    return middles
