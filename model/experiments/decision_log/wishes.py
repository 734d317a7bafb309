"""The words in which expectations and tripwires are asked for, as on the command line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from model.experiments.decision_log.decision import ABOVE, BELOW, Tripwire
from model.experiments.history import METRICS, SeriesKey
from model.experiments.history.vocabulary import key_faults
from model.foundation.errors import Fault, InputError, raise_faults
from model.foundation.months import parse_month, show_month

LIKE_EXPECTATION = 'Example: "resso ID users 2023-12".'
LIKE_TRIPWIRE = 'Example: "resso ID users < 5 by 2023-12: stop marketing".'
_TRIPWIRE = re.compile(r"^\s*(\S+)\s+(\S+)\s+(\S+)\s*([<>])\s*(\S+)\s+by\s+([^\s:]+)\s*(?::\s*(.*\S))?\s*$", re.DOTALL)
LONGEST = 2_500
"""Signs of a tripwire with what is to be done then."""
Asked = tuple[SeriesKey, str]


def read_wishes(expect: Sequence[str], tripwires: Sequence[str]) -> tuple[tuple[Asked, ...], tuple[Tripwire, ...]]:
    """Return (series, date) of each expectation and the tripwires. Errors: InputError with every word that is wrong."""
    faults: list[Fault] = []
    asked, wires = [], []
    for text in expect:
        try:
            asked.append(_expectation(text))
        except InputError as error:
            faults += error.faults
    for text in tripwires:
        try:
            wires.append(_tripwire(text))
        except InputError as error:
            faults += error.faults
    twice = {f"{key} {date}" for key, date in asked if asked.count((key, date)) > 1}
    faults += [Fault("decide: expect", "is asked for once", one, "Take one out.") for one in sorted(twice)]
    raise_faults(faults)
    return tuple(asked), tuple(wires)


def _expectation(text: str) -> Asked:
    words = text.split()
    if len(words) != 4:
        rule = "is a service, a market, a metric and a month"
        raise InputError(Fault("decide: expect", rule, text, LIKE_EXPECTATION))
    key = SeriesKey(*words[:3])
    faults = key_faults(key, place="decide: expect")
    date = _date(words[3], key, faults, place="decide: expect, date", whole_period=True)
    raise_faults(faults)
    return key, date


def _tripwire(text: str) -> Tripwire:
    if len(text) > LONGEST:  # what the pattern takes grows faster than they
        rule, told = f"is a text of at most {LONGEST:,} signs", f"{len(text):,} signs"
        raise InputError(Fault("decide: tripwire", rule, told, LIKE_TRIPWIRE))
    found = _TRIPWIRE.match(text)
    if found is None:
        rule = "is a service, a market, a metric, < or >, a number, by and a month"
        raise InputError(Fault("decide: tripwire", rule, text, LIKE_TRIPWIRE))
    key = SeriesKey(*found.group(1, 2, 3))
    faults = key_faults(key, place="decide: tripwire")
    by = _date(found[6], key, faults, place="decide: tripwire, date", whole_period=False)
    threshold = _number(found[5])
    metric = METRICS.get(key.metric)
    if threshold is None or (metric is not None and not metric.low <= threshold <= metric.high):
        unit = f", in {metric.unit}" if metric else ""
        faults.append(Fault("decide: tripwire, threshold", f"is a number that {key.metric} can have{unit}", found[5],
                            LIKE_TRIPWIRE))  # fmt: skip
    raise_faults(faults)
    return Tripwire(key, BELOW if found[4] == "<" else ABOVE, threshold or 0.0, by, found[7] or "")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _date(text: str, key: SeriesKey, faults: list[Fault], *, place: str, whole_period: bool) -> str:
    """Return a month as it is written, adding what is wrong with it. whole_period: it must end one of the metric's."""
    try:
        month = parse_month(text, place=place)
    except InputError as error:
        faults += error.faults
        return ""
    metric = METRICS.get(key.metric)
    if whole_period and metric is not None and (month + 1) % metric.period:
        last = show_month(month + metric.period - (month + 1) % metric.period)
        rule = f"{metric.name} is dated by the last month of {metric.period} months"
        faults.append(Fault(place, rule, text, f"Write {last}."))
    return show_month(month)
