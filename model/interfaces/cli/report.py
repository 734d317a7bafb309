"""The command `report`: one question answered in a single HTML file and in Markdown, every number with its source."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import Markets, Months, Quiet, ScenarioWord, Seed, Setting, Users, app
from model.interfaces.cli.ensembles import EnsembleOption, MembersOption

USUAL_DRAWS = 6


@app.command("report")
def report_command(
    scenario: ScenarioWord, *,
    versus: Annotated[str | None, typer.Option("--vs", metavar="SCENARIO", help="What it is held against, on the same "
                                               "draws. Default: nothing, it is told by itself.")] = None,
    replicates: Annotated[int | None, typer.Option(metavar="N", help="Runs of each scenario. Default: 8.")] = None,
    users: Users = None, months: Months = None, seed: Seed = None, markets: Markets = None, settings: Setting = None,
    ensemble: EnsembleOption = None, members: MembersOption = None,
    deal_draws: Annotated[int, typer.Option(metavar="N", help="Futures of each licence that an event turns on; 0 for "
                                            "none.")] = USUAL_DRAWS,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Outcome that the answer is judged by, as resso.users. "
                                           "Default: ByteDance's income if all that differs is its own, else operating "
                                           "income of the service in focus.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the report; an earlier one there is "
                                             "replaced. Default: results/report-<scenario>-<digest>.")] = None,
    quiet: Quiet = False,
) -> int:  # fmt: skip
    """Write a report: the answer first, then evidence, uncertainty, deals, rivals, patterns, assumptions, provenance.

    How to read it: docs/report.md. Example: resonance report tiktok_integration --vs baseline --out report
    """
    from model.experiments.report.document import bare
    from model.interfaces.cli.ensembles import members_asked_for, tell_members
    from model.interfaces.cli.overrides import load_scenarios
    from model.interfaces.cli.progress import RunProgress
    from model.interfaces.cli.running import STOPPED, check_writable

    wholes = {"users": users, "months": months, "seed": seed}
    names = [scenario, *([] if versus is None else [versus])]
    plans = load_scenarios(names, settings=settings or [], markets=markets, wholes=wholes)
    drawn = members_asked_for(ensemble, members, seed=plans[0].seed, instead=[("--replicates", replicates)])
    against = f"-{plans[1].digest[:8]}" if len(plans) > 1 else ""
    place = out or Path("results") / f"report-{plans[0].name}-{plans[0].digest}{against}"
    check_writable(place)
    tell_members(drawn, plans, runs=len(plans) * len(drawn) if drawn else 0, quiet=quiet)
    from model.experiments.answer_folder import check_folder
    from model.experiments.report import make_report

    check_folder(place, kind="report")
    again = _again(
        names, {**wholes, "markets": markets, "replicates": replicates, "ensemble": ensemble, "members": members,
                "by": by, "deal-draws": None if deal_draws == USUAL_DRAWS else deal_draws}, settings or [],
    )  # fmt: skip
    with RunProgress(quiet=quiet) as show:
        try:
            report = make_report(
                plans[0], versus=plans[1] if len(plans) > 1 else None, replicates=replicates,
                ensemble=drawn.ensemble if drawn else None, members=len(drawn) if drawn else None,
                deal_draws=deal_draws, by=by, progress=show, folder=str(place), command=again,
            )  # fmt: skip
        except KeyboardInterrupt:
            print("resonance: stopped; no report is written.", file=sys.stderr)
            return STOPPED
    page = report.save(place)
    if not quiet:
        answer, *beside = report.document.sections[0].blocks
        print(f"{report.document.title}\n\n{bare(getattr(answer, 'text', ''))}\n")
        for item in getattr(beside[0], "items", ()):
            print(f"- {bare(item)}")
        print()
    print(f"Saved the report ({page.name}, {page.stem}.md, {len(report.document.pictures)} pictures, "
          f"{len(report.numbers())} numbers): {place}")  # fmt: skip
    return 0


def _again(names: Sequence[str], given: Mapping[str, object], settings: Sequence[str]) -> str:
    """Return the command that makes the report again. given: values of options by name, None for those left out."""
    words = ["resonance", "report", names[0], *(["--vs", names[1]] if len(names) > 1 else [])]
    words += [text for name, value in given.items() if value is not None for text in (f"--{name}", str(value))]
    return shlex.join([*words, *(text for one in settings for text in ("--set", one))])
