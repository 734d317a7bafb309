"""The declared parameters of the songs as the kernels read them."""

from __future__ import annotations

import math
from typing import NamedTuple

from model.spec.parameters import Parameters
from model.state.songs import SLOTS


class Numbers(NamedTuple):
    """Plain numbers; names as in `model.spec.declared.songs` without their prefix, `keep` is a factor per week."""

    contenders: int
    quality_tail: float
    burst: float
    burst_sd: float
    burst_keep: float
    burst_quality: float
    rise_weeks: float
    rise_sd: float
    life_weeks: float
    life_sd: float
    life_quality: float
    noise: float
    noise_memory: float
    spread: float
    spread_sd: float
    spread_quality: float
    seed: float
    seed_quality: float
    seed_weeks: int
    novelty: float
    novelty_sd: float
    lift_head: float
    lift_head_uses: float
    lift_median: float
    lift_median_uses: float
    stock_keep: float
    weeks: int
    first_rule_weeks: int
    first_rule_place: int
    second_rule_weeks: int
    second_rule_place: int


def numbers_of(parameters: Parameters) -> Numbers:
    """Return the numbers of the song process; contenders are rounded to whole songs."""
    own = {
        name: parameters[f"song_{name}"]
        for name in Numbers._fields
        if not name.endswith("_keep") and "_rule_" not in name
    }
    rules = {name: int(parameters[f"chart_{name}"]) for name in Numbers._fields if "_rule_" in name}
    whole = {name: int(own[name]) for name in ("seed_weeks", "weeks")}
    keeps = {
        "burst_keep": math.exp(-1.0 / parameters.song_burst_weeks),
        "stock_keep": 0.5 ** (1.0 / parameters.song_lift_memory),
        "contenders": min(round(parameters.song_contenders), SLOTS),
    }
    return Numbers(**{**own, **rules, **whole, **keeps})
