"""What differs between the draws of a deal: values of uncertain parameters, stratified, in keyed orders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from model.foundation.rng import stream_key, uniforms
from model.spec.parameters import Parameters, declared_parameters

Floats = NDArray[np.float64]


def uncertain_draws(seed: int, *, names: Sequence[str], draws: int) -> pd.DataFrame:
    """Return (draws, names): each parameter over its declared likely range, one value from each of `draws` strata."""
    declared = declared_parameters()
    columns = {}
    for name in names:
        low, high = declared[name].likely
        columns[name] = low + (high - low) * strata(draws, key=stream_key(seed, "deal", name))
    return pd.DataFrame(columns, index=pd.Index(np.arange(draws), name="draw"))


SIDES = ("label", "platform")


def belief_lots(seed: int, *, side: str, draws: int) -> Floats:
    """Return (draws,) where in (0, 1) a side's belief about promotion stands among all it might hold, by draw."""
    return strata(draws, key=stream_key(seed, "belief", side))


def belief_draws(seed: int, parameters: Sequence[Parameters], *, vary: bool = True) -> pd.DataFrame:
    """Return (draws, sides) beliefs about `promotion_pull`: normal round the declared mean of each kind of side.

    parameters: of each draw. vary: False gives everybody the mean.
    """
    draws = len(parameters)
    spread = np.array([one.promotion_belief_spread if vary else 0.0 for one in parameters])
    return pd.DataFrame(
        {
            f"belief_{side}": np.array([one[f"promotion_belief_{side}"] for one in parameters])
            + spread * ndtri(belief_lots(seed, side=side, draws=draws))
            for side in SIDES
        },
        index=pd.Index(np.arange(draws), name="draw"),
    )


def strata(draws: int, *, key: np.uint64) -> Floats:
    """Return the middles of `draws` equal parts of (0, 1) in a keyed order: (draws,)."""
    order = np.argsort(uniforms(key, np.arange(draws)))
    middles: Floats = (order + 0.5) / draws
    return middles
