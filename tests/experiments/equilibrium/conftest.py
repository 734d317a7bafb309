"""Toy games: their payoffs, with noise, come out of a sweep whose work is replaced; all else is the real thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

import model as sm
from model.experiments.equilibrium import Equilibrium, equilibrium
from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.work import SweepWork
from model.foundation.rng import stream_key, uniforms

BASE = sm.Scenario.from_mapping({"name": "toy", "markets": ["ID"], "users": 200, "months": 1})
PRICE = "platforms.{}.price.ID.{}"
TIERS = {"spotify": "individual", "resso": "premium", "joox": "individual", "youtube_music": "individual"}

Pay = Callable[[tuple[int, ...], Mapping[str, object]], tuple[float, ...]]
"""From the strategies of a profile and what the point sets to what each player earns."""
Play = Callable[..., Equilibrium]


def players_of(sizes: Mapping[str, int]) -> dict[str, object]:
    """Players whose strategies "s0", "s1" .. set a price of their own service to different levels."""
    return {
        name: {"strategies": {f"s{at}": {PRICE.format(name, TIERS[name]): 40_000.0 + 100.0 * at} for at in range(size)}}
        for name, size in sizes.items()
    }


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Play:
    """`play(pay, sizes, noise=1.0, ...)`: the equilibria of a toy game of millions of USD."""

    def give(
        pay: Pay, sizes: Mapping[str, int], *, noise: float = 0.0, replicates: int = 8, fail: str = "",
        calls: list[Case] | None = None, base: sm.Scenario = BASE, **more: object,
    ) -> Equilibrium:  # fmt: skip
        def work(self: SweepWork, case: Case) -> Rows:
            if calls is not None:
                calls.append(case)
            number = int(str(case.work["policy"]))
            cell = tuple(int(one) for one in np.unravel_index(number, list(sizes.values())))
            if fail and f"{number}.{case.replicate}" == fail:
                raise RuntimeError("made to fail")
            # a shock of the replicate that all profiles share, and a smaller one of their own
            key = stream_key(case.replicate, "toy")
            own = uniforms(key, np.arange(number * 7, number * 7 + len(sizes))) - 0.5
            shared = 20.0 * (uniforms(key, np.arange(900, 900 + len(sizes))) - 0.5)
            overrides = case.work["overrides"]
            assert isinstance(overrides, Mapping)
            earned = np.array(pay(cell, overrides)) + noise * (own + shared)
            columns = {
                f"{name}.contribution_margin": [1e6 * float(one)] for name, one in zip(sizes, earned, strict=True)
            }
            names = self.sources["names"]
            assert isinstance(names, list)
            return {"outcomes": {"policy": [names[number]], "market": ["total"], "over": ["horizon"], **columns},
                    "runs": {"policy": [names[number]], "seconds": [0.0]}}  # fmt: skip

        monkeypatch.setattr(SweepWork, "__call__", work)
        return equilibrium(
            base, players=players_of(sizes), replicates=replicates, workers=1,
            **{"folder": tmp_path / "game", "draws": 200, **more},
        )  # type: ignore[arg-type]  # fmt: skip

    return give
