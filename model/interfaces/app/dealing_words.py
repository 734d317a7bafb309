"""The deal room in sentences and tables: is there a deal, between which payments, who gains, what each term does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from model.experiments.deals.outcomes import AGREED, OPEN, TalkOutcomes
from model.experiments.deals.room import BAND
from model.experiments.deals.sheet import WORDS
from model.foundation.months import show_month
from model.interfaces.app.charts.deal import Sides, usd
from model.interfaces.app.controls import Control, nice_step
from model.interfaces.app.dealing import Choice, Held, end_of
from model.interfaces.app.words import market_name, month_name
from model.mechanisms.clips import SERVICE
from model.results.palette import name_of
from model.spec.terms import terms_of
from model.spec.usual_terms import USUAL
from model.theory.royalties import MONTHS_PER_YEAR

SUMS = ("minimum_guarantee_usd_m", "fee_usd_m", "promotional_credit_usd_m")
CAUSES = {"cannibalisation": "no payment suits both", "disagreement": "they see the worth differently"}
WHO = {"label": "the label", "platform": "the service", "both": "both"}
CERTAIN, LIKELY = 0.95, 0.5


def sides_of(choice: Choice) -> Sides:
    """Return the names of both sides."""
    return Sides("TikTok" if choice.platform == SERVICE else name_of(choice.platform), name_of(choice.label))


def lead(held: Held) -> str:
    """Return in a few words whether there is a deal."""
    share = held.agreement
    if not held.whole:
        return f"So far: a zone in {int(held.walk['zone'].sum())} of {len(held.walk)} of {held.choice.draws} futures"
    if share >= CERTAIN:
        return "There is a deal to be made"
    if share >= LIKELY:
        return "A deal is likely"
    return "A deal is doubtful" if share > 0.0 else "There is no deal to be made"


def answer(held: Held, judged: pd.DataFrame) -> list[str]:
    """Return the answer in sentences: whether and between which payments, then what this sheet does."""
    sides, walk, draws = sides_of(held.choice), held.walk, len(judged)
    there = int(walk["zone"].sum())
    least, most = float(walk["least"].mean()), float(walk["most"].mean())
    takes = f"takes {usd(least)} a month or more" if least > 0.0 else f"would even pay {usd(-least)} a month"
    pays = f"pays up to {usd(most)}" if most > 0.0 else f"would have to be paid {usd(-most)}"
    over = f"on average over {draws} futures" if draws > 1 else "in the first future"
    found = f"{sides.label} {takes} and {sides.platform} {pays}, {over}"
    in_draws = "in all of them" if there == draws else f"in {there} of them" if there else "in none of them"
    in_draws = in_draws if draws > 1 else "there" if there else "there not"
    first = f"{found}; {in_draws} a payment suits both."
    nobody = int((judged["walks"] == "nobody").sum())
    gain = f"{sides.platform} {gained(float(judged['platform'].mean()))}, {sides.label} " \
           f"{gained(float(judged['label'].mean()))}"  # fmt: skip
    paid = float(judged["paid"].mean())
    leaves = _who_walks(judged, sides) if nobody < draws else "Nobody walks away from it."
    return [first, f"This sheet pays {sides.label} {usd(paid)} a month: against no licence {gain}. {leaves}"]


def brief(held: Held, judged: pd.DataFrame) -> str:
    """Return in a line what the sheet pays and brings, means over the futures."""
    sides = sides_of(held.choice)
    paid, platform, label = (float(judged[column].mean()) for column in ("paid", "platform", "label"))
    return f"Pays {usd(paid)} a month; {sides.platform} {gained(platform)}, {sides.label} {gained(label)}."


def where_from(held: Held) -> str:
    """Return what the futures begin with and how far they reach."""
    request, choice = held.room.futures.request, held.choice
    first = month_name(show_month(held.base.plan.start_month + request.month))
    before = month_name(show_month(held.base.plan.start_month + request.month - 1))
    begun = "the live run at its opening" if request.month == 0 else f"the live run as it stands after {before}"
    known = "a licence that is there now" if held.room.futures.licensed else "a licence that is not there now"
    return (
        f"Judged from {begun}, with its people, prices and contracts and all that was changed: {known}, from {first} "
        f"on for {choice.months} months, in {places(choice.markets)}. {_futures(request.draws)} with it and without, "
        f"on all {request.users:,} simulated users a market; each with other luck, other values of "
        f"{', '.join(name.replace('_', ' ') for name in request.uncertain)} and other beliefs."
    )


def _futures(count: int) -> str:
    return "One future" if count == 1 else f"{count} futures"


def amounts(held: Held, judged: pd.DataFrame) -> list[list[str]]:
    """Return rows of (what, mean, 90% band, as revenue share)."""
    sides = sides_of(held.choice)
    names = {"most": f"Most {sides.platform} pays", "least": f"Least {sides.label} takes", "nash": "Nash payment",
             "present": "Present terms pay" if held.room.futures.licensed else "The usual terms would pay"}  # fmt: skip
    rows = []
    for what, name in names.items():
        mean, low, high, share = (number(held.summary, what, one) for one in ("mean", "low", "high", "share"))
        rows.append([name, *_band(mean, low, high), _share(share)])
    own = {"paid": "This sheet pays", "platform": f"{sides.platform} gains by it",
           "label": f"{sides.label} gains by it"}  # fmt: skip
    for column, name in own.items():
        mean, low, high = _spread(judged[column])
        rows.append([name, *_band(mean, low, high), _share(mean / held.base_usd) if column == "paid" else ""])
    return rows


def terms_table(held: Held, sheet: Mapping[str, float]) -> list[list[str]]:
    """Return a row for each term: what it is, present, on the sheet, and what its change brings each side.

    The change of a term is worth what the whole sheet brings more than the same sheet with that term as at present.
    """
    now = held.judge(sheet)
    rows = []
    for name, value in sheet.items():
        before = held.present[name]
        cells = ["as now", "as now"]
        if value != before:
            other = held.judge({**sheet, name: before})
            cells = [_moved(now[side] - other[side], name) for side in ("label", "platform")]
        mixed = " *" if name in held.mixed else ""
        rows.append([title_of(name), written(name, before) + mixed, written(name, value), *cells])
    return rows


def reasons(outcomes: TalkOutcomes) -> list[list[str]]:
    """Return rows of (how it ended, who pressed, why, share of talks, weeks, payment), the most frequent first."""
    groups = outcomes.talks.groupby(["end", "pressed", "cause"], sort=False)
    rows = []
    for (end, pressed, cause), talks in sorted(groups, key=lambda one: -len(one[1])):
        paid = talks["payment"].mean()
        rows.append([
            str(end).capitalize(), WHO.get(str(pressed), "nobody"), CAUSES.get(str(cause), "–"),
            f"{len(talks) / len(outcomes.talks):.0%}", f"{talks['weeks'].median():.0f}",
            "–" if paid != paid else usd(float(paid)),
        ])  # fmt: skip
    return rows


def talks_answer(held: Held) -> list[str]:
    """Return how the talks end, and how those of this run did, in sentences."""
    assert held.outcomes is not None
    talks, sides = held.outcomes.talks, sides_of(held.choice)
    agreed = talks[talks["end"].isin(AGREED)]
    share = f"{len(agreed) / len(talks):.0%} of {len(talks):,} talks end in a licence"
    between = ""
    if len(agreed):
        low, high = (float(agreed["payment"].quantile(one)) for one in BAND)
        between = f", at {usd(float(agreed['payment'].mean()))} a month on average (90% from {usd(low)} to {usd(high)})"
    return [f"{share}{between}.", own_end(held, sides)]


def own_end(held: Held, sides: Sides) -> str:
    """Return how the talks of this run ended."""
    talk = end_of(held)
    end, weeks = str(talk["end"]), int(talk["weeks"])
    long = f"after {weeks} week{'' if weeks == 1 else 's'} of talks" if weeks else "at the first meeting"
    if end in AGREED:
        out, extended = int(talk["weeks_out"]), int(talk["weeks_extended"])
        gap = f", {extended} of them on the old terms" if extended else ""
        gap = f", {out} of them without the music" if out else gap
        paid = usd(float(talk["payment"]))
        return f"In this run {sides.label} and {sides.platform} sign {long}{gap}, for {paid} a month."
    if end == OPEN:
        return "In this run the talks are not over in time: the old terms run on."
    who = {"label": sides.label, "platform": sides.platform, "both": "Both"}.get(str(talk["pressed"]), "Nobody")
    why = CAUSES.get(str(talk["cause"]), "")
    because = f", since {why}" if why else ""
    if held.room.futures.licensed:
        return f"In this run {who} {'walk' if who == 'Both' else 'walks'} away {long}{because}: the music leaves."
    return f"In this run there is no licence {long}{because}: all stays as it is."


def term_controls(held: Held, sheet: Mapping[str, float]) -> list[Control]:
    """Return the sliders of the sheet, from the declarations of the terms; ends fit the size of this licence."""
    known, top = terms_of(held.choice.kind), _top(held)
    found = []
    for name, value in sheet.items():
        term = known[name]
        end = min(term.high, max(_end(name, held.present[name], top), value))
        step = 0.005 if term.high == 1.0 else nice_step(end)
        mixed = "; differs by market now, the sheet has one for all" if name in held.mixed else ""
        found.append(Control(name, title_of(name), term.unit, f"{term.meaning}{mixed}", term.low, term.high, 0.0, end,
                             step, value, group="Term sheet"))  # fmt: skip
    return found


def title_of(name: str) -> str:
    """Return a term in a few words."""
    return WORDS[name][:1].upper() + WORDS[name][1:]


def written(name: str, value: float) -> str:
    """Return a term's value as a person writes it."""
    if name in SUMS:
        return f"USD {value:,.4g}M a year"
    return f"{value:.1%}" if name.startswith("rev_share") else f"USD {value:.4g}"


