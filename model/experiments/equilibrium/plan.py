"""A game that was asked for: validated whole before anything runs, laid out as a sweep with a policy per profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from model.experiments.comparing.outcomes import HORIZON, Outcome, labels_of, read_outcomes, services_of
from model.experiments.equilibrium.players import Player, Players, clash_faults, keys_of, leaves, overlap, read_players
from model.experiments.question_files import loaded_base
from model.experiments.sweep.plan import SweepPlan, plan_sweep
from model.experiments.sweep.vocabulary import Axis, Policy
from model.experiments.sweep.wording import Levers, Uncertainties, read_levers, read_uncertainties
from model.facts.owners import BYTEDANCE_FIRM
from model.foundation.errors import Fault, InputError, raise_faults
from model.spec.reading import shown
from model.spec.scenario import Scenario

REPLICATES, DRAWS = 8, 400
PRECISIONS = (2.0, 8.0, 32.0)
"""Precisions of quantal responses, per span of the player's own payoffs: a strategy that pays a whole span less is
played exp(-precision) times as often."""
MOST_AXES, MOST_RUNS, MOST_DRAWS, MOST_POINTS = 2, 100_000, 10_000, 400
LONGEST_POLICY = 60


@dataclass(frozen=True, eq=False)
class GamePlan:
    """A validated game. players: who chooses. payoffs: an outcome each. sweep: a policy per profile, in the order of
    the payoff table. draws: bootstrap draws over replicates. precisions: of quantal responses, per payoff span.
    """

    base: Scenario
    players: tuple[Player, ...]
    payoffs: tuple[Outcome, ...]
    sweep: SweepPlan
    draws: int
    precisions: tuple[float, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of strategies of each player."""
        return tuple(len(one.strategies) for one in self.players)

    @property
    def runs(self) -> int:
        """Number of runs: profiles x replicates, at every point of the map."""
        return self.sweep.runs


def plan_game(
    base: Scenario | str | Path, *, players: Players, levers: Levers | None = None,
    uncertainties: Uncertainties | None = None, n: int | None = None, replicates: int = REPLICATES,
    draws: int = DRAWS, precisions: Sequence[float] = PRECISIONS,
) -> GamePlan:  # fmt: skip
    """Return a validated game; the arguments are those of `equilibrium`, which see.

    Errors: InputError with every fault: of the words at once, then of the scenarios that they make.
    """
    faults: list[Fault] = []
    ground = loaded_base(base, faults)
    found = read_players(players, faults)
    axes: list[Axis] = [*read_levers(levers, faults), *read_uncertainties(uncertainties, faults)]
    faults += [*_number_faults(replicates, draws, precisions), *_axis_faults(axes, n, found)]
    faults += clash_faults(found) if not faults else []
    faults += _size_faults(found, axes, n, replicates) if not faults else []
    raise_faults(faults)
    assert ground is not None
    plans = _plans(ground, found)
    payoffs = _payoffs(found, [ground, *plans])
    sweep = plan_sweep(
        ground, levers=levers, uncertainties=uncertainties, policies=_profiles(found),
        design="grid" if axes else None, n=n, replicates=replicates, outcomes=[one.name for one in payoffs],
    )  # fmt: skip
    if len(sweep.points) > MOST_POINTS:
        rule, way = f"a map has at most {MOST_POINTS} points", "Take fewer steps or values."
        raise InputError(Fault("n", rule, len(sweep.points), way))
    return GamePlan(ground, found, payoffs, sweep, draws, tuple(float(one) for one in precisions))


def profile_name(names: Sequence[str]) -> str:
    """Return the name of a profile: the strategies, in the order of the players."""
    return " / ".join(names)


def _profiles(players: Sequence[Player]) -> list[Policy]:
    """Return a policy per profile, the last player's strategy changing fastest, as in the payoff table."""
    found = []
    for number, names in enumerate(product(*(one.names for one in players))):
        overrides: dict[str, object] = {}
        for player, name in zip(players, names, strict=True):
            overrides.update(leaves(player.strategies[name]))  # no two players have a key in common
        title = profile_name(names)
        found.append(Policy(title if len(title) <= LONGEST_POLICY else f"profile {number}", overrides=overrides))
    return found


