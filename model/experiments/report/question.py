"""What a report is about: the worlds, the outcomes that are told, the services in focus, and what the events touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from model.experiments.comparing.chosen import chosen_outcomes, tiktok_differences
from model.experiments.comparing.outcomes import Outcome, labels_of, read_outcomes, services_of
from model.experiments.comparing.plans import services_that_differ
from model.experiments.report.arms import Arm
from model.experiments.report.gaps import Readings
from model.experiments.report.numbers import Numbers
from model.facts.owners import BYTEDANCE
from model.foundation.errors import Fault, InputError
from model.spec.fields import TIKTOK
from model.spec.scenario import Scenario

RIVAL_COLUMNS = ("users", "operating_income")
CLIPS = frozenset({"clips_leave", "clips_return"})
CATALOGUES = frozenset({"label_leaves", "label_returns"})
PRICES = frozenset({"price_change", "trial_change", "tier_opens", "tier_closes", "platform_enters", "new_competitor"})
FREE = frozenset({"tier_closes", "tier_opens", "ad_load_change", "restriction_change"})


@dataclass(frozen=True)
class Question:
    """A report's subject, and the numbers told of it.

    arms: the scenario, then the one it is held against, if any. headline: names of the outcomes of the answer, the one
    that is judged by first. focus: services that the scenario changes, or the usual ones. touched: words for what the
    scenario's events are about: catalogues, clips, prices, free, tiktok, talks, songs. why: why these outcomes.
    """

    arms: tuple[Arm, ...]
    readings: Readings
    headline: tuple[str, ...]
    focus: tuple[str, ...]
    services: tuple[str, ...]
    labels: tuple[str, ...]
    touched: frozenset[str]
    why: str
    numbers: Numbers = field(default_factory=Numbers)

    @property
    def arm(self) -> Arm:
        """The scenario."""
        return self.arms[0]

    @property
    def base(self) -> Arm | None:
        """What it is held against, None for nothing."""
        return self.arms[1] if len(self.arms) > 1 else None

    @property
    def members(self) -> bool:
        """Whether runs are members of an ensemble."""
        return self.readings.members

    def outcome(self, name: str) -> Outcome:
        """Return an outcome by name."""
        return self.readings.outcomes[name]


def question_of(arms: Sequence[Arm], *, by: str | None = None) -> Question:
    """Return what a report of arms is about; outcomes as a comparison chooses them (`chosen_outcomes`).

    by: outcome that the answer is judged by; default: ByteDance's income where only its services differ, else the
    operating income of the service in focus. Errors: InputError for an unknown outcome, or one without a total.
    """
    plans = [arm.plan for arm in arms]
    against = [plans[1]] if len(plans) > 1 else [_plain_like(plans[0])]
    pair = [*against, plans[0]]
    chosen = chosen_outcomes(pair)
    services = sorted({name for plan in plans for name in services_of(plan)} - {TIKTOK})
    labels = sorted({name for plan in plans for name in labels_of(plan)})
    words = [*chosen.words, *(f"{who}.{column}" for who in services for column in RIVAL_COLUMNS)]
    words += [f"{label}.label_income" for label in labels]
    outcomes = list(read_outcomes(words, plans, place="report"))
    focus = _focus(plans[0], services_that_differ(pair), services)
    if by is not None:
        outcomes += [one for one in judged_by(by, plans) if one not in outcomes]
    usual = chosen.by if "." not in chosen.by else f"{focus[0]}.operating_income"
    usual = usual if len(arms) > 1 else f"{focus[0]}.users"
    return Question(
        arms=tuple(arms), readings=Readings(arms, outcomes), headline=_headline(chosen.words, by or usual, focus, arms),
        focus=focus, services=tuple(services), labels=tuple(labels), touched=_touched(plans[0], pair),
        why=chosen.why.split(";")[0],
    )  # fmt: skip


def judged_by(by: str, plans: Sequence[Scenario]) -> tuple[Outcome, ...]:
    """Return the outcome that an answer is to be judged by. Errors: InputError."""
    found = read_outcomes([by], plans, place="report: by")
    if found[0].measure.adds == "none":
        way = "Choose one that adds over markets, such as resso.operating_income."
        raise InputError(Fault("report: by", "has a total over markets", by, way))
    return found


def _focus(plan: Scenario, differing: Sequence[str], services: Sequence[str]) -> tuple[str, ...]:
    """Return the services that a scenario changes: those whose music or tie to TikTok it turns on, then ByteDance's.

    Where it changes none: ByteDance's that are offered, else the first.
    """
    turned = {event.service for event in plan.events if event.kind in CATALOGUES | {"integration_change"}}
    first = sorted(differing, key=lambda who: (who not in turned, who not in BYTEDANCE, who))
    return tuple(first) or tuple(who for who in services if who in BYTEDANCE) or tuple(services[:1])


def _plain_like(plan: Scenario) -> Scenario:
    """Return a world of the same start and markets in which nothing is done, to see what a scenario does."""
    plain = Scenario.load("baseline").replace({"start": plan.start, "markets": list(plan.markets)})
    return plain.replace({"months": plan.months, "users": plan.users})


def _headline(words: Sequence[str], by: str, focus: Sequence[str], arms: Sequence[Arm]) -> tuple[str, ...]:
    """Return the outcomes of the answer: what is judged by, then people and money of the first services in focus."""
    found = [by, *(f"{who}.{column}" for who in focus[:2] for column in ("users", "operating_income", "payers"))]
    found += [word for word in words if "." not in word]
    leaving = {event.item for event in arms[0].plan.events if event.kind in CATALOGUES | CLIPS}
    found += [f"{label}.label_income" for label in sorted(leaving)]
    return tuple(dict.fromkeys(word for word in found if word in {*words, *found}))


def _touched(plan: Scenario, pair: Sequence[Scenario]) -> frozenset[str]:
    kinds = {event.kind for event in plan.events}
    found = {
        word
        for word, there in (
            ("catalogues", bool(kinds & CATALOGUES)), ("clips", bool(kinds & CLIPS)), ("prices", bool(kinds & PRICES)),
            ("free", bool(kinds & FREE)), ("talks", plan.talks is not None),
            ("tiktok", bool(tiktok_differences(pair)) or "integration_change" in kinds),
        )
        if there
    }  # fmt: skip
    clips = plan.talks is not None and TIKTOK in plan.talks.platforms
    return frozenset(found | ({"clips"} if clips else set()))
