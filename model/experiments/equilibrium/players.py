"""Players of a game: firms, each with a payoff of its own and named bundles of what it may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from model.experiments.sweep.vocabulary import FRAME_KEYS
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.results.palette import name_of
from model.spec.names import ALL
from model.spec.reading import shown
from model.theory.games.payoffs import FEWEST_PLAYERS, MOST_PLAYERS, MOST_STRATEGIES

PLAYER_KEYS = ("payoff", "strategies")
FEWEST_STRATEGIES, LONGEST = 2, 24
TABLES = "strategies"
"""First word of the keys of rules that a scenario chooses; such a table belongs to one player as a whole."""
FIRMS = {"bytedance": "ByteDance"}
"""Names of firms that are no service."""
EXAMPLE = '{"hold": {}, "raise": {"platforms.spotify.price.ID.individual": 60000.0}}'
Players = Mapping[str, object] | Sequence["Player"]
"""Players as a user gives them: {name: {"payoff": .., "strategies": {..}}}, {name: strategies}, or `Player`s."""


@dataclass(frozen=True, slots=True)
class Player:
    """A firm that chooses.

    name: a service, a label, "bytedance", or any other word. strategies: {name: {key of a scenario: value}}, two to six
    of them; {} is what the base does. payoff: an outcome in USD (default: a service's contribution margin, a label's
    income, ByteDance's income from music and TikTok).
    """

    name: str
    strategies: Mapping[str, Mapping[str, object]] = field(kw_only=True)
    payoff: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        raise_faults(player_faults(self.name, self.strategies, self.payoff))

    @property
    def title(self) -> str:
        """Name to show."""
        return FIRMS.get(self.name, name_of(self.name))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the strategies, in order."""
        return tuple(self.strategies)


def read_players(words: Players, faults: list[Fault]) -> tuple[Player, ...]:
    """Return the players of a user's words, between two and four; what is wrong is added to faults."""
    found: list[Player] = []
    given: object = words
    if isinstance(given, Mapping):
        for name, value in given.items():
            try:
                found.append(_player(str(name), value))
            except InputError as error:
                faults += error.faults
        number = len(given)
    elif isinstance(given, list | tuple) and all(isinstance(one, Player) for one in given):
        found, number = list(given), len(given)
        names = [one.name for one in found]
        faults += [
            Fault(f"players: {name}", "a player stands once", name, "Take one of the two out.")
            for name in dict.fromkeys(names) if names.count(name) > 1
        ]  # fmt: skip
    else:
        way = f'Example: players={{"spotify": {{"strategies": {EXAMPLE}}}, "resso": ...}}.'
        faults.append(Fault("players", "are tables by name, or Players", shown(given), way))
        return ()
    if not FEWEST_PLAYERS <= number <= MOST_PLAYERS:
        way = "Name a second firm that chooses." if number < FEWEST_PLAYERS else "Leave some out: let them hold."
        faults.append(Fault("players", f"a game has {FEWEST_PLAYERS} to {MOST_PLAYERS} players", number, way))
    return tuple(found)


def player_faults(name: object, strategies: object, payoff: object) -> list[Fault]:
    """Return what is wrong with the words of one player."""
    place = f"players.{name}"
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST:
        return [Fault("players", f"a player has a name of up to {LONGEST} signs", shown(name), 'Example: "spotify".')]
    found = []
    if not isinstance(payoff, str):
        way = f'Example: payoff = "{name}.contribution_margin".'
        found.append(Fault(f"{place}.payoff", "names an outcome", shown(payoff), way))
    if not isinstance(strategies, Mapping):
        return [*found, Fault(f"{place}.strategies", "are tables by name", shown(strategies), f"Example: {EXAMPLE}.")]
    if not FEWEST_STRATEGIES <= len(strategies) <= MOST_STRATEGIES:
        rule = f"a player has {FEWEST_STRATEGIES} to {MOST_STRATEGIES} strategies"
        way = "Give it something else to do." if len(strategies) < FEWEST_STRATEGIES else "Leave out the weakest ones."
        found.append(Fault(f"{place}.strategies", rule, len(strategies), way))
    heard: dict[str, str] = {}
    for one, overrides in strategies.items():
        found += _strategy_faults(f"{place}.{one}", one, overrides)
        same = heard.setdefault(_heard(str(one)), str(one))
        if same != one:
            rule, way = (
                "strategies have names that are told apart",
                f"There is {same!r} already: rename one of the two.",
            )
            found.append(Fault(f"{place}.{one}", rule, one, way))
    return found


def keys_of(overrides: Mapping[str, object]) -> tuple[str, ...]:
    """Return the dotted keys that a strategy sets; a table of a rule ([strategies.x]) counts as one key."""
    keys = (key for key, _ in leaves(overrides))
    return tuple(dict.fromkeys(".".join(key.split(".")[:2]) if key.startswith(f"{TABLES}.") else key for key in keys))


def leaves(values: Mapping[str, object], path: str = "") -> Iterator[tuple[str, object]]:
    """Yield (dotted key, value) of nested or dotted tables."""
    for key, value in values.items():
        at = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping) and value:
            yield from leaves(value, at)
        else:
            yield at, value


