from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.spec.reading import (
    Rank,
    find_scenario,
    in_order,
    layer_of,
    parse_assignment,
    read_layers,
    scenario_names,
    shown,
)
from model.spec.scenario import Scenario


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parameters.theta=3", ("parameters.theta", 3)),
        (" users = 1e5 ", ("users", 100_000.0)),
        ("growth=false", ("growth", False)),
        ("start=2022-06", ("start", "2022-06")),
        ('start="2022-06"', ("start", "2022-06")),
        ('markets=["IN", "ID"]', ("markets", ["IN", "ID"])),
        ("about=a=b", ("about", "a=b")),
        ("markets=IN", ("markets", "IN")),
        ("platforms.spotify.price.IN={individual = 9}", ("platforms.spotify.price.IN", {"individual": 9})),
    ],
)
def test_assignment_values_are_toml_or_plain_text(text, expected):
    assert parse_assignment(text) == expected


@pytest.mark.parametrize("text", ["", "users", "users=", "=3", "a..b=3", "markets=[1", 'about="x', "a=1\nb=2"])
def test_broken_assignments_are_input_errors(text):
    with pytest.raises(InputError, match="--set"):
        parse_assignment(text)


@given(st.text(max_size=30))
def test_any_assignment_text_parses_or_is_an_input_error(text):
    try:
        path, _ = parse_assignment(text)
    except InputError:
        return
    assert path == path.strip() != ""


def test_dotted_and_nested_keys_join_in_one_layer():
    layer = layer_of({"a.b": 1, "a": {"c.d": 2}, "e": 3}, place="x", rank=Rank.CALL)
    assert layer.values == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    assert layer.at("a", "b") == "x: a.b"


def test_a_layer_does_not_follow_later_changes_of_its_source():
    source = {"markets": ["IN"], "parameters": {"theta": 2}}
    layer = layer_of(source, place="x", rank=Rank.CALL)
    source["markets"].append("ID")
    source["parameters"]["theta"] = 9
    assert layer.values == {"markets": ["IN"], "parameters": {"theta": 2}}


def test_order_is_default_parent_scenario_command_line_call():
    layers = [layer_of({"seed": rank.value}, place=rank.name, rank=rank) for rank in reversed(Rank)]
    assert [layer.place for layer in in_order(layers)] == ["DEFAULT", "PARENT", "SCENARIO", "COMMAND_LINE", "CALL"]


def test_chain_of_extends_is_read_furthest_parent_first(tmp_path):
    write(tmp_path, "grand", "seed = 1")
    write(tmp_path, "parent", 'extends = "grand"')
    child = write(tmp_path, "child", 'extends = "parent.toml"')
    layers = read_layers(child)
    assert [Path(layer.place).stem for layer in layers] == ["grand", "parent", "child"]
    assert [layer.rank for layer in layers] == [Rank.PARENT, Rank.PARENT, Rank.SCENARIO]


def test_a_parent_beside_the_file_beats_the_projects(tmp_path):
    write(tmp_path, "baseline", "seed = 99")
    assert Scenario.load(write(tmp_path, "child", 'extends = "baseline"')).seed == 99


def test_circles_are_faults_that_name_the_circle(tmp_path):
    write(tmp_path, "a", 'extends = "b"')
    path = write(tmp_path, "b", 'extends = "a"')
    with pytest.raises(InputError, match="b -> a -> b"):
        read_layers(path)
    with pytest.raises(InputError, match="self -> self"):
        read_layers(write(tmp_path, "self", 'extends = "self"'))


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'baseline'"):
        Scenario.load("basline")
    with pytest.raises(InputError, match="no scenario of this name"):
        Scenario.load("")


def test_unknown_path_suggests_a_neighbour(tmp_path):
    write(tmp_path, "mine", "")
    with pytest.raises(InputError, match=r"no such scenario file.*Did you mean 'mine'"):
        Scenario.load(tmp_path / "mien.toml")


