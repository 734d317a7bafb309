"""The command `dilemma`: what labels lose by taking their music off TikTok, alone and all together."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich import box
from rich.table import Table

from model.experiments.answer_folder import check_folder, save_answer
from model.experiments.dilemma import ALONE, TOGETHER, Dilemma, dilemma, songs_alone
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import check_writable
from model.interfaces.cli.terminal import output
from model.results.palette import name_of
from model.results.picture_bytes import png
from model.spec.scenario import Scenario


def show_dilemma(plan: Scenario, *, out: Path | None) -> None:
    """Print losses of the majors in a scenario, and with songs alone (`promotion_pull` 0); save tables and a figure.

    out: folder for them, none by default.
    """
    if out is not None:
        check_writable(out)
        check_folder(out, kind="dilemma")
    plans = {"all": plan} | ({"songs alone": songs_alone(plan)} if plan.parameters["promotion_pull"] != 0.0 else {})
    found = {}
    with RunProgress(quiet=False) as show:
        for words, one in plans.items():

            def told(stage: str, done: int, whole: int, words: str = words) -> None:
                show(stage if words == "all" else f"{stage}, {words}", done, whole)

            found[words] = dilemma(one, replicates=plan.replicates, sizes={}, progress=told)
    for words, losses in found.items():
        _print(losses, words)
    print(
        "Clips draw attention to a label in two ways: single songs that spread, and promotion of the whole catalogue\n"
        f"(promotion_pull {plan.parameters['promotion_pull']:g}, of which neither size nor sign is known: "
        "resonance parameters promotion_pull)."
    )
    if out is not None:
        _save(found, plan, out)


def _print(found: Dilemma, words: str) -> None:
    plan, table = found.plan, Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    heads = ("label", "alone", "together", "alone, with fees", "together, with fees", "a dilemma")
    for name in heads:
        table.add_column(name, justify="left" if name == "label" else "right")
    for label in found.labels:
        losses = [
            found.loss(label, leaving, money=money) for money in ("music", "all") for leaving in (ALONE, TOGETHER)
        ]
        table.add_row(name_of(label), *(f"{loss:.2%}" for loss in losses), "yes" if found.is_dilemma(label) else "no")
    size = f"{', '.join(plan.markets)}, {plan.months} months, {found.replicates} paired replicates"
    output().print(
        f"What a label loses of its income by leaving TikTok, {'all effects' if words == 'all' else words} ({size})"
    )
    output().print(table)
    print(f"TikTok loses {found.tiktok[TOGETHER]:.1%} of its hours where all leave.\n")


def _save(found: dict[str, Dilemma], plan: Scenario, out: Path) -> None:
    table = pd.concat([one.losses.assign(effects=words) for words, one in found.items()])
    save_answer(
        out, kind="dilemma", plan=plan, question={"labels": list(found["all"].labels)}, tables={"losses": table},
        figures={"dilemma": png(found["all"].figure())},
    )  # fmt: skip
    print(f"Saved: {out}")
