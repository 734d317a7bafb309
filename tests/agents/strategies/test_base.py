"""A rule of one's own: under twenty lines, in every use, in every process, with every slip told."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
from pathlib import Path

import cloudpickle
import pytest

import model as sm
from model.foundation.errors import InputError
from model.spec.scenario import Scenario
from model.spec.strategies import known_strategies
from tests.agents.strategies.conftest import SMALL, Play, lever, same_runs

NOTEBOOK = '''
import model as sm

class Undercut(sm.Strategy):
    """Asks less than the largest rival for the paid plan for one person."""

    choices = {"gap": sm.Strategy.Number(0.05, 0.0, 0.9, "share", "below the rival's price")}
    sets = ("price",)

    def decide(self, outlook):
        for market in outlook.markets:
            rivals = (one for name in outlook.rivals(market) for one in outlook.offers(market, name))
            price = next((one.price for one in rivals if one.tier in ("individual", "premium")), None)
            for own in outlook.offers(market):
                if own.tier in ("individual", "premium") and price is not None:
                    yield outlook.set("price", market, (1 - self.gap) * price, own.tier)
'''
ROW = {"resso": {"rule": "undercut", "gap": 0.2}}


def cell(text: str = NOTEBOOK) -> dict[str, object]:
    """Run a cell as a notebook does; returns its names."""
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(text, "<cell>", "exec"), names)
    return names


def test_works_everywhere_in_under_twenty_lines(play: Play) -> None:
    assert len([line for line in NOTEBOOK.splitlines() if line.strip()]) < 20
    cell()
    run = play(ROW)
    assert lever(run, 1, "price", "resso", "premium") == pytest.approx(0.8 * 54_990)
    plan = run.plan
    assert "resso plays undercut in ID" in plan.explain()
    result = sm.run(plan)
    assert result.actions["rule"].tolist() == ["undercut"]
    compared = sm.compare(plan.replace({"strategies": {}, "name": "quiet"}), plan.replace(name="cut"), replicates=3)
    assert compared is not None


def test_redefinition_holds_from_then_on(play: Play) -> None:
    cell()
    old, before = play(ROW), Scenario.from_mapping({**SMALL, "strategies": ROW}).digest
    cell(NOTEBOOK.replace("(1 - self.gap)", "(1 - self.gap / 2)"))
    assert lever(play(ROW), 1, "price", "resso", "premium") == pytest.approx(0.9 * 54_990)
    assert Scenario.from_mapping({**SMALL, "strategies": ROW}).digest != before
    assert copy.deepcopy(old.plan).digest == before  # a copy of the old plan plays the old rule ...
    assert lever(play(ROW), 1, "price", "resso", "premium") == pytest.approx(0.9 * 54_990)  # ... and nobody else does


ELSEWHERE = """
import cloudpickle, sys
from pathlib import Path
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.spec.strategies import known_strategies