def places(markets: Sequence[str]) -> str:
    """Return markets in words, few of them by name."""
    if len(markets) > 4:
        return f"{len(markets)} markets"
    names = [market_name(one) for one in markets]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def gained(value: float) -> str:
    """Return "gains USD 1.2M" or "loses USD 1.2M"."""
    return f"{'gains' if value >= 0.0 else 'loses'} {usd(abs(value))}"


def number(table: pd.DataFrame, row: str, column: str) -> float:
    """Return one number of a table."""
    return float(table[column].to_numpy(float)[table.index.get_loc(row)])


def _who_walks(judged: pd.DataFrame, sides: Sides) -> str:
    names = {"platform": sides.platform, "label": sides.label, "both": "both"}
    counts = judged.loc[judged["walks"] != "nobody", "walks"].value_counts()
    told = [f"{names[str(who)]} {'walk' if who == 'both' else 'walks'} away in {count}"
            for who, count in counts.items()]  # fmt: skip
    sentence = " and ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]} of {len(judged)}."


def _top(held: Held) -> float:
    """Return USD m a year that both sides' walk-aways stay well under, over the part of the world that is asked."""
    summary, request = held.summary, held.room.futures.request
    monthly = max(number(summary, "most", "high"), number(summary, "present", "mean"), 1e3)
    part = request.world_part if request.kind == "clips" else 1.0
    return 1.5 * monthly * MONTHS_PER_YEAR / 1e6 / max(part, 1e-6)