def _plans(ground: Scenario, players: Sequence[Player]) -> list[Scenario]:
    """Return the scenario of each strategy played alone. Errors: InputError with the faults of all of them."""
    faults: list[Fault] = []
    plans: list[Scenario] = []
    for player in players:
        for name, overrides in player.strategies.items():
            try:
                plans.append(ground.replace(overrides))
            except InputError as error:
                faults += [
                    Fault(f"players.{player.name}.{name}: {one.place.removeprefix('call: ')}", one.rule, one.value,
                          one.way_out) for one in error.faults
                ]  # fmt: skip
    raise_faults(faults)
    return plans


def _payoffs(players: Sequence[Player], plans: Sequence[Scenario]) -> tuple[Outcome, ...]:
    """Return the payoff of each player. Errors: InputError for what is no outcome, no money, or another's too."""
    faults: list[Fault] = []
    found: list[Outcome] = []
    for player in players:
        place = f"players.{player.name}.payoff"
        word = player.payoff or _usual(player, plans)
        if not word:
            way = f'Write payoff = "spotify.contribution_margin" or another outcome of {player.title}.'
            faults.append(Fault(place, "a firm that is no service and no label says what it earns", None, way))
            continue
        try:
            (one,) = read_outcomes([word], plans, place=place)
        except InputError as error:
            faults += error.faults
            continue
        if one.measure.summary != "sum" or one.measure.adds != "sum" or one.unit(HORIZON) != "USD":
            rule, way = "a payoff is money, summed over markets and months", "Example: operating_income, label_income."
            faults.append(Fault(place, rule, f"{word} in {one.unit(HORIZON)}", way))
        twin = next((other.name for other, own in zip(players, found, strict=False) if own.name == one.name), None)
        if twin is not None:
            faults.append(Fault(place, f"each firm has a payoff of its own, and this is {twin}'s", word, "Change one."))
        found.append(one)
    raise_faults(faults)
    return tuple(found)


def _usual(player: Player, plans: Sequence[Scenario]) -> str:
    if player.name == BYTEDANCE_FIRM:
        return "bytedance_income"
    if any(player.name in services_of(plan) for plan in plans):
        return f"{player.name}.contribution_margin"
    return f"{player.name}.label_income" if any(player.name in labels_of(plan) for plan in plans) else ""


def _number_faults(replicates: object, draws: object, precisions: object) -> list[Fault]:
    faults = []
    for place, value, low, high in (("replicates", replicates, 2, 10_000), ("draws", draws, 20, MOST_DRAWS)):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            way = f"Example: {place} = {REPLICATES if place == 'replicates' else DRAWS}."
            faults.append(Fault(place, f"is a whole number from {low} to {high:,}", shown(value), way))
    listed = precisions if isinstance(precisions, list | tuple) else ()
    right = [one for one in listed if isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1e4]
    if not listed or len(right) < len(listed):
        rule = "are numbers from 0 to 10,000 per span of payoffs"
        faults.append(Fault("precisions", rule, shown(precisions), f"Example: {list(PRECISIONS)}."))
    return faults


def _axis_faults(axes: Sequence[Axis], n: object, players: Sequence[Player]) -> list[Fault]:
    faults = []
    if len(axes) > MOST_AXES:
        faults.append(Fault("levers", "a map has at most two inputs", len(axes), "Leave some out."))
    if n is not None and not axes:
        faults.append(Fault("n", "is the number of steps of a map's ranges", shown(n), "Name levers, or leave n out."))
    for player in players:
        for name, overrides in player.strategies.items():
            for key in keys_of(overrides):
                both = next((axis.key for axis in axes if overlap(key, axis.key)), None)
                if both is not None:
                    rule, way = "a strategy leaves alone what the map moves", "Take it out of one of the two."
                    faults.append(Fault(f"players.{player.name}.{name}: {key}", rule, both, way))
    return faults


def _size_faults(players: Sequence[Player], axes: Sequence[Axis], n: object, replicates: int) -> list[Fault]:
    """Return a fault for more runs than anybody waits for, before their scenarios are made."""
    profiles, points = 1, 1
    for player in players:
        profiles *= len(player.strategies)
    for axis in axes:
        points *= len(axis.levels(n)) if isinstance(n, int) and 0 < n <= MOST_RUNS else len(axis.levels(5))
    runs = profiles * points * replicates
    if runs <= MOST_RUNS:
        return []
    told = f"{profiles:,} profiles x {points:,} points x {replicates:,} replicates = {runs:,}"
    way = "Take fewer strategies, points or replicates."
    return [Fault("players", f"a game has at most {MOST_RUNS:,} runs", told, way)]