folder = Path(sys.argv[1])
plan = cloudpickle.loads((folder / "plan").read_bytes())
run = StreamingMarket(plan.replace(users=60), starts=StartStore(None))
run.step()
rule = cloudpickle.loads((folder / "class").read_bytes())
assert known_strategies()["undercut"].maker is rule is type(run.world.firms.played[0][1])
print(plan.digest, run.plan.digest, [one.setting.value for one in run.world.firms.actions])
"""


def test_travels_to_another_process_by_pickle(tmp_path: Path) -> None:
    cell()
    plan = Scenario.from_mapping({**SMALL, "strategies": ROW})
    (tmp_path / "class").write_bytes(cloudpickle.dumps(known_strategies()["undercut"].maker))
    (tmp_path / "plan").write_bytes(cloudpickle.dumps(plan))
    done = subprocess.run([sys.executable, "-c", ELSEWHERE, str(tmp_path)], capture_output=True, text=True,
                          check=False, cwd=Path.cwd())  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.strip() == f"{plan.digest} {plan.replace(users=60).digest} [{0.8 * 54_990}]"


def source(text: str) -> str:
    cell(text)
    return known_strategies()["undercut"].source


SAME = {
    "comment": NOTEBOOK.replace("        for market", "        # every market\n        for market", 1),
    "layout": NOTEBOOK.replace("    sets =", "\n\n    sets =").replace("(1 - self.gap)", "(1   -   self.gap)"),
    "docstring": NOTEBOOK.replace("Asks less than", "Sells below"),
    "docstring of a function": NOTEBOOK.replace("(self, outlook):\n", '(self, outlook):\n        """Cut."""\n'),
    "annotation": NOTEBOOK.replace("decide(self, outlook):", "decide(self, outlook: object) -> object:"),
}  # fmt: skip
OTHER = {
    "step": NOTEBOOK.replace("1 - self.gap", "1 + self.gap"),
    "constant": NOTEBOOK.replace("(1 - self.gap)", "(1.5 - self.gap)"),
    "bound": NOTEBOOK.replace("0.0, 0.9", "0.0, 0.8"),
    "default": NOTEBOOK.replace("Number(0.05", "Number(0.06"),
    "levers": NOTEBOOK.replace('sets = ("price",)', 'sets = ("price", "open")'),
    "table": NOTEBOOK + '    parts = {"ID": 0.5}\n',
    "another table": NOTEBOOK + '    parts = {"ID": 0.6}\n',
    "tiers in another order": NOTEBOOK.replace('in ("individual", "premium"))', 'in {"individual", "premium", "x"})'),
}


@pytest.mark.parametrize("what", list(SAME))
def test_source_is_free_of_words_and_place(what: str) -> None:
    assert SAME[what] != NOTEBOOK
    assert source(SAME[what]) == source(NOTEBOOK)


def test_source_changes_with_what_the_class_does() -> None:
    found = {what: source(text) for what, text in {"as it is": NOTEBOOK, **OTHER}.items()}
    assert len(set(found.values())) == len(found), found


USING = """
import functools
import model as sm
GAP = 0.1
TIERS = {"premium", "individual", "student"}

def cut(price):
    return round_down(price * (1 - GAP))

def round_down(price):
    return price // 1

class Undercut(sm.Strategy):
    '''Asks less.'''

    sets = ("price",)

    def decide(self, outlook):
        return [outlook.set("price", m, cut(o.price), o.tier) for m in outlook.markets for o in outlook.offers(m)
                if o.tier in TIERS]
