"""The page's state: what is written comes back, and whatever else is told with its place, never run."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.interfaces.app.restore import (
    LARGEST_TEXT,
    Change,
    Licence,
    PageState,
    from_link,
    from_scenario,
    from_text,
    plan_of,
    to_link,
    to_text,
)

WORD = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)
PLAIN = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), WORD)
KEY = st.from_regex(r"[a-z_]{1,8}(\.[A-Za-z0-9_]{1,8}){0,3}", fullmatch=True)
VALUES = st.dictionaries(KEY, st.one_of(PLAIN, st.lists(PLAIN, max_size=4).map(tuple)), max_size=4)
WORDS = st.text("abc_é\"'", max_size=12)
LICENCES = st.builds(
    Licence, st.integers(0, 120), WORDS, WORDS, WORDS,
    st.lists(st.sampled_from(["ID", "IN", "BR"]), min_size=1, max_size=3).map(tuple), st.integers(-1, 120),
    st.lists(VALUES, max_size=3).map(tuple),
)  # fmt: skip
STATES = st.builds(
    PageState, scenario=st.sampled_from(["baseline", "tiny", "us_entry"]), sets=VALUES, month=st.integers(0, 120),
    changes=st.lists(st.one_of(LICENCES, st.builds(
        Change, st.integers(0, 120), KEY, st.one_of(st.booleans(), st.floats(-1e9, 1e9)))), max_size=4).map(tuple),
    market=st.sampled_from(["", "ID"]), view=WORD, pages=st.dictionaries(KEY, VALUES, max_size=3),
)  # fmt: skip


SIGNED = "format = 1\n[[changes]]\nmonth = 1\nplatform = 'resso'\nlabel = 'sony'\nkind = 'streaming'\n"


@settings(deadline=None)
@given(STATES)
def test_text_and_link_bring_the_state_back(state: PageState) -> None:
    assert from_text(to_text(state)) == state
    assert from_link(to_link(state)) == state


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_sentences(raw: bytes) -> None:
    for read in (from_text, from_scenario):
        faults: tuple[object, ...] = ("read",)
        try:
            read(raw)
        except InputError as error:
            faults = error.faults
        assert faults


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("format = 2", "is 1"), ("format = 1\nscenari = 'x'", "Did you mean 'scenario'"),
        ("format = 1\nmonth = -1", "0 to"),
        ("format = 1\nscenario = 'basline'", "Did you mean 'baseline'"), ("format = 1\nmonth = 1e400", "whole"),
        ("format = 1\nscenario = '/etc/passwd'", "names a scenario"), ("format = 1\n[sets]\n'a b' = 1", "is a number"),
        ("format = 1\n[[changes]]\nmonth = 1", "has month, key and value"), ("format = [", "is a TOML file"),
        (SIGNED + "markets = ['ID']\naway = -2", "-1 to"), (SIGNED + "markets = []", "market codes"),
        (SIGNED + "markets = ['ID']\nawya = 1", "Did you mean 'away'"), (SIGNED + "markets = ['../x']", "market codes"),
        (SIGNED + "markets = ['ID']\ndeals = [{x = [[1]]}]", "is a number"),
        (SIGNED + "markets = ['ID']\ndeals = 3", "list of at most"),
        ("format = 1\n[sets]\nx = inf", "is a number"), ("x = '" + "a" * LARGEST_TEXT + "'", "at most"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(text: str, part: str) -> None:
    with pytest.raises(InputError, match=part.replace("[", r"\[")):
        from_text(text)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        from_text("format = 3\nmonth = 'x'\nother = 1\n[sets]\n'?' = 1")
    assert {fault.place.split(".")[0] for fault in told.value.faults} == {"format", "month", "other", "sets"}


def test_a_link_that_unpacks_without_end_is_refused_early() -> None:
    packed = base64.urlsafe_b64encode(zlib.compress(b" " * 4_000_000, 9)).decode().rstrip("=")
    with pytest.raises(InputError):
        from_link(packed)


@pytest.mark.parametrize("broken", ["", "?", "abc", "eJwrSS0uAQAEXQHB" * 500])
def test_a_broken_link_is_told(broken: str) -> None:
    with pytest.raises(InputError):
        from_link(broken)


def test_a_scenario_file_runs_with_few_users_unless_it_names_them() -> None:
    state = from_scenario('extends = "tiny"\nabout = "mine"\nmonths = 4')
    plan = plan_of(state)
    assert (plan.users, plan.months, plan.about) == (3000, 4, "mine")
    assert plan_of(from_scenario('extends = "tiny"\nusers = 700')).users == 700


@pytest.mark.parametrize("parent", ['"../../etc/passwd"', '"/tmp/x.toml"', "3", '["baseline"]'])
def test_a_scenario_file_reads_no_other_file(parent: str) -> None:
    with pytest.raises(InputError, match="names a scenario of the project"):
        from_scenario(f"extends = {parent}\nmonths = 3")


def test_a_scenario_file_with_a_fault_is_told_with_its_place() -> None:
    with pytest.raises(InputError, match="month"):
        from_scenario('extends = "tiny"\nmonhts = 3')


HUGE, DEEP = "0x" + "f" * 6000, "[" * 900 + "]" * 900
"""A whole number that Python does not write out in digits, and lists in lists."""


@pytest.mark.parametrize("value", [HUGE, DEEP, f"[{HUGE}]", f"{{a = {HUGE}}}"])
@pytest.mark.parametrize(
    "text",
    [
        "format = {}", "format = 1\nscenario = {}", "format = 1\nmonth = {}", "format = 1\nsets = {}",
        "format = 1\nchanges = {}", "format = 1\nchanges = [{}]", "format = 1\npages = {}", "format = 1\ntext = {}",
        "format = 1\n[sets]\nusers = {}", "format = 1\n[[changes]]\nmonth = 1\nkey = {}\nvalue = {}",
        "format = 1\n[[changes]]\nmonth = 1\nkey = 'a'\nvalue = {}", "format = 1\n'' = {}",
        "format = 1\n[[changes]]\nplatform = 'resso'\nmarkets = {}\naway = {}\ndeals = {}",
        "format = 1\ntext = 'extends = {}'", "format = 1\n[pages]\na = {}",
    ],
)  # fmt: skip
def test_numbers_and_lists_of_any_size_are_told(text: str, value: str) -> None:
    with pytest.raises(InputError) as caught:
        from_text(text.replace("{}", value))
    assert all(one.place and one.way_out for one in caught.value.faults)
