"""Bargaining weights: the declared ones, by who faces whom."""

from __future__ import annotations

import pytest

from model.facts.owners import OWNERS
from model.mechanisms.talks.weights import ENTRANTS, label_weight
from model.spec.parameters import Parameters

DISTINCT = Parameters({
    "label_weight_major": 0.1, "label_weight_entrant": 0.2, "label_weight_local": 0.3, "label_weight_independent": 0.4,
    "label_weight_clips": 0.5,
})  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "label", "kind", "weight"),
    [
        ("spotify", "sony", "streaming", 0.1),
        ("resso", "sony", "streaming", 0.2),
        ("tiktok_music", "universal", "streaming", 0.2),
        ("spotify", "t_series", "streaming", 0.3),
        ("resso", "other_local_majors", "streaming", 0.3),
        ("resso", "merlin_indies", "streaming", 0.4),
        ("gaana", "long_tail", "streaming", 0.4),
        ("tiktok", "warner", "clips", 0.5),
        ("tiktok", "long_tail", "clips", 0.5),
    ],
)
def test_weight_is_the_one_declared_for_the_pair(platform: str, label: str, kind: str, weight: float) -> None:
    assert label_weight(DISTINCT, platform=platform, label=label, kind=kind) == weight


def test_entrants_are_the_music_services_of_bytedance() -> None:
    assert set(ENTRANTS) == {service for service, owner in OWNERS.items() if owner == "bytedance"} - {"tiktok"}
