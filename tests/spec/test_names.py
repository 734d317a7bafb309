import pytest

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.spec.names import STARTS, known_names


@pytest.mark.parametrize("start", STARTS)
def test_names_are_those_of_the_start_state(start):
    names, state = known_names(start), load_start(start)
    assert names.markets == tuple(state.markets)
    assert set(names.services) == {offer.platform for market in state.markets.values() for offer in market.offers}
    assert names.labels["IN"] == tuple(state.markets["IN"].repertoire)
    assert set(names.prices) == {
        (market, service, tier) for (market, service), tiers in names.tiers.items() for tier in tiers
    }
    assert names.closed <= set(names.prices)


def test_resso_waits_in_2019_and_is_in_three_markets_in_2022():
    assert known_names("2022-10").markets_of("resso") == ("IN", "ID", "BR")
    assert known_names("2019-12").markets_of("resso") == ()
    assert ("IN", "resso") in known_names("2019-12").tiers
    assert not known_names("2022-10").is_there("US", "resso")


def test_gaanas_free_tier_is_open_before_september_2022():
    assert "free_ads" in known_names("2022-06").tiers["IN", "gaana"]
    assert "free_ads" not in known_names("2022-10").tiers["IN", "gaana"]


def test_unknown_start_is_an_input_error():
    with pytest.raises(InputError):
        known_names("2022-11")
