"""Calibration: what the record of 2019 to 2022 tells of the uncertain parameters, as an ensemble for forecasts."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.experiments.calibration.calibrating import calibrate
    from model.experiments.calibration.plan import CalibrationPlan, Sizes, plan_calibration, window_of
    from model.experiments.calibration.result import CalibrationResult
    from model.experiments.calibration.waves import CalibrationStopped, Lives

_WHERE = {
    "CalibrationPlan": "plan", "CalibrationResult": "result", "CalibrationStopped": "waves", "Lives": "waves",
    "Sizes": "plan", "calibrate": "calibrating", "plan_calibration": "plan", "window_of": "plan",
}  # fmt: skip

__all__ = [
    "CalibrationPlan",
    "CalibrationResult",
    "CalibrationStopped",
    "Lives",
    "Sizes",
    "calibrate",
    "plan_calibration",
    "window_of",
]


def __getattr__(name: str) -> object:
    """Import a name when it is first asked for: what calibrates needs packages that the model does without."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
