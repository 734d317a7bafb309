"""The results of a calibration as a page: all tables stand there, and the page in docs is of the shipped ensemble."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.experiments.calibration.page import HEADING, results_section
from model.experiments.calibration.result import CalibrationResult
from model.experiments.ensembles import open_ensemble

PAGE = Path(__file__).parents[3] / "docs" / "calibration.md"


def test_levels_are_the_start_grown_by_the_lives(found: CalibrationResult) -> None:
    row = found.levels.set_index(["words", "date"]).loc[("Spotify's users, world", "2020-12")]
    assert row["recorded"] == 345.0
    growth = found.draws.moments[:, found.plan.targets.names.index("world_users_2020")]
    middle = np.average(271.0 * np.exp(growth), weights=found.lived_weights)  # the toy begins at 271 M
    assert row["50"] == pytest.approx(middle, rel=0.02)
    assert row["5"] < row["50"] < row["95"]
    assert set(found.levels["date"]) == {"2020-12"}  # nothing behind the window


def test_the_page_holds_every_parameter_moment_and_verdict(found: CalibrationResult) -> None:
    text = results_section(found)
    assert text.startswith(HEADING + "\n")
    for row in found.posterior.to_dict("records"):
        line = next(line for line in text.splitlines() if line.startswith(f"| `{row['parameter']}`"))
        assert line.endswith(f"| {row['contraction']:.0%} | {row['verdict']} |")
    for row in found.moments.to_dict("records"):
        line = next(line for line in text.splitlines() if line.startswith(f"| {row['words']} |"))
        assert line.endswith("| met |" if row["met"] else "| **missed** |")
    widths = {line.count("|") for line in text.split("Levels, which")[0].splitlines() if line.startswith("|")}
    assert widths == {6}


def test_the_page_in_the_documents_is_that_of_the_shipped_ensemble() -> None:
    made = open_ensemble("posterior_2022_12").made
    text = PAGE.read_text(encoding="utf-8")
    results = text[text.index(HEADING) :]
    assert str(made["digest"]) in results, "copy results.md of the calibration that made the ensemble into the page"
    for verdict in ("told", "not told", "silent"):
        for name in made[verdict.replace(" ", "_")]:  # type: ignore[attr-defined]
            line = next(line for line in results.splitlines() if line.startswith(f"| `{name}`"))
            assert line.endswith(f"| {verdict} |"), name
