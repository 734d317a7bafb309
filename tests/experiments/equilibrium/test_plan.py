"""Games that were asked for: laid out profile by profile, and refused with one clear message for each slip."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import model as sm
from model.experiments.equilibrium import GamePlan, Player, equilibrium, plan_game
from model.experiments.equilibrium.file import read_game_file
from model.experiments.equilibrium.players import overlap
from model.foundation.errors import InputError

BASE = sm.Scenario.from_mapping({"name": "small", "markets": ["ID", "BR"], "users": 200, "months": 2})
PRICE = "platforms.spotify.price.{}.individual"
SPOTIFY = {"hold": {}, "raise": {PRICE.format("ID"): 60_000.0}}
RESSO = {"as_is": {}, "paid_only": {"strategies.resso.rule": "premium_only"}}


def plan(**players: object) -> GamePlan:
    return plan_game(BASE, players=players)


def fault(match: str, *, n_faults: int = 1, **wishes: object) -> None:
    """The call is refused with so many faults, one of which reads like this."""
    with pytest.raises(InputError, match=match) as caught:
        plan_game(BASE, **{"players": {"spotify": SPOTIFY, "bytedance": RESSO}, **wishes})  # type: ignore[arg-type]
    assert len(caught.value.faults) == n_faults, str(caught.value)


def test_every_profile_is_a_policy_in_the_order_of_the_payoff_table() -> None:
    found = plan(spotify=SPOTIFY, bytedance=RESSO, sony={"strategies": {"sell": {}, "hold_out": {
        "strategies": {"sony": {"rule": "hold_out", "label": "sony"}}}}})  # fmt: skip
    assert found.sizes == (2, 2, 2)
    names = [one.name for one in found.sweep.policies]
    wanted = product(SPOTIFY, RESSO, ("sell", "hold_out"))
    assert names == [" / ".join(one) for one in wanted]
    both = found.sweep.plans[names.index("raise / paid_only / hold_out")]
    assert sorted(one.key for one in both.strategies) == ["resso", "sony"]
    assert [one.name for one in found.payoffs] == [
        "spotify.contribution_margin", "bytedance_income", "sony.label_income",
    ]  # fmt: skip
    assert found.runs == 8 * 8


def test_bad_players_are_told_one_by_one() -> None:
    fault("players: a game has 2 to 4 players; got 1", players={"spotify": SPOTIFY})
    fault("a game has 2 to 4 players; got 5", players=dict.fromkeys(("a", "b", "c", "d", "e"), RESSO))
    fault("players: are tables by name", players=["spotify"])
    many = {f"s{one}": {} for one in range(7)}
    fault("2 to 6 strategies; got 7", players={"spotify": many, "bytedance": RESSO})
    one = {"strategies": {"as_is": {}}}
    fault("2 to 6 strategies; got 1", players={"spotify": SPOTIFY, "bytedance": one})
    twins = {"raise": {}, "Raise ": {PRICE.format("ID"): 60_000.0}}
    fault(r"bytedance.Raise .*names that are told apart", players={"spotify": SPOTIFY, "bytedance": twins})
    player = Player("spotify", strategies=SPOTIFY)
    fault("a player stands once", players=[player, player])


def test_unknown_outcomes_and_payoffs_that_are_no_money() -> None:
    def with_payoff(word: str) -> dict[str, object]:
        return {"spotify": {"payoff": word, "strategies": SPOTIFY}, "bytedance": RESSO}

    fault(
        "players.spotify.payoff.*Did you mean 'contribution_margin'", players=with_payoff("spotify.contribution_margn")
    )
    fault("players.spotify.payoff: a payoff is money", players=with_payoff("spotify.users"))
    fault("a payoff of its own, and this is spotify's", players=with_payoff("bytedance_income"))
    fault("says what it earns", players={"spotify": SPOTIFY, "google": {"as_is": {}, "other": {}}})


def test_two_players_do_not_set_the_same_lever() -> None:
    same = {"as_is": {}, "meddle": {PRICE.format("ALL"): 1.0}}
    fault(
        "bytedance.meddle: a lever is one player's, and spotify's 'raise' sets",
        players={"spotify": SPOTIFY, "bytedance": same},
    )
    rule = {"hold": {}, "close": {"strategies": {"resso": {"rule": "hold"}}}}
    fault("one player's, and spotify's 'close' sets strategies.resso", players={"spotify": rule, "bytedance": RESSO})
    assert overlap("a.b.ID", "a.b.ALL")
    assert overlap("a.b", "a.b.ID")
    assert not overlap("a.b.ID", "a.b.BR")


def test_what_no_strategy_may_set() -> None:
    def with_key(key: str, value: object) -> dict[str, object]:
        return {"spotify": {"hold": {}, "other": {key: value}}, "bytedance": RESSO}

    fault("a parameter is of the world", players=with_key("parameters.theta", 1.0))
    fault("leaves start, size", players=with_key("months", 3))
    fault("leaves start, size", players=with_key("events", []))
    fault(
        "players.spotify.other: platforms.spotify.prise", players=with_key("platforms.spotify.prise.ID.individual", 1.0)
    )
    fault(
        "alone what the map moves", players=with_key(PRICE.format("ID"), 1.0), levers={PRICE.format("ALL"): [1.0, 2.0]}
    )


def test_sizes_that_are_wrong_or_absurd() -> None:
    six = {f"s{one}": {} for one in range(6)}
    four = {name: {"strategies": six} for name in ("spotify", "resso", "joox", "bytedance")}
    fault("at most 100,000 runs; got '1,296 profiles", players=four, replicates=100)
    fault("replicates: is a whole number from 2", replicates=1)
    fault("draws: is a whole number from 20", draws=True)
    fault("precisions: are numbers", precisions=[-1.0])
    three = {f"platforms.resso.integration.{one}": [0.0, 1.0] for one in ("ID", "BR", "IN")}
    fault("at most two inputs; got 3", levers=three)
    fault("n: is the number of steps", n=3)


def test_a_game_file_says_the_same_as_the_call(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'base = "tiny"\nreplicates = 3\n[settings]\nusers = 200\nmonths = 1\nmarkets = ["ID"]\n'
        "[players.spotify.strategies]\nhold = {}\n[players.spotify.strategies.raise]\n"
        f"{PRICE.format('ID')} = 60000.0\n"
        "[players.bytedance.strategies]\nas_is = {}\n"
        '[players.bytedance.strategies.paid_only.strategies.resso]\nrule = "premium_only"\n'
    )
    read = read_game_file(tmp_path / "mine.toml")
    small = sm.Scenario.load("tiny").replace(users=200, months=1, markets=["ID"])
    one = plan_game(read.base, **read.wishes)
    other = plan_game(small, players={"spotify": SPOTIFY, "bytedance": RESSO}, replicates=3)
    assert one.sweep.digest == other.sweep.digest


@pytest.mark.parametrize(("name", "sizes", "points"), [("prices", (4, 3), 1), ("price_or_not", (2, 2), 16)])
def test_the_library_of_games_is_sound(name: str, sizes: tuple[int, ...], points: int) -> None:
    read = read_game_file(name)
    found = plan_game(read.base, **read.wishes)
    assert found.sizes == sizes
    assert len(found.sweep.points) == points
    assert read.about


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("playrs = 1", "Did you mean 'players'"), ("players = 3", "is a table"), ("base = 3", "is a name or a file"),
        ("players = [", "a game is a TOML file"), ("uncertainties = 3", "is a list or a table"),
        ("[settings]\nmonts = 3", "settings: monts"),
    ],
)  # fmt: skip
def test_bad_game_files(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(InputError, match=match) as caught:
        read_game_file(tmp_path / "bad.toml")
    assert len(caught.value.faults) == 1


def test_games_that_are_not_there() -> None:
    with pytest.raises(InputError, match="Did you mean 'prices'"):
        read_game_file("pricess")
    with pytest.raises(InputError, match="no such game file"):
        read_game_file("no/such.toml")


def test_a_small_real_game_from_end_to_end(tmp_path: Path) -> None:
    found = equilibrium(
        BASE, players={"spotify": SPOTIFY, "bytedance": RESSO}, replicates=2, draws=50, workers=1, folder=tmp_path,
    )  # fmt: skip
    alone = sm.run(BASE.replace({**SPOTIFY["raise"], **RESSO["paid_only"]}), replicates=2)
    rows = alone.services.query("platform == 'spotify' and month > 0")
    wanted = rows.groupby("replicate")["contribution_margin"].sum()
    assert found.game().payoffs[:, 0, 1, 1] == pytest.approx(wanted.to_numpy(), rel=1e-12)
    assert found.payoffs["mean"].abs().min() > 0.0
    assert len(found.equilibria) >= 1
    found.save()
    assert (tmp_path / "payoff_matrix.png").is_file()
