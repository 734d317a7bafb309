"""The commands `decide` and `review`: a decision frozen with what was expected of it, and held against what came."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import Markets, Months, Quiet, Replicates, ScenarioWord, Seed, Setting, Users, app
from model.interfaces.cli.ensembles import EnsembleOption, MembersOption

Several = list[str] | None


@app.command("decide")
def decide_command(
    scenario: ScenarioWord, *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The log, a new file (JSON). It is never overwritten.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="What is decided. Default: the scenario's name.")] = "",
    choice: Annotated[str, typer.Option(metavar="TEXT", help="What is chosen. Default: the scenario's name.")] = "",
    alternative: Annotated[Several, typer.Option("--alternative", metavar="TEXT", help="What else there was; may be "
                                                 "given often.")] = None,
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    expect: Annotated[Several, typer.Option("--expect", metavar="SERIES", help='A series and a month, as "resso ID '
                                            'users 2023-12"; may be given often. Default: users and payers of the '
                                            "services that the scenario changes.")] = None,
    tripwire: Annotated[Several, typer.Option("--tripwire", metavar="RULE", help='When to think again, as "resso ID '
                                              'users < 5 by 2023-12: stop"; may be given often.')] = None,
    users: Users = None, months: Months = None, seed: Seed = None, replicates: Replicates = None,
    markets: Markets = None, settings: Setting = None, ensemble: EnsembleOption = None, members: MembersOption = None,
    quiet: Quiet = False,
) -> int:  # fmt: skip
    """Freeze a decision for a scenario: choice, alternatives, what is expected with intervals, and tripwires.

    The format: docs/report.md. Example: resonance decide tiktok_integration --ensemble posterior_2022_12 --out log.json
    --expect "resso ID users 2023-12" --tripwire "resso ID users < 5 by 2023-12: stop"
    """
    from model.experiments.decision_log import freeze, read_wishes, write_decision
    from model.experiments.decision_log.freezing import check_wishes
    from model.experiments.ensembles.living import live_members
    from model.experiments.run import run
    from model.experiments.sweep.words import count
    from model.foundation.errors import Fault, InputError
    from model.foundation.files import is_there
    from model.interfaces.cli.ensembles import members_asked_for, tell_members
    from model.interfaces.cli.overrides import load_scenario
    from model.interfaces.cli.progress import RunProgress
    from model.interfaces.cli.running import STOPPED, check_writable

    wholes = {"users": users, "months": months, "seed": seed, "replicates": replicates}
    plan = load_scenario(scenario, settings=settings or [], markets=markets, wholes=wholes)
    drawn = members_asked_for(ensemble, members, seed=plan.seed, instead=[("--replicates", replicates)])
    asked, wires = read_wishes(expect or [], tripwire or [])
    texts = [
        ("title", title),
        ("choice", choice),
        ("because", because),
        *(("alternative", a) for a in alternative or []),
    ]
    check_wishes(plan, expect=asked, tripwires=wires, texts=texts)
    if is_there(out):
        rule = "a log is a new file, since an old one is never overwritten"
        raise InputError(Fault("command line: --out", rule, str(out), "Choose another name."))
    check_writable(out.parent)
    tell_members(drawn, [plan], runs=len(drawn) if drawn else 0, quiet=quiet)
    with RunProgress(quiet=quiet) as show:
        try:
            result = run(plan, progress=show) if drawn is None else live_members(plan, drawn, progress=show)
        except KeyboardInterrupt:
            print("resonance: stopped; nothing is frozen.", file=sys.stderr)
            return STOPPED
    decision = freeze(
        result, title=title or plan.name, choice=choice, alternatives=alternative or [], because=because, expect=asked,
        tripwires=wires,
    )  # fmt: skip
    digest = write_decision(decision, out)
    if not quiet:
        for one in decision.tripwires:
            print(f"Tripwire: {one.words()}; it fires in {one.chance or 0.0:.0%} of the runs.")
        if not decision.under_ensemble:
            print("Note: without an ensemble the intervals hold chance alone; --ensemble carries uncertain parameters.")
    print(f"Frozen: {out}, {count(len(decision.expectations), 'expectation')}, "
          f"{count(len(decision.tripwires), 'tripwire')}.")  # fmt: skip
    print(f"Note its hash elsewhere, with the date: {digest}")
    return 0


@app.command("review")
def review_command(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A log of resonance decide (JSON).")],
    actuals: Annotated[Path, typer.Argument(metavar="ACTUALS", help="What came (CSV): entity, market, metric, date, "
                                            "value, unit, as for backtest --outcomes.")], *,
    noted: Annotated[str | None, typer.Option("--hash", metavar="HEX", help="The log's hash as it was noted when it "
                                              "was frozen: tells a log that was made anew.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for the review as HTML, Markdown and tables.")]
    = None,
) -> int:  # fmt: skip
    """Hold a frozen decision against what came: what held, which tripwires fired, how good the forecasts were.

    A log that was changed after it was frozen is refused. Formats: docs/report.md.
    """
    from model.experiments.decision_log import review, review_text
    from model.experiments.decision_log.keeping import check_review_folder, save_review
    from model.interfaces.cli.running import check_writable

    if out is not None:
        check_writable(out)
        check_review_folder(out)
    found = review(log, actuals, noted=noted)
    one = found.decision
    proven = "the one that was noted" if noted is not None else "hold it against the one that was noted (--hash)"
    print(f"{one.title}: {one.choice}, frozen {one.frozen[:10]}, hash {found.sha256[:16]}: {proven}\n")
    print(review_text(found))
    if out is not None:
        save_review(found, out)
        print(f"\nSaved the review (review.html, review.md, tables): {out}")
    return 0
