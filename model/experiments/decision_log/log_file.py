"""The file of a decision: JSON, written once and never again, with a hash that tells whether it was changed."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from model.experiments.decision_log.decision import ABOVE, BELOW, Decision, Expectation, Tripwire
from model.experiments.history import METRICS, SeriesKey
from model.experiments.history.vocabulary import key_faults
from model.experiments.question_files import text_within
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import write_new
from model.foundation.months import parse_month

KIND, FORMAT = "resonance decision", 1
LARGEST = 20_000_000  # bytes
MOST_EXPECTATIONS, MOST_TRIPWIRES, MOST_POINTS, LONGEST = 500, 100, 20_000, 2_000
_TOP = ("kind", "format", "decision", "sha256")
_DECISION = ("title", "choice", "alternatives", "because", "frozen", "made", "expectations", "tripwires")
_EXPECTATION = ("entity", "market", "metric", "date", "unit", "opening", "q05", "q25", "median", "q75", "q95", "points")
_TRIPWIRE = ("entity", "market", "metric", "when", "threshold", "unit", "by", "then", "chance")
AGAIN = "Freeze it with `resonance decide`, or take an unharmed copy."
TOLD = 20


def sha256_of(decision: Mapping[str, Any]) -> str:
    """Return the hash of a decision's plain values: of their JSON with sorted keys and no blanks."""
    text = json.dumps(decision, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def write_decision(decision: Decision, path: str | Path) -> str:
    """Write a decision to a new file and return its hash, to be noted elsewhere. Errors: InputError for an old file."""
    plain = decision.plain()
    whole = {"kind": KIND, "format": FORMAT, "decision": plain, "sha256": sha256_of(plain)}
    write_new(Path(path), json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return str(whole["sha256"])


def read_decision(path: str | Path, *, noted: str | None = None) -> tuple[Decision, str]:
    """Return a decision and its hash. noted: the hash as it was noted when it was frozen, or its beginning.

    Errors: InputError for a file that is no decision, breaks a rule of the format, or is not as it was frozen.
    """
    file = Path(path)
    place = file.name
    whole = _json(file, place)
    raise_faults(_keys(whole, _TOP, place))
    if whole["kind"] != KIND or whole["format"] != FORMAT:
        what = f"{whole['kind']!r}, format {whole['format']!r}"
        raise InputError(Fault(place, f"is a {KIND} of format {FORMAT}", what, AGAIN))
    plain = whole["decision"]
    digest = sha256_of(plain) if isinstance(plain, dict) else ""
    if digest != whole["sha256"]:
        rule = "is as it was frozen: its hash follows from what it says"
        way = "It was changed after it was frozen. Take an unharmed copy; a changed log proves nothing."
        raise InputError(Fault(f"{place}: sha256", rule, whole["sha256"], way))
    if noted is not None and (len(noted) < 8 or not digest.startswith(noted.lower())):
        rule, way = "is the log that the noted hash is of", f"This log's hash is {digest}."
        raise InputError(Fault(f"{place}: sha256", rule, noted, way))
    return _decision(plain, place), digest


def _json(file: Path, place: str) -> dict[str, Any]:
    word = "a decision log"
    text = text_within(file, most=LARGEST, what=word, place=place, rule=f"{word} has", way=AGAIN)
    try:
        found = json.loads(text, parse_constant=_refused, parse_float=_finite, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InputError(Fault(place, "a decision log is JSON", str(error), AGAIN)) from error
    if not isinstance(found, dict):
        raise InputError(Fault(place, "a decision log is a table of JSON", type(found).__name__, AGAIN))
    return found


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _finite(word: str) -> float:
    value = float(word)
    return value if math.isfinite(value) else _refused(word)  # 1e999 is none either


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _keys(table: Any, names: tuple[str, ...], place: str) -> list[Fault]:
    """Return the faults of a table that does not have just these keys."""
    if not isinstance(table, dict):
        return [Fault(place, "is a table", type(table).__name__, AGAIN)]
    missing = [Fault(f"{place}: {name}", "the key must be there", "nothing", AGAIN) for name in names
               if name not in table]  # fmt: skip
    return missing + [
        Fault(f"{place}: {name}", "is a key of a decision log", name, nearest(str(name), names))
        for name in table
        if name not in names
    ]


def _decision(plain: dict[str, Any], place: str) -> Decision:
    faults = _keys(plain, _DECISION, place)
    raise_faults(faults)
    for name in ("title", "choice", "because", "frozen"):
        faults += _text(plain[name], f"{place}: {name}")
    listed = plain["alternatives"]
    if not isinstance(listed, list) or len(listed) > MOST_TRIPWIRES:
        faults.append(Fault(f"{place}: alternatives", "is a list of texts", type(listed).__name__, AGAIN))
    else:
        faults += [one for text in listed for one in _text(text, f"{place}: alternatives")]
    if not isinstance(plain["made"], dict):
        faults.append(Fault(f"{place}: made", "is a table", type(plain["made"]).__name__, AGAIN))
    faults += _moment(plain["frozen"], f"{place}: frozen")
    rows: dict[str, list[Any]] = {}
    for name, most in (("expectations", MOST_EXPECTATIONS), ("tripwires", MOST_TRIPWIRES)):
        rows[name] = plain[name] if isinstance(plain[name], list) else []
        if not isinstance(plain[name], list) or len(plain[name]) > most:
            faults.append(Fault(f"{place}: {name}", f"is a list of at most {most}", type(plain[name]).__name__, AGAIN))
    for name, check in (("expectations", _expectation_faults), ("tripwires", _tripwire_faults)):
        for at, row in enumerate(rows[name], start=1):
            faults += check(row, f"{place}: {name[:-1]} {at}")
    raise_faults(faults[:TOLD])
    return Decision(
        title=plain["title"], choice=plain["choice"], alternatives=tuple(listed), because=plain["because"],
        frozen=plain["frozen"], made=plain["made"],
        expectations=tuple(_expectation(row) for row in rows["expectations"]),
        tripwires=tuple(_tripwire(row) for row in rows["tripwires"]),
    )  # fmt: skip


def _text(value: Any, place: str) -> list[Fault]:
    if isinstance(value, str) and len(value) <= LONGEST and value == readable(value):
        return []
    return [Fault(place, f"is a text of at most {LONGEST:,} signs", type(value).__name__, AGAIN)]


def readable(text: str) -> str:
    """Return a text that can be written as UTF-8: halves of signs, which a terminal may pass on, become "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _moment(value: Any, place: str) -> list[Fault]:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return [Fault(place, "is a date and time", value, AGAIN)]
    return []


def _expectation_faults(row: Any, place: str) -> list[Fault]:
    faults = _keys(row, _EXPECTATION, place) or _series_faults(row, "date", place)
    if faults:
        return faults
    points = row["points"]
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS or not all(map(_is_number, points)):
        faults.append(Fault(f"{place}, points", f"are 1 to {MOST_POINTS:,} finite numbers", str(points)[:60], AGAIN))
    if row["opening"] is not None and not _is_number(row["opening"]):
        faults.append(Fault(f"{place}, opening", "is a finite number or null", row["opening"], AGAIN))
    if not faults and _expectation(row).plain() != row:
        faults.append(Fault(place, "its quantiles follow from its points", "others", AGAIN))
    return faults


def _tripwire_faults(row: Any, place: str) -> list[Fault]:
    faults = _keys(row, _TRIPWIRE, place) or _series_faults(row, "by", place)
    if faults:
        return faults
    if row["when"] not in (BELOW, ABOVE):
        faults.append(Fault(f"{place}, when", f"is {BELOW} or {ABOVE}", row["when"], AGAIN))
    if not _is_number(row["threshold"]):
        faults.append(Fault(f"{place}, threshold", "is a finite number", row["threshold"], AGAIN))
    if row["chance"] is not None and not (_is_number(row["chance"]) and 0.0 <= row["chance"] <= 1.0):
        faults.append(Fault(f"{place}, chance", "lies from 0 to 1, or is null", row["chance"], AGAIN))
    return faults + _text(row["then"], f"{place}, then")


def _series_faults(row: Mapping[str, Any], date: str, place: str) -> list[Fault]:
    words = {name: row[name] for name in ("entity", "market", "metric", "unit", date)}
    wrong = [name for name, word in words.items() if not isinstance(word, str) or len(word) > LONGEST]
    if wrong:
        return [Fault(f"{place}, {name}", "is a text", type(words[name]).__name__, AGAIN) for name in wrong]
    key = _key(row)
    faults = key_faults(key, place=place)
    if not faults and row["unit"] != METRICS[key.metric].unit:
        faults.append(Fault(f"{place}, unit", f"{key.metric} is in {METRICS[key.metric].unit}", row["unit"], AGAIN))
    try:
        parse_month(row[date], place=f"{place}, {date}")
    except InputError as error:
        faults += error.faults
    return faults


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max  # whole numbers may lie beyond all floats


def _key(row: Mapping[str, Any]) -> SeriesKey:
    return SeriesKey(row["entity"], row["market"], row["metric"])


def _expectation(row: Mapping[str, Any]) -> Expectation:
    opening = None if row["opening"] is None else float(row["opening"])
    return Expectation(_key(row), row["date"], tuple(float(one) for one in row["points"]), opening)


def _tripwire(row: Mapping[str, Any]) -> Tripwire:
    chance = None if row["chance"] is None else float(row["chance"])
    return Tripwire(_key(row), row["when"], float(row["threshold"]), row["by"], row["then"], chance)
