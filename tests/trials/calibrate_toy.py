"""A calibration by the toy of the calibration's tests, kept and saved like a real one: `calibrate_toy FOLDER WORKERS`.

Waves, stores, emulators, chains and files are the real ones; a life is the toy's, which takes no time but a pause.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from model.experiments.answer_folder import check_folder
from model.experiments.calibration.calibrating import calibrate
from model.experiments.calibration.plan import Sizes
from model.experiments.calibration.result import BESIDE, KIND
from model.experiments.sweep.case import Case, Rows
from model.foundation.errors import InputError
from tests.experiments.calibration.conftest import Toy, toy_plan

SIZES = Sizes(first=14, again=5, second=6, again_second=0, truths=20, draws=20, lived=10, steps=300, cloud=2**11)
PAUSE = 0.03  # seconds of a life


class SlowToy(Toy):
    """The toy with a pause, which puts down how long each life took, as a real one does."""

    def __call__(self, case: Case) -> Rows:
        """Live one point."""
        begun = time.perf_counter()
        time.sleep(PAUSE)
        rows = super().__call__(case)
        return {**rows, "runs": {"seconds": [time.perf_counter() - begun]}}


def main(arguments: Sequence[str]) -> int:
    """Do what `resonance calibrate --out FOLDER` does, with the toy. arguments: the folder, and how many workers."""
    folder, workers = Path(arguments[0]), int(arguments[1])
    try:
        check_folder(folder, kind=KIND, beside=BESIDE)
        found = calibrate(toy_plan(sizes=SIZES), folder=folder, workers=workers, work=SlowToy())
        found.save(folder)
    except InputError as error:
        print(f"resonance: {error}")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
