"""The commands about licences: `deal`, `wave`, `talks`, `dilemma`, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import Markets, Months, Replicates, ScenarioWord, Seed, Setting, Users, app
from model.interfaces.cli.ensembles import EnsembleOption, MembersOption


@app.command("deal")
def deal_command(
    *,
    platform: Annotated[str, typer.Option(metavar="SERVICE", help="Service that needs the licence, e.g. resso.")],
    label: Annotated[str, typer.Option(metavar="LABEL", help="Label that holds the music, e.g. sony.")],
    markets: Annotated[str, typer.Option(metavar="CODES", help="Markets of the licence, as IN,ID,BR, or ALL.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="streaming, or clips for music on TikTok.")] = "streaming",
    scenario: Annotated[str, typer.Option(metavar="SCENARIO", help="World in which the talks are.")] = "june_2022",
    settings: Setting = None,
    at: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="When it begins. Default: at the start.")] = None,
    months: Annotated[int, typer.Option(metavar="N", help="Term in months.")] = 24,
    draws: Annotated[int | None, typer.Option(metavar="N", help="Futures with other draws, parameters and beliefs. "
                                              "Default: 12.")] = None,
    users: Annotated[int, typer.Option(metavar="N", help="Simulated users per market in each future.")] = 3000,
    weight: Annotated[float | None, typer.Option(metavar="B", help="Bargaining weight of the label, 0 to 1. Default: "
                                                 "the declared one of the pair.")] = None,
    protocol: Annotated[str, typer.Option(metavar="NAME", help="How they talk: offers, nash, rubinstein or "
                                          "take_it_or_leave_it.")] = "offers",
    talks: Annotated[int, typer.Option(metavar="N", help="Talks played for each draw.")] = 20,
    terms: Annotated[Path | None, typer.Option(metavar="FILE", help="Term sheet (TOML) to judge, e.g. "
                                        "rev_share_paid = 0.52. A term left out is none here (a scenario's deals keep "
                                        "it as it was).")] = None,
    ensemble: EnsembleOption = None, members: MembersOption = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for tables and a figure.")] = None,
) -> int:  # fmt: skip
    """What a licence is worth to both sides, whether they agree, and what a term sheet does, from lived futures."""
    from model.interfaces.cli.deal import show_deal
    from model.interfaces.cli.ensembles import members_asked_for, tell_members
    from model.interfaces.cli.overrides import load_scenario

    plan = load_scenario(scenario, settings=settings or [], markets=None, wholes={})
    drawn = members_asked_for(ensemble, members, seed=plan.seed, instead=[("--draws", draws)])
    tell_members(drawn, [plan], runs=len(drawn or ()))
    return show_deal(
        plan, platform=platform, label=label, markets=markets, kind=kind, at=at, months=months, draws=draws,
        users=users, weight=weight, protocol=protocol, talks=talks, terms=terms, out=out, drawn=drawn,
    )  # fmt: skip


@app.command("wave")
def wave_command(
    *,
    scenario: Annotated[str, typer.Option(metavar="SCENARIO", help="World in which licences come up.")] = "june_2022",
    settings: Setting = None, markets: Markets = None,
    platforms: Annotated[str | None, typer.Option(metavar="NAMES", help="Services. Default: the ten largest.")] = None,
    labels: Annotated[str | None, typer.Option(metavar="NAMES", help="Labels. Default: the ten largest.")] = None,
    at: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="When they begin. Default: at the start.")] = None,
    months: Annotated[int, typer.Option(metavar="N", help="Term in months.")] = 12,
    draws: Annotated[int, typer.Option(metavar="N", help="Worlds with other draws and uncertain parameters.")] = 3,
    users: Annotated[int, typer.Option(metavar="N", help="Simulated users per market in each world.")] = 2000,
    orders: Annotated[int, typer.Option(metavar="N", help="Orders of expiry tried beside the recorded one.")] = 4,
    solution: Annotated[str, typer.Option(metavar="NAME", help="nash_in_nash: all contracts answer; nash: one does.")]
    = "nash_in_nash",
    weight: Annotated[float | None, typer.Option(metavar="B", help="Labels' bargaining weight, 0 to 1. Default: the "
                                                 "declared one of each pair.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for tables and a figure.")] = None,
) -> None:  # fmt: skip
    """Price all licences between the largest services and labels at once, and see which are renewed."""
    from model.interfaces.cli.overrides import load_scenario
    from model.interfaces.cli.wave import show_wave

    plan = load_scenario(scenario, settings=settings or [], markets=markets, wholes={})
    show_wave(
        plan, at=at, months=months, users=users, draws=draws, orders=orders, platforms=platforms, labels=labels,
        solution=solution, weight=weight, out=out,  # type: ignore[arg-type]
    )  # fmt: skip


@app.command("talks")
def talks_command(
    scenario: ScenarioWord, *, replicates: Annotated[
        str, typer.Option(metavar="N", help="Runs with other draws after the same start.")
    ] = "20",
    users: Users = None, months: Months = None, seed: Seed = None, markets: Markets = None, settings: Setting = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for tables and a figure.")] = None,
) -> int:  # fmt: skip
    """Live the talks that a scenario plans many times: how they end, who walks out and why, how long they last.

    Example: resonance talks sony_at_the_table --replicates 200 --set talks.protocol=nash
    """
    from model.interfaces.cli.overrides import load_scenario
    from model.interfaces.cli.talks import show_talks

    plan = load_scenario(
        scenario, settings=settings or [], markets=markets,
        wholes={"users": users, "months": months, "seed": seed, "replicates": replicates},
    )  # fmt: skip
    return show_talks(plan, replicates=plan.replicates, out=out)


@app.command("dilemma")
def dilemma_command(
    scenario: Annotated[str, typer.Argument(metavar="[SCENARIO]", help="Name or TOML file.")] = "baseline", *,
    users: Users = "2000", months: Months = "12", seed: Seed = None, replicates: Replicates = "4",
    markets: Markets = "BR,US", settings: Setting = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for a table and a figure.")] = None,
) -> None:  # fmt: skip
    """Say what majors lose by leaving TikTok alone and together with all labels, and what of it single songs make."""
    from model.interfaces.cli.dilemma import show_dilemma
    from model.interfaces.cli.overrides import load_scenario

    plan = load_scenario(
        scenario, settings=settings or [], markets=markets,
        wholes={"users": users, "months": months, "seed": seed, "replicates": replicates},
    )  # fmt: skip
    show_dilemma(plan, out=out)
