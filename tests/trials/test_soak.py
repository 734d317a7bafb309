"""Small versions of the trials of length and size: two rounds of a session, a thousand users measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.trials import size
from tests.trials.size import Measured, extrapolated, table
from tests.trials.soak import Counted, Soak, long_life


@pytest.fixture(scope="module")
def soaked() -> Soak:
    soak = Soak()
    assert len(list(soak.live(150))) == 3
    return soak


def test_a_session_goes_through_its_rounds(soaked: Soak) -> None:
    assert (soaked.steps, soaked.sessions) == (150, 1)
    assert soaked.forks == 3 * 15
    assert {one.threads for one in soaked.rounds} == {soaked.rounds[0].threads}
    assert soaked.rounds[-1].files <= soaked.rounds[0].files
    assert abs(soaked.rounds[-1].objects - soaked.rounds[-2].objects) < 2000.0


def test_a_long_life_is_told(soaked: Soak) -> None:
    assert long_life(2, soaked.starts).startswith("2 years in one run: 25 records, ")


def _rounds(**by_round: float) -> Iterator[Counted]:
    for number in range(40):
        flat = Counted(rss=300.0, traced=20.0, objects=2e5, threads=1.0, files=6.0, slowest=50.0, middle=10.0)
        yield replace(flat, **{name: getattr(flat, name) + more * number for name, more in by_round.items()})


def test_what_grows_is_seen_and_what_does_not_is_not() -> None:
    assert Soak(rounds=list(_rounds())).faults() == []
    assert Soak(rounds=list(_rounds(slowest=5.0))).faults() == []  # told, but no fault: the machine is not ours alone
    for name, more in {"rss": 1.0, "traced": 0.2, "objects": 200.0, "threads": 1.0, "files": 1.0}.items():
        (fault,) = Soak(rounds=list(_rounds(**{name: more}))).faults()
        assert fault.startswith(f"{name} grew by")


def test_a_size_is_measured() -> None:
    found = size.measure(1000, months=1)
    assert found.users == 1000
    assert found.month > 0.0
    assert found.opening > found.month
    assert found.peak >= found.bare > 0.0


def test_a_straight_line_is_found_again() -> None:
    sizes = [
        Measured(users, 3, opening=5.0 + 2e-5 * users, opening_cpu=4.0 + 1e-5 * users, month=0.1 + 1e-7 * users,
                 month_cpu=0.05 + 9e-8 * users, peak=3e8 + 80.0 * users, bare=3e8)
        for users in (10**5, 10**6, 10**7)
    ]  # fmt: skip
    far = extrapolated(sizes)
    assert far["opening"] == pytest.approx((5.0, 2e-5, 2005.0))
    assert far["peak"] == pytest.approx((3e8, 80.0, 8.3e9))
    assert "100,000,000    by paper: 2,005 s to open" in table(sizes)