def _end(name: str, present: float, top: float) -> float:
    if name.startswith("rev_share"):
        return 1.0
    if name in SUMS:
        return _round_up(top)
    usual = USUAL[name].most if name in USUAL else 5.0
    return _round_up(2.5 * present) if present > 0.0 else usual


def _round_up(value: float) -> float:
    digits = f"{value * 1.05:.1e}"
    return float(digits) if float(digits) >= value else value


def _spread(values: pd.Series[float]) -> tuple[float, float, float]:
    return float(values.mean()), float(values.quantile(BAND[0])), float(values.quantile(BAND[1]))


def _band(mean: float, low: float, high: float, *, signed: bool = False) -> list[str]:
    if mean != mean:
        return ["–", "–"]
    plus = "+" if signed and mean > 0.0 else ""
    return [f"{plus}{usd(mean)}", f"({usd(low)} to {usd(high)})" if signed else f"{usd(low)} to {usd(high)}"]


def _moved(gain: pd.Series[float], name: str) -> str:
    """Return what a move of a term brings a side."""
    if bool((gain == 0.0).all()):
        return "no change: minima pay more" if name.startswith("rev_share") else "no change"
    return " ".join(_band(*_spread(gain), signed=True))


def _share(value: float) -> str:
    return "–" if value != value else f"{value:.0%}"
