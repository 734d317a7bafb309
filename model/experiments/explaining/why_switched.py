"""Ask why people switched: a run is lived to two months, or two runs to one, and its users are looked at there."""

from __future__ import annotations

from pathlib import Path

from model.experiments.comparing.outcomes import services_of
from model.experiments.comparing.plans import common_ground
from model.experiments.explaining.moments import Moment, Pair
from model.experiments.explaining.switching import Question, Switching
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.months import parse_month, show_month
from model.market.start_store import StartStore
from model.market.streaming_market import Progress, StreamingMarket
from model.results import RunResult
from model.spec.scenario import Scenario

Run = Scenario | str | Path | RunResult | StreamingMarket
SAMPLE = 1000
HELD = ("first", "own")


def why_switched(
    run: Run, *, since: str | int | None = None, month: str | int | None = None, against: Run | None = None,
    leaving: str | None = None, joining: str | None = None, held: str = "first", replicate: int | None = None,
    sample: int = SAMPLE, starts: StartStore | None = None, progress: Progress | None = None,
) -> Switching:  # fmt: skip
    """Return why people switched between two months of a run, or between two scenarios in one month.

    run: a scenario, its name or file, a result or a market; it is lived anew to the months asked for, on the same
    draws. since, month: "YYYY-MM" or the run's month number, 0 being the opening (default: the opening, and the last).
    against: another scenario; then its users in `month` are held against those of `run` in the same month, person by
    person, and `since` is left out. leaving, joining: services, or "outside" (default: any service).

    The advantage of the chosen offer over the left one, and what all offers are worth, are split by driver so that the
    parts add up. held: with "first" habit is that for the service held at the first moment (in `run`) at both, so that
    it stands for what had to be overcome; with "own" the second moment has its own, which a switch itself has changed.
    replicate: number of the run (default: the market's own, else 0). sample: users per market whose inclusive values
    are worked out. Errors: InputError with every fault.
    """
    first, number = _plan(run, replicate)
    faults = _form_faults(held, sample, since if against is not None else None)
    plans: tuple[Scenario, ...] = (first,)
    names: tuple[str, ...] = (first.name,)
    if against is not None:
        common = common_ground([first, _plan(against, replicate)[0]], names=None, settings=None)
        plans, names = common.plans, common.names
    begin = _month(since, plans[0], "since", 0, faults)
    end = _month(month, plans[0], "month", plans[0].months, faults)
    known = ["outside", *sorted({service for plan in plans for service in services_of(plan)})]
    faults += [Fault(place, "is a service of the run, or outside", value, nearest(value, known))
               for place, value in (("leaving", leaving), ("joining", joining))
               if value is not None and value not in known]  # fmt: skip
    if against is None and begin >= end and not faults:
        faults.append(Fault("since", "lies before the other month", since, "Give an earlier month."))
    raise_faults(faults)
    store = StartStore.default() if starts is None else starts
    markets = [StreamingMarket(plan, replicate=number, starts=store, on_progress=progress) for plan in plans]
    if against is None:
        moments = [_moments(markets[0], at) for at in (begin, end)]
        words, about = tuple(_shown(plans[0], at) for at in (begin, end)), plans[0].name
    else:
        moments = [_moments(market, end) for market in markets]
        words, about = names, f"both in {_shown(plans[0], end)}"
    one, other = moments
    pairs = [Pair.of(one[market], other[market], holds_first=held == "first") for market in one]
    return Switching(Question(about, words[0], words[1], leaving, joining, sample), pairs)


def _form_faults(held: str, sample: int, since: object) -> list[Fault]:
    """Return what is wrong with the words of a question. since: given beside another scenario, None else."""
    faults: list[Fault] = []
    if held not in HELD:
        faults.append(Fault("held", "is first or own", held, nearest(held, list(HELD))))
    if type(sample) is not int or sample < 1:
        faults.append(Fault("sample", "is a whole number from 1", sample, "Leave it out for 1000."))
    if since is not None:
        faults.append(Fault("since", "is left out with another scenario", since, "Give `month` for both."))
    return faults


def _plan(run: Run, replicate: int | None) -> tuple[Scenario, int]:
    if isinstance(run, StreamingMarket):
        return run.plan, run.replicate if replicate is None else replicate
    number = 0 if replicate is None else replicate
    if isinstance(run, RunResult):
        if run.scenario is None:
            way = "Give the scenario itself; a loaded result holds its tables only."
            raise InputError(Fault("run", "has a scenario that can be lived again", run.card.name, way))
        return run.scenario, number
    return (run if isinstance(run, Scenario) else Scenario.load(run)), number


def _month(value: str | int | None, plan: Scenario, place: str, default: int, faults: list[Fault]) -> int:
    """Return the run's month number of a date or number; a fault where it lies outside."""
    if value is None:
        return default
    try:
        found = parse_month(value, place=place) - plan.start_month + 1 if isinstance(value, str) else int(value)
    except InputError as error:
        faults.extend(error.faults)
        return default
    if not 0 <= found <= plan.months:
        rule = f"lies in the run, {show_month(plan.start_month - 1)} (the opening) to {_shown(plan, plan.months)}"
        faults.append(Fault(place, rule, value, "Choose another month."))
    return found


def _moments(market: StreamingMarket, month: int) -> dict[str, Moment]:
    """Return each market at the end of a month, as copies."""
    market.run(month - market.month)
    return {code: Moment(country.copy(), market.plan.parameters) for code, country in market.countries.items()}


def _shown(plan: Scenario, month: int) -> str:
    return "the opening" if month == 0 else show_month(plan.start_month + month - 1)
