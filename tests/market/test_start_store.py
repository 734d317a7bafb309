"""Settled starts: kept and loaded to the last bit, keyed by all that they depend on, never a reason to crash."""

from __future__ import annotations

import copy
import inspect
import os
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from model.facts import load_start
from model.market import assimilation, start_store
from model.market.assimilation import Settling
from model.market.opening import open_country
from model.market.start_store import (
    READ_CODE,
    UNREAD,
    StartNotice,
    StartStore,
    code_digest,
    default_folder,
    settled_country,
    start_digest,
)
from model.spec.parameters import Parameters
from model.state.country import Country

START = load_start()
USERS = 300


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two years of spin-up tell as much about keeping it as twelve."""
    monkeypatch.setattr(assimilation.assimilate, "__kwdefaults__", {"longest": 24})


def settle(
    store: StartStore | None, *, market: str = "ID", months: int = 12, parameters: Parameters | None = None,
    growth: bool = True, users: int = USERS,
) -> tuple[Country, Settling]:  # fmt: skip
    given = parameters or Parameters()
    return settled_country(START, market, given, users=users, horizon=months, growth=growth, seed=5, store=store)


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every field of nested dataclasses, so that a field added later is compared too."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    else:
        yield path, value


def assert_same(one: object, other: object) -> None:
    for (path, a), (_, b) in zip(leaves(one), leaves(other), strict=True):
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, path  # type: ignore[attr-defined]
            assert a.tobytes() == b.tobytes(), path  # type: ignore[attr-defined]
        elif path != ".offers.lines":
            assert a == b, path


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("keeper", ["disk", "memory"])
def test_a_loaded_start_is_the_settled_one_to_the_last_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeper: str
) -> None:
    folder = tmp_path if keeper == "disk" else None
    first = StartStore(folder)
    plain, settled = settle(None, market="BR", users=2000), settle(first, market="BR", users=2000)
    monkeypatch.setattr(start_store, "assimilate", never)
    loaded = settle(StartStore(folder) if keeper == "disk" else first, market="BR", users=2000)
    opened = open_country(START, "BR", Parameters(), users=2000, horizon=12, growth=True, seed=5)
    before, after = opened.users.arrays(), plain[0].users.arrays()
    changed = {name for name, column in before.items() if not np.array_equal(column, after[name])}
    assert changed == {"aware", "tried", "main", "second", "trial", "tenure"}  # so the test sees each of them
    for found in (settled, loaded):
        assert_same(found[0], plain[0])
        assert_same(found[1], plain[1])


def never(*_: object, **__: object) -> Settling:
    raise AssertionError("settled although the start is kept")


def test_what_is_returned_can_be_changed_without_changing_what_is_kept() -> None:
    store = StartStore(None)
    country, _ = settle(store)
    loaded, _ = settle(store)
    kept = copy.deepcopy(loaded)
    for changed in (country, loaded):
        changed.users.main[:] = 0
        changed.offers.xi[:] = 7.0
    assert_same(settle(store)[0], kept)


def test_the_horizon_and_growth_change_the_room_for_newcomers_and_not_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = StartStore(tmp_path)
    country, _ = settle(store, months=36)
    monkeypatch.setattr(start_store, "assimilate", never)
    still, _ = settle(store, months=36, growth=False)
    monkeypatch.undo()
    monkeypatch.setattr(assimilation.assimilate, "__kwdefaults__", {"longest": 24})
    anew, _ = settle(None, months=36, growth=False)
    assert len(country.users) > len(still.users) == USERS
    assert_same(still, anew)
    assert np.array_equal(still.users.main, country.users.main[:USERS])


@pytest.mark.parametrize(
    "change",
    [
        {"market": "BR"},
        {"users": USERS + 1},
        {"seed": 6},
        {"parameters": Parameters({"theta": 2.1})},
        {"start": load_start("2022-06")},
        {"start": replace(START, markets={**START.markets, "ID": replace(START.markets["ID"], gini=0.4)})},
        {"start": replace(START, deals=START.deals[:0])},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_digest_changes_with_all_that_the_start_depends_on(change: dict[str, object]) -> None:
    asked = {"start": START, "market": "ID", "parameters": Parameters(), "users": USERS, "seed": 5}

    def digest(values: dict[str, object]) -> str:
        values = dict(values)
        return start_digest(values.pop("start"), values.pop("market"), values.pop("parameters"), **values)  # type: ignore[arg-type]

    assert digest(asked) == digest(dict(asked))
    assert digest(asked) != digest({**asked, **change})


def test_the_digest_is_the_same_for_other_parameters_of_money_and_the_spin_up_reads_none() -> None:
    read: set[str] = set()

    class Recording(Parameters):
        def __getattr__(self, name: str) -> float:
            read.add(name)
            return super().__getattr__(name)

    settle(None, parameters=Recording())
    assert "theta" in read
    assert not read & UNREAD
    plain, dear = Parameters(), Parameters({"hosting_per_hour": 0.002})
    assert start_digest(START, "ID", plain, users=9, seed=1) == start_digest(START, "ID", dear, users=9, seed=1)


def test_the_digest_covers_the_code_of_the_spin_up(tmp_path: Path) -> None:
    root = Path(start_store.__file__).parent.parent
    for name in READ_CODE:
        assert list((root / name).glob("*.py")), name
    for function in (assimilation.assimilate, start_store.open_country):
        assert Path(inspect.getfile(function)).parent.name in READ_CODE
    shutil.copytree(root, tmp_path / "same")
    shutil.copytree(root, tmp_path / "other")
    changed = tmp_path / "other" / "state" / "users.py"
    changed.write_text(changed.read_text() + "# a line more\n")
    assert code_digest(tmp_path / "same") == code_digest() != code_digest(tmp_path / "other")


@pytest.mark.parametrize("library", ["numpy", "numba", "scipy"])
def test_the_digest_covers_the_libraries_that_people_are_drawn_with(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Distributions are inverted by SciPy: a start that another version settled may differ in its last digits."""
    before = code_digest.__wrapped__()
    monkeypatch.setattr(f"{library}.__version__", "0.0.1")
    assert code_digest.__wrapped__() != before


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "text", "other market", "other type"])
def test_a_broken_file_is_told_and_the_start_found_anew(tmp_path: Path, damage: str) -> None:
    plain, _ = settle(StartStore(tmp_path))
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    if damage == "other market":
        settle(StartStore(tmp_path / "other"), market="BR")
        content = next((tmp_path / "other").iterdir()).read_bytes()
    elif damage == "other type":
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        StartStore(tmp_path).save(path.stem, arrays | {"users.main": arrays["users.main"].astype(np.int64)})
        content = path.read_bytes()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
        content = {"cut": content[:middle], "empty": b"", "flipped": flipped, "text": b"not a zip"}[damage]
    path.write_bytes(content)
    with pytest.warns(StartNotice, match="broken"):
        found, _ = settle(StartStore(tmp_path))
    assert_same(found, plain)
    again, _ = settle(StartStore(tmp_path))
    assert_same(again, plain)