"""


@pytest.mark.parametrize(
    ("old", "new"), [("GAP = 0.1", "GAP = 0.2"), ("price // 1", "price // 10"), ('"student"}', '"mini"}')]
)
def test_source_takes_in_what_the_class_uses(old: str, new: str) -> None:
    assert source(USING.replace(old, new)) != source(USING)
    assert source(USING.replace("import functools\n", "import functools\nUNUSED = 3\n")) == source(USING)


def test_source_is_the_same_in_every_process(tmp_path: Path) -> None:
    """Sets stand in another order in each process."""
    text = USING.replace("in TIERS", 'in TIERS or o.tier in {"a", "b", "c", "d"}')
    script = tmp_path / "script.py"
    script.write_text(
        text + "\nfrom model.spec.strategies import known_strategies\nprint(known_strategies()['undercut'].source)\n"
    )
    found = set()
    for seed in ("1", "2", "3"):
        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, cwd=Path.cwd(),
                              env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd()), "PATH": ""})  # fmt: skip
        found.add(done.stdout.strip())
    assert len(found) == 1


SLIPS = {
    "no docstring": ("    sets = ()", "a strategy tells what it does"),
    "side": ('    """X."""\n    side = "artist"', "side is platform or label"),
    "lever": ('    """X."""\n    sets = ("prise",)', "no such lever"),
    "levers as a text": ('    """X."""\n    sets = "price"', "sets is a tuple of levers"),
    "choices as a list": ('    """X."""\n    choices = ["gap"]', "choices stand by name"),
    "bare number": ('    """X."""\n    choices = {"gap": 0.5}', "a choice is a Number, a Word or Words"),
    "a scenario's own key": (
        '    """X."""\n    choices = {"markets": sm.Strategy.Word("", "tier", "x")}', "a name of its own"),
    "an attribute of rules": (
        '    """X."""\n    choices = {"word": sm.Strategy.Number(1, 0, 2, "x", "x")}', "a name of its own"),
    "no identifier": ('    """X."""\n    choices = {"my gap": sm.Strategy.Number(1, 0, 2, "x", "x")}', "its own"),
    "bounds": ('    """X."""\n    choices = {"gap": sm.Strategy.Number(3, 0, 2, "x", "x")}', "are in order"),
    "default word": ('    """X."""\n    choices = {"gap": sm.Strategy.Word("c", ("a", "b"), "x")}', "one of the words"),
    "kind of name": ('    """X."""\n    choices = {"gap": sm.Strategy.Word("", "song", "x")}', "names are of"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(SLIPS))
def test_slip_in_a_class_is_told_where_it_is_written(what: str) -> None:
    body, rule = SLIPS[what]
    with pytest.raises(InputError, match=rule) as caught:
        cell(f"import model as sm\nclass MySlip(sm.Strategy):\n{body}\n")
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].way_out
    assert "my_slip" not in known_strategies()


@pytest.mark.parametrize("name", sorted(name for name, kind in known_strategies().items() if not kind.source))
def test_name_of_a_rule_that_comes_with_the_package_is_taken(name: str) -> None:
    title = "".join(part.capitalize() for part in name.split("_"))
    with pytest.raises(InputError, match="a name of its own"):
        cell(f'import model as sm\nclass {title}(sm.Strategy):\n    """Mine."""\n    sets = ()\n')
    assert known_strategies()[name].source == ""


def test_subclass_of_a_rule_keeps_its_choices(play: Play) -> None:
    cell(
        "from model.agents.strategies.match_rival import MatchRival\n"
        "class FollowDown(MatchRival):\n"
        '    """Matches a rival only where it is cheaper."""\n'
        "    def decide(self, outlook):\n"
        "        for one in super().decide(outlook):\n"
        '            if one.value < outlook.lever("price", one.market, one.item):\n'
        "                yield one\n"
    )
    run = play({"spotify": {"rule": "follow_down", "rival": "resso"}, "resso": {"rule": "follow_down"}})
    assert lever(run, 3, "price", "spotify", "individual") == 49_000
    assert lever(run, 3, "price", "resso", "premium") == 49_000


def test_choices_are_attributes_and_nothing_else_is() -> None:
    plan = Scenario.from_mapping({**SMALL, "strategies": {"resso": {"rule": "match_rival"}}}).strategies[0]
    rule = plan.kind.maker(plan)
    assert (rule.share, rule.tier) == (1.0, "")
    with pytest.raises(AttributeError, match="no choice 'shares'"):
        _ = rule.shares


def test_state_of_a_rule_is_of_one_run(play: Play) -> None:
    cell(
        "import model as sm\n"
        "class Counting(sm.Strategy):\n"
        '    """Sells a little dearer every month."""\n'
        '    sets = ("price",)\n'
        "    months = 0\n"
        "    def decide(self, outlook):\n"
        "        self.months += 1\n"
        '        yield outlook.set("price", "ID", 49_000.0 + self.months, "premium")\n'
    )
    one, other = play({"resso": {"rule": "counting"}}), play({"resso": {"rule": "counting"}})
    assert same_runs(one, other)
    assert lever(one, 3, "price", "resso", "premium") == 49_003.0


def test_every_rule_of_the_package_is_a_small_file_of_its_own() -> None:
    for name, kind in known_strategies().items():
        if not kind.source:
            file = Path(inspect.getfile(kind.maker))
            assert file.stem == name
            assert len(file.read_text().splitlines()) < 200
