"""The picture of the labels' dilemma: losses by leaving TikTok alone, and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from model.results.canvas import canvas, panel_title, unit_axis
from model.results.palette import INK, SOFT, name_of

if TYPE_CHECKING:
    from model.experiments.dilemma import Dilemma
    from model.spec.scenario import Scenario

COLOURS = {"alone": "#D55E00", "together": "#0072B2"}
SHIFT = {"alone": -0.14, "together": 0.14}
PANELS = {"music": "Income from music", "all": "With fees for clips"}


def dilemma_figure(found: Dilemma) -> Figure:
    """Return two pictures, with and without fees for clips: a dot and an interval per label and way of leaving."""
    plan = found.plan
    high = 2.05 + 0.55 * len(found.labels)
    figure, axes = canvas(
        1, 2, size=(11.5, high), left=0.13, right=0.97, wspace=0.12, bottom=0.62 / high, top=1.0 - 1.2 / high,
        title="Leaving TikTok alone, and all labels together", title_left=0.02,
        subtitle=f"Loss of a label, share of what it earns by staying; {plan.name}, {', '.join(plan.markets)}, "
        f"{plan.months} months, {found.replicates} paired replicates; "
        f"TikTok loses {100 * found.tiktok['together']:.1f}% of its hours where all leave.\n{_put_in(plan)}",
    )  # fmt: skip
    ends = found.losses[["low", "high"]].to_numpy() * 100.0
    left, right = min(0.0, float(ends.min())), max(0.0, float(ends.max()))
    room = 0.05 * (right - left or 1.0)
    for place, (spot, (money, title)) in enumerate(zip(axes, PANELS.items(), strict=True)):
        rows = found.losses[found.losses["money"] == money]
        for leaving, colour in COLOURS.items():
            own = rows[rows["leaving"] == leaving]
            y = [found.labels.index(label) + SHIFT[leaving] for label in own["label"]]
            spot.hlines(y, 100 * own["low"], 100 * own["high"], color=colour, linewidth=2.0)
            words = "alone" if leaving == "alone" else "together with all others"
            spot.plot(100 * own["loss"], y, "o", color=colour, label=words)
        spot.axvline(0.0, color=SOFT, linewidth=0.8)
        spot.set_ylim(len(found.labels) - 0.5, -0.5)
        spot.set_yticks(range(len(found.labels)), [name_of(label) if place == 0 else "" for label in found.labels])
        spot.tick_params(axis="y", colors=INK)
        spot.grid(True, axis="x")
        spot.grid(False, axis="y")
        spot.set_xlim(left - room, right + room)  # the same in both, so that lengths may be compared
        unit_axis(spot, suffix="%", axis="x")
        panel_title(spot, title)
    axes[0].legend(loc="upper left", bbox_to_anchor=(0.0, -0.12), ncols=2, fontsize=8, borderpad=0.0, frameon=False)
    return figure


def _put_in(plan: Scenario) -> str:
    """Return what of the picture is an assumption."""
    pull = plan.parameters["promotion_pull"]
    if pull == 0.0:
        return "Single songs alone: promotion of whole catalogues by clips (promotion_pull) is 0"
    put_in = f"promotion_pull {pull:g}, an assumption whose sign is not known"
    return f"Mostly put in: {put_in}, beside the lift of single songs"
