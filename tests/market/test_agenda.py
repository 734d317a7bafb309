"""What comes to the table when: ends of licences, returns, wanted licences; by market or for the world."""

from __future__ import annotations

from dataclasses import replace

from model.facts.records import ROLLING
from model.facts.start import load_start
from model.foundation.months import parse_month
from model.market.agenda import NEVER, Table, agenda
from model.spec.talks import TalksPlan, WantedLicences
from model.state.deals import DealBook

START = load_start()
MARKETS = ("IN", "ID", "BR", "US")
PLAN = TalksPlan(protocol="offers", platforms=("resso", "spotify", "tiktok"), labels=("universal", "sony", "long_tail"))


def table(plan: TalksPlan = PLAN, **changes: object) -> Table:
    base = Table(
        book=DealBook.from_start(START), plan=plan,
        labels={market: tuple(START.markets[market].repertoire) for market in MARKETS},
        platforms={market: tuple(START.markets[market].platforms) for market in MARKETS},
        busy=frozenset(), returns={}, lead=6, pause=6, earning=frozenset(MARKETS) - {"IN"},
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def who(found: list) -> list[tuple[str, str, tuple[str, ...]]]:  # type: ignore[type-arg]
    return [(one.pair.platform, one.pair.label, one.pair.markets) for one in found]


def test_talks_begin_lead_months_before_the_last_month_in_force() -> None:
    # Resso's licence with Universal runs to March 2023 in all its markets
    pair = ("resso", "universal", ("IN", "ID", "BR"))
    assert pair not in who(agenda(table(), month=parse_month("2022-09")))
    assert pair in who(agenda(table(), month=parse_month("2022-10")))
    assert pair in who(agenda(table(lead=1), month=parse_month("2023-03")))
    assert pair not in who(agenda(table(lead=1), month=parse_month("2023-02")))


def test_a_licence_past_its_end_comes_up_and_rolling_terms_never_do() -> None:
    late = agenda(table(), month=parse_month("2030-01"))
    assert ("resso", "universal", ("IN", "ID", "BR")) in who(late)
    assert all(one.pair.label != "long_tail" for one in late)
    assert all(deal.expires < ROLLING for one in late for deal in one.old)


def test_a_label_decides_by_market_or_for_the_world() -> None:
    plan = replace(PLAN, platforms=("resso",), labels=("universal", "sony"), scope={"ALL": "world", "sony": "market"})
    found = who(agenda(table(plan), month=parse_month("2023-03")))
    assert found == [
        ("resso", "sony", ("BR",)), ("resso", "sony", ("ID",)), ("resso", "sony", ("IN",)),
        ("resso", "universal", ("IN", "ID", "BR")),
    ]  # fmt: skip


def test_who_left_returns_after_a_pause_and_failed_talks_when_they_say() -> None:
    plan = replace(PLAN, platforms=("resso",), labels=("sony",))
    assert agenda(table(plan), month=parse_month("2023-02")) == []
    back = agenda(table(plan), month=parse_month("2023-03"))
    assert [one.ends for one in back] == [NEVER]
    cells = back[0].cells()
    assert agenda(table(plan, busy=frozenset(cells)), month=parse_month("2023-03")) == []
    later = dict.fromkeys(cells, parse_month("2024-01"))
    assert agenda(table(plan, returns=later), month=parse_month("2023-12")) == []
    assert len(agenda(table(plan, returns=later), month=parse_month("2024-01"))) == 1


def test_clips_are_talked_about_with_tiktok_alone() -> None:
    plan = replace(PLAN, kinds=("clips",))
    found = agenda(table(plan), month=parse_month("2022-12"))
    assert {one.pair.platform for one in found} == {"tiktok"}
    assert who(found) == [("tiktok", "sony", ("ID", "BR", "US"))]  # India has no licence: TikTok is banned


def test_wanted_licences_come_up_from_their_month() -> None:
    wanted = WantedLicences("tiktok_music", ("sony",), ("US",), parse_month("2023-01"))
    plan = replace(PLAN, platforms=("tiktok_music",), new=(wanted,))
    there = {market: (*START.markets[market].platforms, "tiktok_music") for market in MARKETS}
    assert agenda(table(plan, platforms=there), month=parse_month("2022-12")) == []
    found = agenda(table(plan, platforms=there), month=parse_month("2023-01"))
    assert who(found) == [("tiktok_music", "sony", ("US",))]
    assert found[0].old == ()