def test_a_folder_that_cannot_be_written_is_told_once_and_starts_are_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    store = StartStore(tmp_path / "file" / "starts")
    with pytest.warns(StartNotice, match="cannot be written") as told:
        store.save("a", {"x": np.arange(3)})
    assert len(told) == 1
    store.save("b", {"x": np.arange(3)})
    kept = store.load("b")
    assert kept is not None
    assert kept["x"].tolist() == [0, 1, 2]


def test_the_most_recently_used_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_store, "KEPT", 3)
    monkeypatch.setattr(start_store, "REMEMBERED", 0)
    store = StartStore(tmp_path)
    for age, name in enumerate("abc"):
        store.save(name, {"x": np.arange(3)})
        os.utime(tmp_path / f"{name}.npz", (age, age))
    assert store.load("a") is not None
    store.save("d", {"x": np.arange(3)})
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["a", "c", "d"]


def test_a_start_that_another_run_deletes_meanwhile_is_no_reason_to_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        name, path = "gone.npz", str(tmp_path / "gone.npz")

        def is_file(self) -> bool:
            return True  # as it was when the folder was listed

        def stat(self) -> os.stat_result:
            return os.stat(self.path)

    class Listed:
        def __init__(self, _: Path) -> None: ...

        def __enter__(self) -> list[Gone]:
            return [Gone()]

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(os, "scandir", Listed)
    StartStore(tmp_path).save("a", {"x": np.arange(3)})
    assert (tmp_path / "a.npz").is_file()


def test_what_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_store, "LARGEST", 10)
    monkeypatch.setattr(start_store, "REMEMBERED", 10)
    store = StartStore(tmp_path)
    store.save("a", {"x": np.arange(3)})
    assert list(tmp_path.iterdir()) == []
    assert store.load("a") is None


def test_the_folder_is_the_wish_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RESONANCE_CACHE", str(tmp_path))
    assert default_folder() == tmp_path / "starts"
    monkeypatch.setenv("RESONANCE_CACHE", "off")
    assert default_folder() is None


def test_without_a_wish_the_folder_is_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RESONANCE_CACHE", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "resonance" / "starts"


def test_an_archive_that_says_it_is_encrypted_is_passed_over(tmp_path: Path) -> None:
    StartStore(tmp_path).save("kept", {"users": np.arange(3)})
    path = tmp_path / "kept.npz"
    content = bytearray(path.read_bytes())
    for sign in (b"PK\x03\x04", b"PK\x01\x02"):  # the flag of encryption, in both places where it stands
        at = content.find(sign)
        content[at + (6 if sign[2] == 3 else 8)] |= 1
    path.write_bytes(content)
    with pytest.warns(StartNotice, match="found anew"):
        assert StartStore(tmp_path).load("kept") is None


def test_a_start_too_large_to_remember_leaves_the_others_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_store, "REMEMBERED", 100)
    store = StartStore(None)
    store.save("small", {"x": np.arange(3)})
    store.save("large", {"x": np.arange(1000)})
    assert store.load("large") is None
    assert store.load("small") is not None