def clash_faults(players: Sequence[Player]) -> list[Fault]:
    """Return a fault for each key that strategies of two players both set."""
    found: list[Fault] = []
    for one, other in combinations(players, 2):
        first, second = _by_key(one), _by_key(other)
        for key, strategy in second.items():
            taken = next((own for own in first if overlap(own, key)), None)
            if taken is not None:
                rule = f"a lever is one player's, and {one.name}'s {first[taken]!r} sets {taken}"
                way = "Let one of the two set it, or name the markets one by one."
                found.append(Fault(f"players.{other.name}.{strategy}", rule, key, way))
    return found


def overlap(one: str, other: str) -> bool:
    """Tell whether two dotted keys set the same cell somewhere: ALL stands for every market, a table for its keys."""
    pairs = zip(one.split("."), other.split("."), strict=False)
    return all(first == second or ALL in (first, second) for first, second in pairs)


def _by_key(player: Player) -> dict[str, str]:
    """Return the first strategy that sets each key."""
    found: dict[str, str] = {}
    for name, overrides in player.strategies.items():
        for key in keys_of(overrides):
            found.setdefault(key, name)
    return found


def _player(name: str, value: object) -> Player:
    place = f"players.{name}"
    if isinstance(value, Player):
        return value
    if not isinstance(value, Mapping):
        raise InputError(Fault(place, "a player is a table", shown(value), f"Example: strategies = {EXAMPLE}."))
    if "strategies" not in value and "payoff" not in value:
        return Player(name, strategies=value)
    faults = [
        Fault(f"{place}.{key}", "no such key", shown(value[key]), nearest(str(key), PLAYER_KEYS))
        for key in value if key not in PLAYER_KEYS
    ]  # fmt: skip
    strategies, payoff = value.get("strategies", {}), value.get("payoff", "")
    raise_faults([*faults, *(player_faults(name, strategies, payoff) if faults else [])])
    return Player(name, strategies=strategies, payoff=payoff)


def _strategy_faults(place: str, name: object, overrides: object) -> list[Fault]:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST or "/" in name:
        rule = f"a strategy has a name of up to {LONGEST} signs without a slash"
        return [Fault(place, rule, shown(name), 'Example: "raise".')]
    if not isinstance(overrides, Mapping):
        return [Fault(place, "a strategy is a table of keys and values", shown(overrides), f"Example: {EXAMPLE}.")]
    found = []
    for key in keys_of(overrides):
        head = key.partition(".")[0]
        if head == "parameters":
            rule, way = "a parameter is of the world, not of a firm", "Set it in the base, or map over it."
            found.append(Fault(f"{place}: {key}", rule, key, way))
        elif head in FRAME_KEYS and not (head == "markets" and "." in key):
            rule = "a strategy leaves start, size, markets, seed, deals and events alone"
            way = "Set it in the base; what a firm does at dates is the rule 'schedule' in [strategies.x]."
            found.append(Fault(f"{place}: {key}", rule, key, way))
    return found


def _heard(name: str) -> str:
    return name.strip().casefold().replace("_", " ").replace("-", " ")
