import json
from pathlib import Path

import numpy as np
import pytest

from model.experiments.ensembles import Ensemble, open_ensemble, prior_ensemble
from model.foundation.errors import InputError
from model.spec.parameters import declared_parameters
from model.spec.scenario import Scenario

NAMES = ("theta", "launch_hazard", "forgetting")
PLAN = {"markets": ["ID"], "users": 200, "months": 2}


def fixture(**changes: object) -> Ensemble:
    parts: dict[str, object] = {
        "name": "three", "about": "Three draws.", "parameters": NAMES,
        "values": np.array([[2.0, 0.010, 0.03], [2.5, 0.012, 0.02], [3.0, 0.008, 0.04]]),
        "weights": np.array([0.5, 0.3, 0.2]), "made": {"method": "by hand", "seed": 3},
    }  # fmt: skip
    return Ensemble(**{**parts, **changes})  # type: ignore[arg-type]


def faults_of(act) -> list:
    with pytest.raises(InputError) as caught:
        act()
    return list(caught.value.faults)


def test_what_is_saved_is_opened_to_the_last_bit(tmp_path: Path) -> None:
    one = fixture(values=np.array([[1 / 3 + 2, 0.1**2, 0.03], [2.5, 0.012, 0.02], [3.0, 0.008, 0.04]]))
    found = open_ensemble(one.save(tmp_path / "three.json"))
    assert found == one
    assert np.array_equal(found.values, one.values)
    assert np.array_equal(found.weights, one.weights)
    assert (found.name, found.about, found.parameters, found.made) == (one.name, one.about, NAMES, one.made)


def test_a_file_names_units_and_holds_one_member_a_line(tmp_path: Path) -> None:
    text = fixture().save(tmp_path / "three.json").read_text()
    assert json.loads(text)["units"] == [declared_parameters()[name].unit for name in NAMES]
    assert "  [2.5, 0.012, 0.02],\n" in text


def test_an_edit_of_a_value_or_a_weight_changes_the_digest_and_words_do_not() -> None:
    one = fixture()
    assert fixture(name="other", about="", made={"method": "else"}).digest == one.digest
    moved = np.array(one.values)
    moved[1, 0] += 1e-12
    assert fixture(values=moved).digest != one.digest
    assert fixture(weights=np.array([0.5, 0.2, 0.3])).digest != one.digest


def test_arrays_cannot_be_changed_afterwards() -> None:
    given = np.array([[2.0, 0.010, 0.03]])
    one = fixture(values=given, weights=np.ones(1))
    given[0, 0] = 9.0
    assert one.values[0, 0] == 2.0
    with pytest.raises(ValueError, match="read-only"):
        one.values[0, 0] = 1.0


def test_a_member_takes_its_values_and_leaves_what_the_scenario_sets() -> None:
    one = fixture()
    plan = Scenario.from_mapping({**PLAN, "parameters": {"theta": 1.7}})
    member = one.member(plan, 2)
    assert one.held_by(plan) == ("theta",)
    assert member.parameters.theta == 1.7
    assert (member.parameters.launch_hazard, member.parameters.forgetting) == (0.008, 0.04)


def test_a_parameter_set_to_its_default_is_still_set() -> None:
    default = declared_parameters()["theta"].default
    plan = Scenario.from_mapping({**PLAN, "parameters": {"theta": default}})
    assert fixture().member(plan, 2).parameters.theta == default
    assert fixture().member(Scenario.from_mapping(PLAN), 2).parameters.theta == 3.0


def test_a_member_that_is_not_there_is_told() -> None:
    (fault,) = faults_of(lambda: fixture().draw(3))
    assert "0 to 2" in fault.rule


