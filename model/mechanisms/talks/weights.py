"""Bargaining weights: which part of the surplus a label gets against a service, where nobody says otherwise."""

from __future__ import annotations

from model.spec.parameters import Parameters

MAJORS = ("universal", "sony", "warner")
INDEPENDENTS = ("merlin_indies", "long_tail")
ENTRANTS = ("resso", "tiktok_music")
"""Music services of ByteDance, which come to labels that earn more elsewhere."""


def label_weight(parameters: Parameters, *, platform: str, label: str, kind: str = "streaming") -> float:
    """Return the label's declared bargaining weight, 0 to 1.

    Clips have one weight for all labels. Else a major has one against ByteDance's music services and another against
    the rest, independents (the long tail with them) have one, and all other labels that of large local ones.
    """
    if kind == "clips":
        return parameters.label_weight_clips
    if label in INDEPENDENTS:
        return parameters.label_weight_independent
    if label not in MAJORS:
        return parameters.label_weight_local
    return parameters.label_weight_entrant if platform in ENTRANTS else parameters.label_weight_major
