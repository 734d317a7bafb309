"""From the words of the command line to a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model.foundation.errors import Fault, InputError, raise_faults
from model.spec.names import ALL
from model.spec.reading import parse_assignment
from model.spec.scenario import Scenario


def load_scenario(
    name_or_path: str, *, settings: Sequence[str], markets: str | None, wholes: Mapping[str, str | None]
) -> Scenario:
    """Return the validated scenario with the command line's wishes on top.

    settings: texts "a.b=c". markets: codes with commas between. wholes: texts of the options for whole numbers.
    Errors: InputError with every fault.
    """
    faults: list[Fault] = []
    wishes: dict[str, object] = {}
    texts = [f"{key}={text}" for key, text in wholes.items() if text is not None]
    for text in (*texts, *settings):
        _add(text, wishes, faults)
    if markets is not None:
        _choose_markets(markets, wishes, faults)
    try:
        plan = Scenario.load(name_or_path, command_line=wishes)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from error
    raise_faults(faults)
    return plan


def load_scenarios(
    names_or_paths: Sequence[str], *, settings: Sequence[str], markets: str | None, wholes: Mapping[str, str | None]
) -> list[Scenario]:
    """Return several scenarios with the same wishes on top; InputError with the faults of all, each once."""
    plans: list[Scenario] = []
    faults: list[Fault] = []
    for name in names_or_paths:
        try:
            plans.append(load_scenario(name, settings=settings, markets=markets, wholes=wholes))
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    raise_faults(faults)
    return plans


def _add(text: str, wishes: dict[str, object], faults: list[Fault]) -> None:
    try:
        key, value = parse_assignment(text)
    except InputError as error:
        faults.extend(error.faults)
        return
    if key in wishes:
        faults.append(Fault(f"command line: {key}", "a key is given once", value, "Take one of the two out."))
    wishes[key] = value


def _choose_markets(text: str, wishes: dict[str, object], faults: list[Fault]) -> None:
    """Add the choice of markets, beside levers of markets if there are any."""
    codes = [code.strip().upper() for code in text.split(",") if code.strip()]
    levers = any(key.startswith("markets.") for key in wishes)
    key = "markets.only" if levers else "markets"
    if key in wishes:
        faults.append(Fault("command line: --markets", "markets are chosen once", text, "Take one of the two out."))
    wishes[key] = ALL if codes == [ALL] else codes
