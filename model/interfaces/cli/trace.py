"""The command `trace`: where a number that was saved comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import app


@app.command("trace")
def trace_command(
    place: Annotated[
        Path, typer.Argument(metavar="RUN", help="Folder of a run, a sweep or an answer, or a figure of one.")
    ],
    metric: Annotated[
        str, typer.Argument(metavar="[METRIC]", help="Column or outcome, as payers or resso.users. Default: the list.")
    ] = "", *,
    market: Annotated[str, typer.Option(metavar="CODE", help="One market, as ID.")] = "",
    platform: Annotated[str, typer.Option(metavar="NAME", help="One service, as resso.")] = "",
    tier: Annotated[str, typer.Option(metavar="NAME", help="One tier, as individual.")] = "",
    label: Annotated[str, typer.Option(metavar="NAME", help="One label, as sony.")] = "",
    date: Annotated[str, typer.Option(metavar="YYYY-MM", help="One month. Default: the last, or all summed up.")] = "",
    point: Annotated[int | None, typer.Option(metavar="N", help="One point of a sweep.")] = None,
    policy: Annotated[str, typer.Option(metavar="NAME", help="One policy of a sweep, one scenario of a comparison.")]
    = "",
    full: Annotated[bool, typer.Option("--full", help="Every parameter, event, row and fact.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with all there is.")] = False,
) -> None:  # fmt: skip
    """Say where a saved number comes from: run, hash, seed, version, parameters, and facts or assumptions behind it.

    Example: resonance trace results/baseline-1a2b payers --market ID --platform resso
    """
    from model.experiments.tracing import Asked, trace_saved

    where = {"market": market, "platform": platform, "tier": tier, "label": label}
    found = trace_saved(place, Asked(metric=metric, where=where, date=date, point=point, policy=policy, full=full))
    print(json.dumps(found.plain, indent=1, ensure_ascii=False, default=str) if as_json else found.text)
