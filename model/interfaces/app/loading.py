"""A file that is loaded into the page: read strictly, and opened where all that it says is right."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace

from model.foundation.errors import Fault, InputError, raise_faults
from model.interfaces.app.licences import deals_of
from model.interfaces.app.on_the_way import settings_of
from model.interfaces.app.restore import LARGEST_TEXT, Licence, PageState, plan_of, read_file
from model.interfaces.app.session import Session

PLACE = "file"
"""Name of the file among the session's faults."""
_MEANT = "Is it the file that was meant?"


def load(session: Session, told: Mapping[str, object]) -> bool:
    """Open a saved page or a scenario; returns whether it was right, else the session's faults say what is wrong.

    told: by the browser, with size in bytes and data in base64, None where it is too large or could not be read. The
    run stays as it is where anything is wrong.
    """
    try:
        state = read_file(_bytes_of(told), state=session.state)
        check_changes(state)
    except InputError as error:
        session.faults[PLACE] = error.faults
        session.tell()
        return False
    return session.begin(state, place=PLACE)


def check_changes(state: PageState) -> None:
    """Raise InputError with everything that is wrong with a state's scenario, or else with what was set on the way."""
    plan, faults = plan_of(state), list[Fault]()
    for one in state.changes:
        try:
            deals_of(plan, one) if isinstance(one, Licence) else settings_of(plan, one.key, one.value)
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    raise_faults(faults)


def faults_of_file(session: Session) -> tuple[Fault, ...]:
    """Return what is wrong with the file that was loaded last; each says where in the file, which nobody sees here."""
    return tuple(replace(one, rule=f"{one.place}: {one.rule}") for one in session.faults.get(PLACE, ()))


def _bytes_of(told: Mapping[str, object]) -> bytes:
    size, data = told.get("size"), told.get("data")
    if isinstance(size, int) and size > LARGEST_TEXT:
        raise InputError(Fault("file", f"has at most {LARGEST_TEXT:,} bytes", f"{size:,} bytes", _MEANT))
    if not isinstance(data, str):
        raise InputError(Fault("file", "can be read", str(told.get("name", "nothing"))[:60], _MEANT))
    if len(data) > 4 * (LARGEST_TEXT // 3 + 1):  # whatever it said of its size
        raise InputError(Fault("file", f"has at most {LARGEST_TEXT:,} bytes", "more", _MEANT))
    try:
        return base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InputError(Fault("file", "comes whole", "something else", "Load it again.")) from error