def test_names_are_found_in_the_working_folder_too(tmp_path, monkeypatch):
    (tmp_path / "scenarios").mkdir()
    write(tmp_path / "scenarios", "my_own", 'about = "Mine."')
    monkeypatch.chdir(tmp_path)
    assert {"my_own", "baseline"} <= set(scenario_names())
    assert Scenario.load("my_own").about == "Mine."
    assert find_scenario("my_own").name == "my_own.toml"


@pytest.mark.parametrize(
    "text",
    ["months = ", "start = 2022-10", "a = 1\na = 2", "[[events]\n", "x = " + "[" * 5000, "users = " + "9" * 5000],
)
def test_broken_toml_is_one_clear_message(tmp_path, text):
    path = write(tmp_path, "broken", text)
    with pytest.raises(InputError, match=r"broken\.toml.*TOML"):
        Scenario.load(path)


def test_unreadable_files_are_input_errors(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes(b'about = "\xff"')
    with pytest.raises(InputError, match="UTF-8"):
        Scenario.load(path)
    with pytest.raises(InputError, match="no such scenario file"):
        Scenario.load(tmp_path / "folder.toml" / "x.toml")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError):
        Scenario.load(tmp_path / "folder")


@given(st.text(max_size=12))
def test_any_name_loads_or_is_an_input_error(name):
    try:
        scenario = Scenario.load(name)
    except InputError:
        return
    assert scenario.name in scenario_names()


@pytest.mark.parametrize("name", ["x" * 5000, "x" * 300 + ".toml", "\0", "a\0.toml"])
def test_names_that_no_disk_can_hold_are_input_errors(name):
    with pytest.raises(InputError, match="a name or a path"):
        find_scenario(name)


def test_values_too_long_to_print_become_words():
    assert shown(10**5000) == "a whole number of 16610 bits"
    assert shown([10**5000, 1]) == ["a whole number of 16610 bits", 1]
    assert shown({"a": 10**5000, "b": [1]}) == "a table"
    assert shown(object()) == "a object"


def test_a_folder_is_told_as_a_folder(tmp_path, monkeypatch):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "mine.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    for given_path in (tmp_path / "plans", "plans", "./plans/"):
        with pytest.raises(InputError, match=r"this is a folder; .*for example .*mine\.toml"):
            find_scenario(given_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"this is a folder; .*Known: .*baseline"):
        find_scenario("empty")


@pytest.mark.parametrize("order", [1, -1])
def test_a_list_of_markets_beside_levers_of_markets_tells_the_form_that_takes_both(order):
    both = [("markets", ["US"]), ("markets.US.growth", 0.01)][::order]
    with pytest.raises(InputError, match=r"\[markets\] only = \[\"US\"\], or markets\.only"):
        Scenario.load("baseline").replace(dict(both))
    plan = Scenario.load("baseline").replace({"markets.only": ["US"], "markets.US.growth": 0.01})
    assert plan.markets == ("US",)
    assert plan.overrides[0].value == 0.01


@pytest.mark.parametrize(
    ("text", "line", "shown_line", "way"),
    [
        ("months = 3\nstart = 2022-10\nseed = 1", 2, "start = 2022-10", "stand in quotes"),
        ("months = 3\n[parameters\ntheta = 3", 2, "[parameters", "Close brackets"),
        ('seed = 3\nmarkets = ["IN"', 2, 'markets = ["IN"', "Close brackets"),
        ('markets = ["US"]\n[markets.US]\ngrowth = 0.1', 2, "[markets.US]", '[markets] only = ["US"]'),
        ('markets = ["US"]\nmarkets.US.growth = 0.1', 2, "markets.US.growth = 0.1", '[markets] only = ["US"]'),
        ("[parameters]\ntheta = 3\n[parameters]\neta = 1", 3, "[parameters]", "join the two"),
        ("seed = 3\nseed = 4", 2, "seed = 4", "join the two"),
    ],
)
def test_a_toml_error_shows_its_line(tmp_path, text, line, shown_line, way):
    path = tmp_path / "broken.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_layers(path)
    [fault] = caught.value.faults
    assert (fault.place.rsplit(": ", 1)[1], fault.value) == (f"line {line}", shown_line)
    assert way in fault.way_out
