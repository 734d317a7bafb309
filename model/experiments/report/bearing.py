"""What a pattern that the model misses means for the question of a report, and whether it bears on it at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from model.experiments.pattern import Pattern
from model.experiments.report.question import Question
from model.facts.units import MARKETS

_CODES = re.compile(r"\b[A-Z]{2}\b")
Bears = Callable[[Question, Pattern], bool]


@dataclass(frozen=True, slots=True)
class Bearing:
    """bears: whether a pattern touches a question. paired: what a miss means for a difference; single: for a level."""

    bears: Bears
    paired: str
    single: str


def _always(_: Question, __: Pattern) -> bool:
    return True


def _touches(*words: str) -> Bears:
    return lambda question, _: bool(question.touched & set(words))


def _in_market(*codes: str) -> Bears:
    return lambda question, _: bool(set(question.arm.plan.markets) & set(codes))


def _catalogue_from(question: Question, _: Pattern) -> bool:
    return bool(question.touched & {"catalogues", "talks"})


def _outside_here(question: Question, pattern: Pattern) -> bool:
    named = {one for one in _CODES.findall(pattern.text) if one in MARKETS}
    return bool(named & set(question.arm.plan.markets))


_GROWTH = Bearing(
    _always,
    "Both worlds miss it alike, so little of it is in the sign of a difference; but differences in people and money "
    "scale with levels, and grow less than they should over years.",
    "Levels told here carry it in full: read changes of mix and order, not sizes after years.",
)
_MONEY = Bearing(
    _always,
    "Part of every dollar told here is off by it; ratios between the two worlds hold better than amounts.",
    "Operating income told here is off by it.",
)
_CHURN = Bearing(
    _always,
    "Answers come too fast or too slowly: trust what has settled by the end more than when it happens.",
    "How fast anything happens is off: trust the end more than the way.",
)
_BEARINGS: dict[str, Bearing] = {
    "P1": _GROWTH, "P2": _GROWTH, "P3": _GROWTH, "P4": _CHURN,
    "P5": Bearing(
        _always,
        "How many free listeners come to pay is off, so differences in payers and subscriptions are weaker evidence "
        "than those in users.",
        "Payers won from free tiers are off: users are better founded than payers.",
    ),
    "P7": Bearing(
        _in_market("ID"),
        "Label income in Indonesia comes too much or too little from free listening: a shift between free and paid "
        "moves labels there by the wrong amount.",
        "Label income in Indonesia is split wrongly between free and paid.",
    ),
    "P8": Bearing(
        _touches("free", "prices"),
        "What happens to people whose free tier goes is off, and that is part of this question.",
        "What happens to people whose free tier goes is off, and that is part of this world.",
    ),
    "P9": Bearing(
        _catalogue_from,
        "What a catalogue is worth to a service is off: the losses told here, and the zone of agreement, are of the "
        "wrong size.",
        "What a catalogue is worth to a service is off: users lost with it, and the zone of agreement, are of the "
        "wrong size.",
    ),
    "P10": Bearing(
        _always,
        "Label income is off in the markets named: read labels' differences in per cent there.",
        "Label income is off in the markets named.",
    ),
    "P11": Bearing(
        _touches("clips", "tiktok", "songs"),
        "What TikTok does to charts is not explained: effects that run by way of hits are the weakest part of this "
        "answer.",
        "What TikTok does to charts is not explained: do not read hits from this world.",
    ),
    "P12": Bearing(
        _touches("prices"),
        "People answer prices too strongly or too weakly, and this question is about prices.",
        "People answer prices too strongly or too weakly, and prices change in this world.",
    ),
    "P13": _MONEY,
    "P14": Bearing(
        _touches("tiktok", "clips"),
        "How TikTok's advertising grows is off, and with it what an hour on TikTok brings: ByteDance's side of the "
        "difference is of the wrong size.",
        "How TikTok's advertising grows is off, and with it ByteDance's income.",
    ),
    "S": Bearing(
        _outside_here,
        "A service of these markets starts at, or drifts to, another level: its own difference is still between two "
        "worlds that share the fault.",
        "A service of these markets starts at, or drifts to, another level: do not read its level here.",
    ),
}  # fmt: skip
"""By the pattern's number, all its letters together."""


def bearing_of(question: Question, pattern: Pattern) -> str:
    """Return what a miss of a pattern means for a question, "" where it does not bear on it."""
    number = re.sub(r"[a-z]$", "", pattern.name)
    found = _BEARINGS.get(number) or _BEARINGS.get(number[:1])
    if found is None:
        return "" if question.base is not None else "It bears on levels."
    if not found.bears(question, pattern):
        return ""
    return found.single if question.base is None else found.paired
