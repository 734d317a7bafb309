from collections.abc import Callable, Mapping

import pytest

from model.foundation.errors import Fault, InputError
from model.spec.names import Names
from model.spec.scenario import Scenario

TIERS = {
    ("IN", "spotify"): ("free_ads", "individual", "mini"),
    ("IN", "resso"): ("free_ads", "premium"),
    ("IN", "gaana"): ("free_ads", "premium"),
    ("ID", "spotify"): ("free_ads", "individual"),
    ("ID", "resso"): ("free_ads", "free_rewarded", "premium"),
    ("ID", "joox"): ("free_ads", "individual"),
    ("US", "spotify"): ("free_ads", "individual", "family_per_head"),
    ("US", "pandora"): ("free_ads", "individual"),
}
LABELS = {"IN": ("universal", "sony", "t_series"), "ID": ("universal", "sony"), "US": ("universal", "sony", "warner")}
WAITING = frozenset({("ID", "joox", "free_ads"), ("ID", "joox", "individual")})


def names_of(start: str) -> Names:
    """A small world that does not hang on the facts; before October 2022 Joox has not yet entered Indonesia."""
    return Names(
        start=start,
        tiers=TIERS,
        labels=LABELS,
        closed=frozenset() if start == "2022-10" else WAITING,
        currencies={"IN": "INR", "ID": "IDR", "US": "USD"},
        prices={("IN", "spotify", "individual"): 119.0, ("US", "spotify", "individual"): 9.99},
    )


Make = Callable[[Mapping[str, object]], Scenario]
Wrong = Callable[[Mapping[str, object]], tuple[Fault, ...]]


@pytest.fixture(name="make")
def _make() -> Make:
    """Return a scenario of a mapping in the small world."""
    return lambda mapping: Scenario.from_mapping(mapping, place="test.toml", names=names_of)


@pytest.fixture(name="faults")
def _faults(make: Make) -> Wrong:
    """Return every fault of a mapping in the small world."""

    def read(mapping: Mapping[str, object]) -> tuple[Fault, ...]:
        with pytest.raises(InputError) as caught:
            make(mapping)
        return caught.value.faults

    return read
