"""Rooms of a run that goes on: the licence begins with its next month, with the people and contracts of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.experiments.deals.request import DealRequest
from model.foundation.errors import Fault
from model.market.world import World


def live_faults(
    world: World, *, kind: str, markets: Sequence[str], at: str | None, members: object = None
) -> list[Fault]:
    """Return what a run that goes on cannot be asked: another month, other members, clips where TikTok is banned."""
    faults = []
    if at is not None:
        faults.append(Fault("deal: at", "a licence of a run that goes on begins next month", at, "Leave it out."))
    if members is not None:
        rule = "a run that goes on has no members"
        faults.append(Fault("deal: members", rule, str(members)[:60], "Ask the scenario instead."))
    lived = [market for market in markets if market in world.countries]
    closed = [market for market in lived if not world.countries[market].tiktok_open]
    if kind == "clips" and closed:
        rule = "TikTok is allowed in the markets of a clip licence"
        faults.append(Fault("deal: markets", rule, ", ".join(closed), "Leave them out."))
    return faults


def most_users(world: World, markets: Sequence[str]) -> int:
    """Return the users online of the largest of the markets, so that a fork with as many keeps everybody."""
    return max((world.countries[market].active for market in markets if market in world.countries), default=1)


def live_request(request: DealRequest, world: World) -> DealRequest:
    """Return a request as the run's next month has it."""
    there = tuple(market for market in request.markets if world.countries[market].tiktok_open)
    plan = request.plan.replace({"months": world.month + request.months})
    return replace(request, plan=plan, month=world.month, tiktok_in=there)
