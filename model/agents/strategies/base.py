"""The base of all strategies: subclass it, in the package or in a notebook, and scenarios may name the rule.

class Undercut(sm.Strategy):
    '''Ask less than the largest rival.'''
    choices = {"gap": sm.Strategy.Number(0.05, 0.0, 0.9, "share", "below the rival's price")}

    def decide(self, outlook): ...
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.outlook import Outlook
from model.agents.strategies.source import source_of
from model.foundation.errors import Fault, InputError
from model.spec.settings import Setting
from model.spec.strategies import Choice, StrategyKind, StrategyPlan, register
from model.spec.strategies import Number as NumberChoice
from model.spec.strategies import Word as WordChoice
from model.spec.strategies import Words as WordsChoice
from model.spec.strategies.kinds import Side
from model.spec.strategies.plans import Value

Misfit = tuple[str, str, object, str]
"""(field, rule, value, way out)."""
PACKAGE = "model.agents.strategies."
UNWRITTEN = {"__module__", "__qualname__", "__doc__", "__dict__", "__weakref__"}
"""Members of a class that nobody has written anything into."""


class Strategy:
    """A rule that a platform or a label plays; a subclass is known by its name in small letters, Undercut as undercut.

    The first line of its docstring tells in scenarios what it does. side: who plays it. choices: what a scenario may
    set, each then an attribute of the rule. sets: levers that it moves, so that two rules do not move the same one.
    responds: whether it answers others. enters: whether a scenario gives it entries. A rule may keep what it likes on
    itself: one is made for each run.
    """

    side: ClassVar[Side] = "platform"
    choices: ClassVar[Mapping[str, Choice]] = {}
    sets: ClassVar[tuple[str, ...]] = ()
    responds: ClassVar[bool] = True
    enters: ClassVar[bool] = False
    kind: ClassVar[StrategyKind]
    Number, Word, Words = NumberChoice, WordChoice, WordsChoice

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if set(vars(cls)) <= UNWRITTEN:
            return  # one that an unpickler makes before it fills it; its kind comes with the rest
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        about = (cls.__doc__ or "").strip().splitlines()
        if not about or not about[0].strip():
            way = "Begin the class with a docstring."
            raise InputError(Fault(f"strategy {name}", "a strategy tells what it does", cls.__name__, way))
        choices: object = cls.choices
        if not isinstance(choices, Mapping):
            way = 'Example: choices = {"gap": sm.Strategy.Number(0.05, 0.0, 0.9, "share", "what it means")}.'
            raise InputError(Fault(f"strategy {name}.choices", "choices stand by name", choices, way))
        cls.kind = StrategyKind(
            name=name, side=cls.side, about=about[0].strip(), choices=dict(choices), sets=cls.sets,
            responds=cls.responds, enters=cls.enters, maker=cls,
            source="" if _inside(cls) else source_of([one for one in cls.__mro__ if not _inside(one)]),
        )  # fmt: skip
        register(cls.kind)

    def __init__(self, plan: StrategyPlan) -> None:
        self.plan = plan

    def __getattr__(self, name: str) -> Value:
        """Return a choice of the plan."""
        plan = self.__dict__.get("plan")
        if plan is None or name not in plan.values:
            raise AttributeError(f"{type(self).__name__} has no choice {name!r}")
        value: Value = plan.values[name]
        return value

    def number(self, name: str) -> float:
        """Return a choice that is a number."""
        value = self.plan.values[name]
        assert isinstance(value, float)
        return value

    def word(self, name: str) -> str:
        """Return a choice that is a word."""
        value = self.plan.values[name]
        assert isinstance(value, str)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return a choice of several words."""
        value = self.plan.values[name]
        assert isinstance(value, tuple)
        return value

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Return what the actor sets at the beginning of a month."""
        raise NotImplementedError

    def entering(self, outlook: Outlook, market: str) -> Iterable[Setting]:
        """Return what an entry into a market would set, for those who talk about licences before it."""
        return ()

    def reservation(self, value: float, *, present: float, other: str, kind: str) -> float:
        """Return what the actor really wants in talks: the least it takes or the most it pays, USD a month.

        value: what forks say. present: what the terms in force pay. other: the other side. kind: "streaming" or
        "clips".
        """
        return value

    @classmethod
    def misfits(cls, plan: StrategyPlan) -> tuple[Misfit, ...]:
        """Return what is wrong with a plan beyond its fields: (field, rule, value, way out) each."""
        return ()

    @classmethod
    def opens(cls, plan: StrategyPlan) -> tuple[tuple[str, str, float], ...]:
        """Return the offers that the rule may open beside its entries: (market, tier, price in local currency)."""
        return ()


def _inside(cls: type) -> bool:
    return cls in (object, Strategy) or cls.__module__.startswith(PACKAGE)
