"""The commands of `resonance` and their options; what they do is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.ensembles import EnsembleOption, MembersOption
from model.interfaces.cli.stopping import StoppableGroup

app = typer.Typer(
    name="resonance", cls=StoppableGroup,
    help="A market laboratory for music streaming: who listens where, who pays, and who earns what, month by month.",
    epilog="Environment: RESONANCE_CACHE is the folder for settled starts (off: keep none); RESONANCE_DEBUG=1 shows "
    "tracebacks; NO_COLOR=1 prints without colours.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

ScenarioWord = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or a TOML file.")]
Setting = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set any key of the scenario; may be given often. "
                 "Example: --set platforms.resso.integration.ID=1.0. All keys: docs/notation.md"),
]  # fmt: skip
Users = Annotated[str | None, typer.Option(metavar="N", help="Simulated users per market at the start.")]
Months = Annotated[str | None, typer.Option(metavar="N", help="Months simulated.")]
Seed = Annotated[str | None, typer.Option(metavar="N", help="Root of all random numbers.")]
Replicates = Annotated[str | None, typer.Option(metavar="N", help="Runs with other draws after the same start.")]
Markets = Annotated[str | None, typer.Option(metavar="CODES", help="Markets to run, as IN,ID,BR, or ALL.")]

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder for tables and figures; an earlier result there is replaced. "
        "Default: results/<scenario>-<digest>.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")]
Notes = Annotated[bool, typer.Option("--notes", help="Print what the facts left open in the run's markets.")]
NoFigure = Annotated[bool, typer.Option("--no-figure", help="Save no figure.")]
Terms = Annotated[list[str] | None, typer.Argument(metavar="[TERMS]...", help="Words that all must occur.")]
Weak = Annotated[bool, typer.Option("--weak", help="What is weakly known at the start, the weightiest doubt first.")]
FactId = Annotated[str | None, typer.Option("--id", metavar="ID", help="One fact by its id, e.g. prc-0001.")]
Limit = Annotated[int, typer.Option(metavar="N", min=0, help="Most lines to print; 0 prints all.")]


@app.command("run")
def run_command(
    scenario: ScenarioWord, *, users: Users = None, months: Months = None, seed: Seed = None,
    replicates: Replicates = None, markets: Markets = None, settings: Setting = None,
    ensemble: EnsembleOption = None, members: MembersOption = None,
    out: Out = None, quiet: Quiet = False, notes: Notes = False, no_figure: NoFigure = False,
) -> int:  # fmt: skip
    """Run a scenario, print who listens where, who pays and who earns what, and save tables and figures.

    What may be set, key by key: docs/notation.md; parameters: resonance parameters.
    """
    from model.interfaces.cli.ensembles import members_asked_for, tell_members
    from model.interfaces.cli.overrides import load_scenario
    from model.interfaces.cli.running import run_and_save

    plan = load_scenario(
        scenario, settings=settings or [], markets=markets,
        wholes={"users": users, "months": months, "seed": seed, "replicates": replicates},
    )  # fmt: skip
    drawn = members_asked_for(ensemble, members, seed=plan.seed, instead=[("--replicates", replicates)])
    tell_members(drawn, [plan], runs=len(drawn) if drawn else 0, quiet=quiet)
    return run_and_save(
        plan, out=out, quiet=quiet, with_figure=not no_figure, with_notes=notes, members=drawn,
    )  # fmt: skip


@app.command("explain")
def explain_command(
    scenario: ScenarioWord, *, users: Users = None, months: Months = None, seed: Seed = None,
    replicates: Replicates = None, markets: Markets = None, settings: Setting = None,
) -> None:  # fmt: skip
    """Say in words what a scenario will do, month by month."""
    from model.interfaces.cli.overrides import load_scenario

    plan = load_scenario(
        scenario, settings=settings or [], markets=markets,
        wholes={"users": users, "months": months, "seed": seed, "replicates": replicates},
    )  # fmt: skip
    print(plan.explain())


@app.command("facts")
def facts_command(
    terms: Terms = None, *, weak: Weak = False, fact_id: FactId = None, limit: Limit = 40,
    unused: Annotated[bool, typer.Option("--unused", help="Facts that nothing uses, counted by table with reasons; "
                                         "a table's name lists them.")] = False,
    assumptions: Annotated[bool, typer.Option("--assumptions", help="Parameters that matter most, by a screening; "
                                              "an outcome's name chooses the ranking.")] = False,
    measure: Annotated[bool, typer.Option("--measure", help="With --assumptions: run the screening anew, some "
                                          "minutes.")] = False,
) -> None:  # fmt: skip
    """Print what is known and how well: value, unit, date, confidence and source.

    Examples: resonance facts IN spotify; resonance facts --weak ID; resonance facts --id prc-0001; resonance facts
    --assumptions
    """
    from model.interfaces.cli.listing import print_facts, print_one_fact, print_weak
    from model.interfaces.cli.uses import check_one_list, print_assumptions, print_unused

    check_one_list(weak=weak, fact_id=fact_id, unused=unused, assumptions=assumptions, measure=measure)
    if unused:
        print_unused(terms or [], limit=limit)
    elif assumptions:
        print_assumptions(terms or [], limit=limit, measure=measure)
    elif fact_id is not None:
        print_one_fact(fact_id)
    elif weak:
        print_weak(terms or [], limit=limit)
    else:
        print_facts(terms or [], limit=limit)


@app.command("parameters")
def parameters_command(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One parameter, in full.")] = None, *,
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Page to write, docs/parameters.md.")] = None,
) -> None:  # fmt: skip
    """Print the declared parameters: default, likely range, unit, meaning and source."""
    from model.interfaces.cli.listing import print_parameter, print_parameters, write_parameters

    if write is not None:
        write_parameters(write)
    elif name is None:
        print_parameters()
    else:
        print_parameter(name)


@app.command("scenarios")
def scenarios_command() -> None:
    """List the scenarios that can be run by name."""
    from model.interfaces.cli.listing import print_scenarios

    print_scenarios()


@app.command("patterns")
def patterns_command(
    users: Annotated[int, typer.Option(help="Simulated users per market.", min=50, max=10_000_000)] = 10_000,
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Page to write, as docs/patterns.md.")] = None,
    mark: Annotated[Path | None, typer.Option(metavar="FILE", help="Run nothing: write into a page whether its numbers "
                                              "are of this code; exit code 1 if not.")] = None,
) -> int:  # fmt: skip
    """Hold the model against what was observed: target, model, and hit, miss or input. Takes about a minute.

    What a miss means: docs/patterns.md. Example: resonance patterns --write docs/patterns.md
    """
    from model.interfaces.cli.patterns import mark_page, print_patterns

    if mark is not None:
        return mark_page(mark)
    print_patterns(users=users, page=write)
    return 0


@app.command("compare")
def compare_command(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Two or more names or TOML files; the first is the base.")
    ], *,
    replicates: Annotated[int | None, typer.Option(metavar="N", help="Replicates of each at first, 3 or more. "
                                                   "Default: 6.")] = None,
    most: Annotated[int | None, typer.Option(metavar="N", help="Most replicates. Default: 48.")] = None,
    outcomes: Annotated[str | None, typer.Option(metavar="NAMES", help="What to compare, as "
                                                 "resso.users,sony.label_income,tiktok_profit. Default: of what "
                                                 "differs.")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Outcome of the ranking. Default: ByteDance's income if"
                                           " all that differs is its own, else operating income of the first "
                                           "service.")] = None,
    platforms: Annotated[str | None, typer.Option("--platform", metavar="NAMES", help="Services, in place of what "
                                                  "differs.")] = None,
    users: Users = None, months: Months = None, seed: Seed = None, markets: Markets = None, settings: Setting = None,
    every_market: Annotated[bool, typer.Option("--by-market", help="Print every market, not totals alone.")] = False,
    ensemble: EnsembleOption = None, members: MembersOption = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for tables and a figure.")] = None,
    no_figure: NoFigure = False,
) -> int:  # fmt: skip
    """Compare scenarios under common random numbers, with more replicates until their ranking is settled.

    Example: resonance compare tiny tiktok_integration --markets ID,BR --users 2000 --months 12
    """
    from model.interfaces.cli.compare import show_comparison
    from model.interfaces.cli.ensembles import members_asked_for, tell_members
    from model.interfaces.cli.overrides import load_scenarios

    plans = load_scenarios(
        scenarios, settings=settings or [], markets=markets, wholes={"users": users, "months": months, "seed": seed},
    )  # fmt: skip
    instead = [("--replicates", replicates), ("--most", most)]
    drawn = members_asked_for(ensemble, members, seed=plans[0].seed, instead=instead)
    tell_members(drawn, plans, runs=len(drawn or ()) * len(plans))
    return show_comparison(
        plans, replicates=replicates, most=most, outcomes=outcomes, by=by, platforms=platforms, out=out,
        with_figure=not no_figure, every_market=every_market, ensemble=drawn.ensemble if drawn else None,
        members=members,
    )  # fmt: skip


@app.command("why")
def why_command(
    first: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name or TOML file: what is started from.")],
    second: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name or TOML file: what differs from it.")], *,
    outcome: Annotated[str, typer.Option(metavar="NAME", help="Outcome, as resso.users or label_income.")],
    market: Annotated[str | None, typer.Option(metavar="CODE", help="One market. Default: all together.")] = None,
    over: Annotated[str, typer.Option(metavar="WHEN", help="horizon (all months) or end (the last).")] = "horizon",
    replicates: Annotated[int, typer.Option(metavar="N", help="Replicates of each world between the two.")] = 4,
    orders: Annotated[int | None, typer.Option(metavar="N", help="Sampled orders. Default: all groups of up to 8 "
                                               "differences, 64 orders beyond.")] = None,
    users: Users = None, months: Months = None, seed: Seed = None, markets: Markets = None, settings: Setting = None,
    by_market: Annotated[bool, typer.Option("--by-market", help="Take each market's levers apart.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for tables and a figure.")] = None,
) -> int:  # fmt: skip
    """Say why two scenarios differ: Shapley shares over the levers, events and parameters in which they differ.

    Example: resonance why baseline tiktok_integration --outcome resso.users --markets ID,BR --users 2000
    """
    from model.interfaces.cli.explain_difference import show_explanation
    from model.interfaces.cli.overrides import load_scenarios

    plans = load_scenarios(
        [first, second], settings=settings or [], markets=markets,
        wholes={"users": users, "months": months, "seed": seed},
    )  # fmt: skip
    return show_explanation(
        plans, outcome=outcome, market=market, over=over, replicates=replicates, orders=orders, by_market=by_market,
        out=out,
    )  # fmt: skip


@app.command("sweep")
def sweep_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Sweep file (TOML), or a name in scenarios/sweeps.")], *,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes. Default: one per core; 1: this one.")]
    = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster, as "
                                             "tcp://10.0.0.5:8786.")] = None,
    resume: Annotated[bool, typer.Option("--resume/--fresh", help="Go on with what the folder holds, or delete the "
                                         "sweep there and begin anew.")] = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the runs. Default: "
                                             "results/sweep-<name>-<digest>.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Say how many runs there are and how long they take; keep "
                                      "nothing.")] = False,
    ensemble: EnsembleOption = None, members: MembersOption = None, quiet: Quiet = False,
) -> int:  # fmt: skip
    """Run a scenario at many points under several policies, keep every finished run, and go on where it was stopped.

    How files are written: docs/sweeps.md. Example: resonance sweep price_in_indonesia --dry
    """
    from model.interfaces.cli.sweep import show_sweep

    return show_sweep(
        file, workers=workers, dask=dask, resume=resume, out=out, dry=dry, quiet=quiet, ensemble=ensemble,
        members=members,
    )  # fmt: skip


@app.command("accept")
def accept_command(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="Scenarios of the library. Default: all.")
    ] = None, *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 if a number changed.")] = False,
) -> int:  # fmt: skip
    """Say which headline numbers of the scenarios changed, and accept them as the expected ones.

    How each is run: scenarios/expected/plan.toml. Example: resonance accept tiktok_integration
    """
    from model.interfaces.cli.expected import accept

    return accept(scenarios or [], check=check)


@app.command("charts")
def charts_command(
    *,
    weeks: Annotated[int, typer.Option(metavar="N", min=1, help="Climb to number one that makes a sleeper.")] = 59,
    years: Annotated[int, typer.Option(metavar="N", min=3, help="Years of each of four charts.")] = 100,
) -> None:
    """Hold simulated charts against the Hot 100, and count sleepers like Heat Waves, with TikTok and without it."""
    from model.interfaces.cli.charts import show_charts

    show_charts(weeks=weeks, years=years)


@app.command("docking")
def docking_command(
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]...", help="Cases, as bass or bertrand. Default: all.")
    ] = None, *,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for figures, the table and the page.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A small version, in half a minute.")] = False,
) -> int:  # fmt: skip
    """Hold the code against closed forms and independent solutions; exit code 1 if one is outside its tolerance.

    Cases and why they differ: docs/docking.md. Example: resonance docking bass --out bass
    """
    from model.interfaces.cli.docking import show_docking

    return show_docking(cases or [], full=not quick, out=out)


@app.command("chest")
def chest_command(
    scenario: Annotated[str, typer.Argument(metavar="[SCENARIO]", help="Name or TOML file.")] = "war_chest", *,
    users: Users = None, months: Months = None, seed: Seed = None, replicates: Replicates = None,
    markets: Markets = None, settings: Setting = None,
) -> int:  # fmt: skip
    """Cumulate what ByteDance's music loses in a scenario, and say how long its money of 2021 would carry that."""
    from model.interfaces.cli.chest import show_chest
    from model.interfaces.cli.overrides import load_scenario

    plan = load_scenario(
        scenario, settings=settings or [], markets=markets,
        wholes={"users": users, "months": months, "seed": seed, "replicates": replicates},
    )  # fmt: skip
    return show_chest(plan)


@app.command("version")
def version_command() -> None:
    """Print the version."""
    from model import __version__

    print(f"resonance {__version__}")


from model.interfaces.cli import calibration_commands as _calibration_commands  # noqa: E402, F401 - as below
from model.interfaces.cli import decide as _decide  # noqa: E402, F401 - likewise
from model.interfaces.cli import page as _page  # noqa: E402, F401 - likewise
from model.interfaces.cli import report as _report  # noqa: E402, F401 - likewise
from model.interfaces.cli import search_commands as _search_commands  # noqa: E402, F401 - its commands join `app`
