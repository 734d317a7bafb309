"""Scenario discovery: in which futures a policy loses, wins or falls short, as boxes and in words."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.robust.futures import Futures, Unknown
from model.experiments.robust.question import Question
from model.experiments.robust.scoring import threshold
from model.foundation.rng import stream_key, uniforms
from model.theory.decisions.boxes import Box, find_box, find_boxes

LOSES, WINS, SHORT, SUFFICES = "loses", "wins", "falls short", "does well enough"
"""What a box is about: another policy is better; none is; the outcome is less than what will do; it is not."""
FEWEST_HITS, FEWEST_FUTURES, LEAST_IN_BOX = 5, 20, 5
"""Futures of interest, futures in all, and futures in a box, below which none is looked for."""
MOST_BOXES, LEAST_DENSITY, SHUFFLES = 2, 0.7, 99
COLUMNS = (
    "policy", "event", "box", "limits", "coverage", "density", "base_rate", "futures", "of_interest", "luck", "same_as",
)  # fmt: skip
LIMIT_COLUMNS = ("policy", "event", "box", "input", "low", "high", "chance")


def events_of(futures: Futures, question: Question) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Yield policy, event and whether it happens in each future.

    Of losing and winning the one that is not the rule, since a box tells where the exception lies; the same of falling
    short and doing well enough where a threshold was given, but not of a policy against itself.
    """
    means = futures.means[: len(question.policies)]
    level = threshold(futures, question)
    for at, name in enumerate(question.policies):
        pairs = [(LOSES, WINS, means[at] < means.max(axis=0))]
        if question.enough is not None and question.enough != name:
            pairs.append((SHORT, SUFFICES, means[at] < level))
        for bad, good, hit in pairs:
            rare = hit.mean() <= 0.5
            yield name, bad if rare else good, hit if rare else ~hit


