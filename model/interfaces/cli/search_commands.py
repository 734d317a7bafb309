"""Commands that ask many worlds: which assumptions matter, where the better policy changes, which levers are best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.interfaces.cli.commands import Markets, Months, ScenarioWord, Seed, Setting, Users, app

if TYPE_CHECKING:
    from model.spec.scenario import Scenario

Workers = Annotated[int | None, typer.Option(metavar="N", help="Processes. Default: one per core; 1: this one.")]
Resume = Annotated[bool, typer.Option("--resume/--fresh", help="Go on with what the folder holds, or begin anew.")]
Policies = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="Scenarios held against each other, as baseline,tiktok_integration; one alone "
                 "is held against SCENARIO."),
]  # fmt: skip
Market = Annotated[str, typer.Option(metavar="CODE", help="One market, or total.")]
Over = Annotated[str, typer.Option(metavar="WHEN", help="horizon (all months) or end (the last).")]


@app.command("sensitivity")
def sensitivity_command(
    scenario: ScenarioWord, *,
    outcome: Annotated[str, typer.Option(metavar="NAMES", help="As resso.users,bytedance_income.")],
    method: Annotated[str, typer.Option(metavar="NAME", help="morris (screens many), sobol (shares of the variance) or "
                                        "tornado (each alone, and which policy is best).")] = "morris",
    parameters: Annotated[str | None, typer.Option(metavar="NAMES", help="Parameters, as theta,beta_T.")] = None,
    subject: Annotated[str | None, typer.Option(metavar="NAMES", help="All parameters of subjects, as demand,money; "
                                                "all for all.")] = None,
    lever: Annotated[list[str] | None, typer.Option(metavar="PATH=LOW:HIGH", help="A lever; may be given often.")]
    = None,
    policies: Policies = None,
    n: Annotated[int | None, typer.Option("--n", metavar="N", help="Paths of a screening (10), base points of Sobol' "
                                          "indices (64), points of an emulator (10 an input, at least 100).")] = None,
    emulate: Annotated[bool, typer.Option("--emulate", help="Sobol' indices of an emulator: far fewer runs; refused "
                                          "where it foretells runs left out of it badly.")] = False,
    replicates: Annotated[int | None, typer.Option(metavar="N", help="Of each point. Default: 1; tornado: 4.")] = None,
    users: Users = None, months: Months = None, seed: Seed = None, markets: Markets = None, settings: Setting = None,
    market: Market = "total", over: Over = "horizon", workers: Workers = None, resume: Resume = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of runs, tables and pictures.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Say how many runs it takes.")] = False,
) -> int:  # fmt: skip
    """Say which assumptions an outcome, or the choice between policies, depends on.

    Example: resonance sensitivity tiny --outcome bytedance_income --subject demand --policies tiktok_integration --dry
    """
    from model.interfaces.cli.overrides import load_scenario
    from model.interfaces.cli.sensitivity import show_sensitivity

    def load(name: str) -> Scenario:
        wholes = {"users": users, "months": months, "seed": seed}
        return load_scenario(name, settings=settings or [], markets=markets, wholes=wholes)

    plan = load(scenario)
    return show_sensitivity(
        plan, outcomes=outcome, method=method, parameters=parameters, subjects=subject, levers=lever or [],
        policies=policies, n=n, emulate=emulate, replicates=replicates, market=market, over=over, workers=workers,
        resume=resume, out=out, dry=dry, load=load,
    )  # fmt: skip


@app.command("threshold")
def threshold_command(
    scenario: ScenarioWord, *,
    along: Annotated[str, typer.Option(metavar="NAME=LOW:HIGH", help="Lever or parameter; a parameter alone goes over "
                                       "its likely range.")],
    outcome: Annotated[str, typer.Option(metavar="NAME", help="As bytedance_income; more is better.")],
    policies: Annotated[str, typer.Option(metavar="NAMES", help="Two scenarios, or one held against SCENARIO.")],
    replicates: Annotated[int, typer.Option(metavar="N", help="Of each place, for the interval.")] = 8,
    scan: Annotated[int, typer.Option(metavar="N", help="Places of the first look.")] = 7,
    tolerance: Annotated[float, typer.Option(metavar="PART", help="Part of the range to which a crossing is enclosed.")]
    = 0.02,
    users: Users = None, months: Months = None, seed: Seed = None, markets: Markets = None, settings: Setting = None,
    market: Market = "total", over: Over = "horizon", workers: Workers = None, resume: Resume = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of runs, tables and a picture.")] = None,
) -> int:  # fmt: skip
    """Find the value of a lever or parameter below which one policy does worse than another, with its interval.

    Example: resonance threshold tiny --along integration_hours --outcome bytedance_income --policies tiktok_integration
    """
    from model.interfaces.cli.overrides import load_scenario
    from model.interfaces.cli.sensitivity import show_threshold

    def load(name: str) -> Scenario:
        wholes = {"users": users, "months": months, "seed": seed}
        return load_scenario(name, settings=settings or [], markets=markets, wholes=wholes)

    plan = load(scenario)
    return show_threshold(
        plan, along=along, outcome=outcome, policies=policies, replicates=replicates, scan=scan, tolerance=tolerance,
        market=market, over=over, workers=workers, resume=resume, out=out, load=load,
    )  # fmt: skip


@app.command("optimise")
def optimise_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Search file, or the name of one in scenarios/searches.")],
    *, workers: Workers = None, resume: Resume = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of runs, tables and pictures. Default: "
                                             "results/optimise-<name>-<digest>.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Say how many runs it takes.")] = False,
) -> int:  # fmt: skip
    """Search levers for designs that no other beats in every objective, and try the winners again with fresh draws.

    How files are written: docs/optimise.md. Example: resonance optimise resso_growth_or_money --dry
    """
    from model.interfaces.cli.optimise import show_search

    return show_search(file, workers=workers, resume=resume, out=out, dry=dry)