def test_all_faults_come_at_once() -> None:
    faults = faults_of(lambda: fixture(
        name="no such name!", parameters=("theta", "thetta", "forgetting"), made={},
        values=np.array([[99.0, 0.01, np.nan], [2.5, 0.01, 0.02], [2.5, 0.01, 0.03]]),
        weights=np.array([0.5, 0.6, 0.2]),
    ))  # fmt: skip
    told = "\n".join(map(str, faults))
    for words in ("ensemble: name", "made.method", "Did you mean 'theta'", "member 0: theta lies in",
                  "forgetting is a finite number", "have the sum 1"):  # fmt: skip
        assert words in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": ()}, "at least one parameter"),
        ({"parameters": "theta"}, "list of at least one"),
        ({"parameters": ("theta", "theta", "forgetting")}, "stands once"),
        ({"values": np.zeros((0, 3))}, "a row for each member"),
        ({"values": np.zeros(3)}, "a row for each member"),
        ({"values": [[2.0], [2.0, 1.0], [3.0]]}, "rows of unequal length"),
        ({"values": [["a", "b", "c"]]}, "table of numbers"),
        ({"values": np.full((3, 2), 2.0)}, "a column for each of the 3"),
        ({"weights": np.array([0.5, 0.5])}, "one for each of the 3 members"),
        ({"weights": np.array([1.2, -0.2, 0.0])}, "not negative"),
        ({"weights": np.array([np.nan, 0.5, 0.5])}, "finite number"),
        ({"weights": None}, "list of numbers"),
        ({"weights": [True, False, False]}, "list of numbers"),
        ({"made": None}, "how the ensemble came about"),
        ({"made": {"method": "x", "bad": object()}}, "plain values"),
        ({"made": {"method": "x", "bad": float("nan")}}, "plain values"),
        ({"about": 3}, "is a text"),
        ({"parameters": ("theta", "launch_hazard", "communities")}, "choice of the modeller"),
        ({"values": np.full((20_001, 3), 0.02), "weights": np.full(20_001, 1 / 20_001)}, "at most 20,000"),
    ],
)  # fmt: skip
def test_each_fault_has_words(changes: dict[str, object], words: str) -> None:
    assert words in "\n".join(map(str, faults_of(lambda: fixture(**changes))))


def test_many_wrong_values_are_counted_not_listed() -> None:
    faults = faults_of(lambda: fixture(values=np.full((50, 3), 1e9), weights=np.full(50, 0.02)))
    assert len(faults) == 13
    assert "138 more" in str(faults[-1].value)


def written(tmp_path: Path, **changes: object) -> Path:
    path = fixture().save(tmp_path / "three.json")
    values = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not ...}))
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, "newer version of the project"),
        ({"format": True}, "format: is 1"),
        ({"kind": "resonance sweep"}, "kind: is 'resonance ensemble'"),
        ({"weights": ...}, "weights: must be there"),
        ({"wieghts": [1]}, "Did you mean 'weights'"),
        ({"units": ["kg", "share per month", "share per month"]}, "theta is declared in"),
        ({"units": ["kg"]}, "a unit for each parameter"),
        ({"parameters": {"theta": 1}}, "list of at least one parameter"),
        ({"values": "many"}, "table of numbers"),
        ({"weights": [0.5, 0.3, "0.2"]}, "list of numbers"),
        ({"weights": [0.5, 0.3, 10**400]}, "list of numbers"),
        ({"made": [1]}, "how the ensemble came about"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_words(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    path = written(tmp_path, **changes)
    assert words in "\n".join(map(str, faults_of(lambda: open_ensemble(path))))


@pytest.mark.parametrize("kept", [0, 1, 40, 200, -3])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    path = fixture().save(tmp_path / "three.json")
    path.write_text(path.read_text()[:kept])
    (fault,) = faults_of(lambda: open_ensemble(path))
    assert "cut off" in fault.way_out


@pytest.mark.parametrize("text", ["[]", "3", '"x"', "null", "[" * 100_000, "NaN", '{"kind": "resonance ensemble"}'])
def test_other_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert faults_of(lambda: open_ensemble(path))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff\xfe\x00")
    (fault,) = faults_of(lambda: open_ensemble(path))
    assert "UTF-8" in fault.rule


def test_names_are_found_in_the_working_folder_and_near_ones_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    fixture().save(tmp_path / "ensembles" / "three.json")
    assert open_ensemble("three") == fixture()
    (fault,) = faults_of(lambda: open_ensemble("tree"))
    assert "Did you mean 'three'" in fault.way_out
    (fault,) = faults_of(lambda: open_ensemble("ensembles/thre.json"))
    assert "three.json" in fault.way_out
    (fault,) = faults_of(lambda: open_ensemble(tmp_path / "ensembles"))
    assert "no such file" in fault.rule or "of this name" in fault.rule


def test_a_prior_fills_every_slice_of_the_likely_range_and_whole_numbers_stay_whole() -> None:
    names = ("theta", "talks_lead_months")
    one = prior_ensemble(names, members=40, seed=5)
    line = declared_parameters()["theta"]
    low, high = line.likely
    slices = np.floor((one.values[:, 0] - low) / (high - low) * 40).astype(int)
    assert sorted(slices.tolist()) == list(range(40))
    whole = one.values[:, 1]
    assert np.array_equal(whole, np.round(whole))
    assert prior_ensemble(names, members=40, seed=5) == one
    assert prior_ensemble(names, members=40, seed=6) != one


def test_a_prior_of_nothing_or_of_the_unknown_is_refused() -> None:
    assert len(faults_of(lambda: prior_ensemble(["tetha", "alhpa"], members=0))) == 3
    assert faults_of(lambda: prior_ensemble([]))