def discover(futures: Futures, question: Question) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return boxes, a row each, and their limits, a row per box and input.

    coverage: share of the futures of interest that lie in the box; density: share of the box's futures that are of
    interest; base_rate: of all. futures: in the box, without those of earlier boxes. luck: how often a search among
    shuffled futures finds a box as good, of 99. chance (of a limit): see `model.theory.decisions.boxes`. limits: ""
    where no input tells the futures apart; then, or where there are too few futures, the numbers are of all futures.
    same_as: policy and event, told before, of the very same futures; their boxes are not told again.
    """
    boxes, limits = [], []
    told_before: dict[bytes, str] = {}
    for policy, event, hit in events_of(futures, question):
        row: dict[str, object] = {
            "policy": policy, "event": event, "base_rate": float(hit.mean()), "of_interest": int(hit.sum()),
        }  # fmt: skip
        same = told_before.setdefault(hit.tobytes(), f"{policy} {event}") if 0 < hit.sum() < len(hit) else ""
        row["same_as"] = "" if same == f"{policy} {event}" else same
        found, luck = ((), np.nan) if row["same_as"] else _search(futures, hit, names=(policy, event))
        for number, box in enumerate(found, start=1):
            sides = list(_sides(futures.unknowns, box))
            told = " and ".join(side_words(futures.unknowns[at], low, high) for at, low, high in sides)
            boxes.append({
                **row, "box": number, "limits": told, "coverage": box.coverage, "density": box.density,
                "futures": round(box.mass * len(hit)), "luck": luck if number == 1 else np.nan,
            })  # fmt: skip
            limits += [
                {"policy": policy, "event": event, "box": number, "input": futures.unknowns[at].column,
                 "low": low, "high": high, "chance": float(box.chances[at])}
                for at, low, high in sides
            ]  # fmt: skip
        if not found:
            boxes.append({
                **row, "box": 0, "limits": "", "coverage": 1.0, "density": row["base_rate"], "futures": len(hit),
                "luck": np.nan,
            })  # fmt: skip
    return pd.DataFrame(boxes, columns=list(COLUMNS)), pd.DataFrame(limits, columns=list(LIMIT_COLUMNS))


def _search(futures: Futures, hit: NDArray[np.bool_], *, names: Sequence[str]) -> tuple[tuple[Box, ...], float]:
    """Return boxes that have limits, and how often shuffled futures give as good a first one."""
    n, varying = len(hit), futures.varying()
    if n < FEWEST_FUTURES or not FEWEST_HITS <= hit.sum() <= n - FEWEST_HITS or not varying:
        return (), np.nan
    codes, least = futures.codes, LEAST_IN_BOX / n
    found = find_boxes(
        codes, interesting=hit, most=MOST_BOXES, least_density=LEAST_DENSITY, least_mass=min(1.0, least)
    )  # fmt: skip
    limited = tuple(box for box in found if np.isfinite(box.lows).any() or np.isfinite(box.highs).any())
    if not limited:
        return (), np.nan
    wanted, as_good = _balance(limited[0]), 0
    for turn in range(SHUFFLES):
        order = np.argsort(uniforms(stream_key(turn, "shuffled futures", *names), np.arange(n)))
        box = find_box(codes, interesting=hit[order], least_density=LEAST_DENSITY, least_mass=min(1.0, least)).box
        as_good += _balance(box) >= wanted and bool(np.isfinite(box.lows).any() or np.isfinite(box.highs).any())
    return limited, (1 + as_good) / (1 + SHUFFLES)


def _balance(box: Box) -> float:
    """Return the harmonic mean of coverage and density."""
    return 2.0 * box.coverage * box.density / max(box.coverage + box.density, 1e-300)


def _sides(unknowns: Sequence[Unknown], box: Box) -> Iterator[tuple[int, float, float]]:
    for at in range(len(unknowns)):
        low, high = float(box.lows[at]), float(box.highs[at])
        if np.isfinite(low) or np.isfinite(high):
            yield at, low, high


def side_words(one: Unknown, low: float, high: float) -> str:
    """Return the limits of a box in one unknown, in words."""
    if not one.is_number:
        inside = [one.value_words(level) for code, level in enumerate(one.levels) if low <= code <= high]
        return f"{one.column} is {' or '.join(inside)}"
    if np.isfinite(low) and np.isfinite(high):
        return f"{low:.3g} <= {one.column} <= {high:.3g}"
    return f"{one.column} >= {low:.3g}" if np.isfinite(low) else f"{one.column} <= {high:.3g}"


def box_sentences(boxes: pd.DataFrame, *, futures: int) -> list[str]:
    """Return the boxes in words, a sentence each."""
    return [_sentence(row, futures=futures) for row in boxes.to_dict("records")]


def _sentence(row: Mapping[Hashable, Any], *, futures: int) -> str:
    policy, event, hits = str(row["policy"]), str(row["event"]), int(row["of_interest"])
    if row["same_as"]:
        return f"{policy} {event} in just the futures in which {row['same_as']}."
    if not row["limits"]:
        if hits in (0, futures):
            return f"{policy} {event} in {'every' if hits else 'no'} future."
        few = futures < FEWEST_FUTURES or not FEWEST_HITS <= hits <= futures - FEWEST_HITS
        why = "too few to look for a rule" if few else "no input tells where"
        return f"{policy} {event} in {hits} of {futures} futures; {why}."
    luck, again = float(row["luck"]), int(row["box"]) > 1
    told = (
        f"{policy} {event}{' also' if again else ''} where {row['limits']}: {row['coverage']:.0%} of the {hits} "
        f"futures in which it {event}; of the {row['futures']} futures there it {event} in {row['density']:.0%} "
        f"({row['base_rate']:.0%} of all)"
    )
    if not np.isfinite(luck):
        return told + "."
    doubt = " - may be luck" if luck > 0.05 else ""
    return f"{told}; as good a box by luck: {luck:.0%}{doubt}."


def box_limits(limits: pd.DataFrame, *, policy: str, event: str, box: int) -> dict[str, tuple[float, float]]:
    """Return low and high by input of one box."""
    own = limits[(limits["policy"] == policy) & (limits["event"] == event) & (limits["box"] == box)]
    return {str(name): (float(low), float(high))
            for name, low, high in zip(own["input"], own["low"], own["high"], strict=True)}  # fmt: skip
