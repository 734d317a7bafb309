"""The question of the page Compare, and its answer: scenarios held against each other as `sm.compare` does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from model.experiments.comparing import Comparison, ComparisonStopped, compare
from model.experiments.comparing.compare import COMPARING
from model.experiments.explaining.differences import Mixer
from model.foundation.errors import Fault, InputError, raise_faults
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.background import Cancelled, Report
from model.interfaces.app.library import scenarios
from model.interfaces.app.restore import MOST_MONTHS, MOST_USER_MARKETS, MOST_USERS, PageState, Values
from model.interfaces.app.turns import Turns
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

PAGE = "compare"
RUN = "(run)"
"""Stands for the run of the page Run as it stands."""
PLACES = ("first", "second", "third", "fourth")
MOST_REPLICATES = 48
MOST_LIVED = 2_000_000_000
"""Simulated people times months, over all scenarios and replicates, that a page lives at most."""
USUAL = {"first": "baseline", "second": "tiktok_integration", "third": "", "fourth": "", "users": 2000, "months": 24,
         "replicates": 6, "most": 18}  # fmt: skip
WORDS = {COMPARING: "months lived"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared.

    scenarios: names, or RUN, the first is the base. run: what stands for RUN. users: per market. months: of each.
    replicates: at first. most: to which they are raised until the ranking is settled. by: outcome of the ranking, ""
    for the one that suits what differs. market: the only one, "" for all that they have in common.
    """

    scenarios: tuple[str, ...]
    run: PageState
    users: int
    months: int
    replicates: int
    most: int
    by: str = ""
    market: str = ""

    @classmethod
    def of(cls, state: PageState) -> Asked:
        """Return what a page's state asks for; what is no such thing is as usual."""
        values = state.page(PAGE)
        named = tuple(dict.fromkeys(_word(values, place) for place in PLACES))
        sizes = {name: _whole(values, name) for name in ("users", "months", "replicates", "most")}
        run = replace(state, pages={}, month=0, market="", view="overview")
        return cls(
            scenarios=tuple(one for one in named if one), run=run, by=_word(values, "by"),
            market=_word(values, "only"), **sizes,
        )  # fmt: skip

    def same_as(self, other: Asked) -> bool:
        """Whether the answer would be the same: the run counts only where it is compared."""
        plain = PageState()
        return self == other if RUN in self.scenarios else replace(self, run=plain) == replace(other, run=plain)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What came out. differing: of each scenario but the first, in what it differs from it, in words.

    stopped: whether it was cancelled, and the replicates are those that were finished. lines: of each scenario, what it
    is, by its name.
    """

    asked: Asked
    found: Comparison
    differing: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, str]
    stopped: bool = False


def title_of(scenario: str, run: PageState) -> str:
    """Return the name of a scenario on the page."""
    titles = {name: title for name, title, _ in scenarios()}
    if scenario != RUN:
        return titles.get(scenario, scenario)
    base = "file" if run.text else titles.get(run.scenario, run.scenario)
    return f"The run ({base}{', changed' if run.changes or set(run.sets) - {'users', 'months', 'seed'} else ''})"


def plans_of(asked: Asked) -> tuple[tuple[Scenario, ...], tuple[str, ...]]:
    """Return (scenarios, names) as they are compared: users, months, seed and markets alike. Errors: InputError."""
    if len(asked.scenarios) < 2:
        rule = "a comparison takes two scenarios or more, all different"
        raise InputError(Fault("scenarios", rule, len(asked.scenarios), "Choose a second one."))
    loaded = [as_it_stands(asked.run) if one == RUN else Scenario.load(one) for one in asked.scenarios]
    markets = [code for code in loaded[0].markets if all(code in plan.markets for plan in loaded)]
    if asked.market:
        if asked.market not in markets:
            rule = "is a market of all compared scenarios"
            raise InputError(Fault("market", rule, asked.market, f"In common: {', '.join(markets) or 'none'}."))
        markets = [asked.market]
    wishes: dict[str, object] = {"users": asked.users, "months": asked.months}
    wishes |= {"markets": markets} if markets else {}
    wishes |= {"seed": loaded[asked.scenarios.index(RUN)].seed} if RUN in asked.scenarios else {}
    plans = tuple(
        as_it_stands(asked.run, wishes) if one == RUN else plan.replace(wishes)
        for one, plan in zip(asked.scenarios, loaded, strict=True)
    )
    _check_size(asked, len(markets))
    return plans, tuple(title_of(one, asked.run) for one in asked.scenarios)


def answer_of(asked: Asked, *, starts: StartStore, report: Report) -> Answer:
    """Return the answer of `sm.compare`; cancelled, what was finished. Errors: InputError; Cancelled for nothing."""
    report("reading the scenarios", 0, 0)
    plans, names = plans_of(asked)
    differing = {
        name: tuple(one.name for one in Mixer(plans[0], plan).differences)
        for name, plan in zip(names[1:], plans[1:], strict=True)
    }
    lines = {name: plan.about for name, plan in zip(names, plans, strict=True)}
    stopped = False
    with Turns(report, words=WORDS) as turns:
        try:
            found = compare(
                *plans, replicates=asked.replicates, most=max(asked.most, asked.replicates), by=asked.by or None,
                names=names, starts=starts, progress=_interrupting(turns),
            )  # fmt: skip
        except ComparisonStopped as stop:
            if stop.result is None:
                raise Cancelled from stop
            found, stopped = stop.result, True
    return Answer(asked, found, differing, lines, stopped)


def _interrupting(turns: Turns) -> Callable[[str, int, int], None]:
    """Return a progress that stops a comparison as Ctrl-C does, so that what was finished is kept."""

    def told(stage: str, done: int, whole: int) -> None:
        try:
            turns(stage, done, whole)
        except Cancelled as end:
            raise KeyboardInterrupt from end

    return told


def _check_size(asked: Asked, markets: int) -> None:
    faults = []
    if asked.users > MOST_USERS or asked.users * markets > MOST_USER_MARKETS:
        most = min(MOST_USERS, MOST_USER_MARKETS // max(1, markets))
        rule = f"a page runs at most {most:,} users per market in {markets} markets"
        faults.append(Fault("users", rule, asked.users, "Larger ones: the command `resonance compare`."))
    if not 1 <= asked.months <= MOST_MONTHS:
        rule = f"a page runs 1 to {MOST_MONTHS} months"
        faults.append(Fault("months", rule, asked.months, "Longer ones: the command `resonance compare`."))
    if max(asked.replicates, asked.most) > MOST_REPLICATES:
        rule = f"a page runs at most {MOST_REPLICATES} replicates"
        faults.append(Fault("replicates", rule, max(asked.replicates, asked.most), "More: `resonance compare`."))
    lived = len(asked.scenarios) * max(asked.replicates, asked.most) * asked.users * markets * asked.months
    if lived > MOST_LIVED and not faults:
        rule = f"a page lives at most {MOST_LIVED:,} months of people"
        way = "Take fewer users, months, replicates or one market; more: the command `resonance compare`."
        faults.append(Fault("size", rule, f"{lived:,}", way))
    raise_faults(faults)


def _word(values: Values, key: str) -> str:
    value = values.get(key, USUAL.get(key, ""))
    return value if isinstance(value, str) else str(USUAL.get(key, ""))


def _whole(values: Values, key: str) -> int:
    value = values.get(key, USUAL[key])
    usual = USUAL[key]
    assert isinstance(usual, int)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else usual
