"""Which outcomes a comparison reads when none are named: those of what its scenarios do differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.experiments.comparing.outcomes import OF_MARKET, OF_SERVICE
from model.experiments.comparing.plans import cells_of, services_that_differ, usual_services
from model.facts.owners import BYTEDANCE
from model.results import FRAMES, MEASURES
from model.spec.declared.advertising import PARAMETERS as ADVERTISING
from model.spec.declared.songs import PARAMETERS as SONGS
from model.spec.fields import TIKTOK
from model.spec.scenario import Scenario

OF_TIKTOK = ("tiktok_hours", "tiktok_ads", "tiktok_profit")
OF_BYTEDANCE = "bytedance_income"
TIKTOK_LEVERS = frozenset({"tiktok", "creator_share", "tiktok_ad_load", "topview_days", "shop_sales", "clips"})
"""Levers of a market that act on TikTok alone."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Outcomes chosen. words: names, as `read_outcomes` takes them. by: the one to rank by. why: in a sentence."""

    words: tuple[str, ...]
    by: str
    why: str


def chosen_outcomes(plans: Sequence[Scenario], *, platforms: Sequence[str] | None = None) -> Chosen:
    """Return the outcomes that are compared by default.

    People and money of the services that differ (or of `platforms`), of TikTok and of all ByteDance where something of
    TikTok's, or a service of ByteDance's, differs, label income and consumer surplus. Ranked is by ByteDance's income
    where all that differs is ByteDance's, else by the operating income of the first service.
    """
    touched = tiktok_differences(plans)
    differing = services_that_differ(plans)
    services = differing or (() if touched else usual_services(plans))
    ours = bool(touched) or bool(set(differing) & BYTEDANCE)
    if platforms is not None:
        services, ours = tuple(dict.fromkeys(platforms)), False
    words = [f"{service}.{column}" for service in services for column in OF_SERVICE]
    words += [*OF_TIKTOK, OF_BYTEDANCE] if ours else []
    all_ours = ours and set(services) <= BYTEDANCE
    by = OF_BYTEDANCE if all_ours or not services else f"{services[0]}.operating_income"
    shown = [*services, *(["TikTok"] if ours else [])]
    told = f" ({', '.join(touched)})" if touched and ours else ""
    cause = "by what differs" if differing or touched else "as usual, since no service's levers differ"
    why = f"outcomes were chosen {cause}: {', '.join(shown)}{told}; name others with --outcomes"
    return Chosen((*words, *OF_MARKET), by, "" if platforms is not None else why)


def tiktok_differences(plans: Sequence[Scenario]) -> tuple[str, ...]:
    """Return what scenarios do differently on TikTok, in words: levers, licences for clips, parameters; in order."""
    cells = [cells_of(plan) for plan in plans]
    differing = {cell for own in cells for cell in own if any(other.get(cell) != own[cell] for other in cells)}
    found = {cell[1].replace("_", " ") for cell in differing if cell[1] in {*TIKTOK_LEVERS, "integration"}}
    deals = [{str(deal.canonical()) for deal in plan.deals if deal.platform == TIKTOK} for plan in plans]
    talks = [{plan.talks is not None and TIKTOK in plan.talks.platforms} for plan in plans]
    found |= {"licences for clips"} if any(one != deals[0] for one in deals) else set()
    found |= {"talks about clips"} if any(one != talks[0] for one in talks) else set()
    first = plans[0].parameters
    return tuple(sorted(found)) + tuple(
        name for name in first if name in _PARAMETERS and any(plan.parameters[name] != first[name] for plan in plans)
    )


def changes_songs(plan: Scenario) -> bool:
    """Tell whether a scenario sets a parameter of songs to something else than declared."""
    return any(plan.parameters[line.name] != line.default for line in SONGS)


def _tiktok_parameters() -> frozenset[str]:
    """Return the parameters that the columns on TikTok read, and those of advertising and songs."""
    read = {name for column in FRAMES["tiktok"] for name in MEASURES[column].parameters}
    return frozenset(read | {line.name for line in (*ADVERTISING, *SONGS)})


_PARAMETERS = _tiktok_parameters()
