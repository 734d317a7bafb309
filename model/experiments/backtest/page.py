"""The page of a backtest, docs/backtest.md: how it is done in fixed words, and what it came to in tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill

import numpy as np
import pandas as pd

from model.experiments.backtest.baselines import BASELINES
from model.experiments.backtest.forecasting import ANCHORED, DRESSED, JUDGED_BY, RAW
from model.experiments.backtest.naming import series_words
from model.experiments.backtest.result import Backtest
from model.experiments.backtest.scoring import RULES, SERIES
from model.experiments.backtest.told import Told
from model.experiments.history import LEFT_OUT, METRICS, SeriesKey

HEAD = """# Backtest

What the model, calibrated to the record up to a month, says of the months after it, scored against naive rules. The
page is made by `./resonance backtest --out FOLDER` (`backtest.md` and the figures there); a test holds that its fixed
parts are those of the code. `--quick` runs a small version in seconds, with draws of the prior in place of a
calibration: it shows that the machinery works and nothing else.

```
./resonance backtest --train-until 2021-12 --test-until 2022-12 --out results/backtest
./resonance backtest --ensemble FILE --outcomes my_outcomes.csv --test-until 2023-12
./resonance backtest --quick
```

## What is known, what is not

- **Calibration** (that of `./resonance calibrate`) looks at outcomes of the training window only; the waves of runs
  that teach its emulators are of the model, not of the record, and may serve several windows (`--lives-from`).
- **Forecasts** are given what was known at the end of training, and the dated actions of the whole period (entries,
  exits, prices, bans, catalogues: scenario `history_2020_2022`, after it `history_2023_2024`). Nothing else of the
  later months: a test changes every later figure and finds the same forecasts to the last bit.
- **Not clean**, and said here because nobody can undo it: the start of December 2019 carries levels of other services
  back from October 2022 ([data.md](data.md)); exchange rates and advertising prices are those of 2022; the model's form
  and the likely ranges of its parameters were chosen by people who knew the whole record. Wins are to be read with that
  in mind.
- **Money** is in USD at the average rate of 2022. Spotify reports in euros, of any year at that one rate here: what the
  dollar's rise did to its revenue in 2022 is in the record and in no forecast.

## Three ways of the model, four naive rules

| name | forecast |
|---|---|
"""
WAYS = {
    RAW: "what the members of the ensemble lived, with their weights: levels and all",
    ANCHORED: "the last known figure, moved on by each member as it moved since (ratios, for shares differences)",
    DRESSED: "anchored, and spread by how far the same rule was off inside the training window",
}
AFTER_WAYS = """
Naive rules know the last figure, so the model is compared with them anchored and dressed, `{judged}`; that was fixed
before any score was seen. The raw forecast shows what the model makes of levels by itself. The naive rules and the
dressed model get their spread by one law: played at every origin inside the training window, root mean square of their
errors at the same distance, where there are three or more; else all errors, divided by the root of their distance. The
dressed model's errors are a little too small, since it was calibrated to the same window.

**Score**: the continuous ranked probability score (CRPS) of the whole distribution, in the unit of the series; for a
single number it is the absolute error. Skill against a rule is 1 - score / score of the rule. A series is **won** where
the model is better than every naive rule, the best of them chosen afterwards. A rule whose past is too short to give
it a spread is not played. Figures that somebody judged (estimates of the project) train but score nobody, and so does
a figure by which a declared parameter has its default (TikTok's advertising income of 2022): no calibration undoes
that. Scored are other figures read or recalled, and those of `--outcomes`.
"""
OUTCOMES = """
## Outcomes of your own

`--outcomes FILE.csv`: columns `entity,market,metric,date,value,unit`, and if you like `note` and `source`. entity: a
service, `tiktok`, or `all` (all services of a market). market: an ISO code of the twenty, several joined by `+`, a
region of Spotify's, or `WORLD`. date: `YYYY-MM`, for quarters and years their last month. Figures up to the end of
training join what is known to all rules (not the calibration, which rests on the project's record); later ones are
scored. Where the file and the record have the same figure, the file's counts. Every fault is told, with line, rule and
way out: unknown word, wrong unit, a figure twice, a column that is missing, a date that is none, a number that is none
or impossible, a file cut off.

```
entity,market,metric,date,value,unit,source
spotify,WORLD,users,2023-03,515,M,first-quarter letter
resso,IN+ID+BR,users,2022-12,38,M,
```

| metric | unit | meaning | dated by |
|---|---|---|---|
"""
PERIODS = {1: "the month", 3: "the last month of the quarter", 12: "December"}


def backtest_page(found: Backtest | Told) -> str:
    """Return the page of a backtest."""
    told = found if isinstance(found, Told) else found.told
    return "".join([
        HEAD, *(f"| `{name}` | model: {words} |\n" for name, words in WAYS.items()),
        *(f"| `{one.name}` | {one.words} |\n" for one in BASELINES), AFTER_WAYS.format(judged=JUDGED_BY),
        _result(told), OUTCOMES,
        *(f"| `{one.name}` | {one.unit} | {one.meaning} | {PERIODS[one.period]} |\n" for one in METRICS.values()),
        "\n## Dated facts that are not taken\n\n| facts | why |\n|---|---|\n",
        *(f"| {ids} | {why} |\n" for ids, why in LEFT_OUT),
    ])  # fmt: skip


def fixed_parts() -> tuple[str, ...]:
    """Return the parts of the page that do not depend on a result."""
    rows = [f"| `{name}` | model: {words} |" for name, words in WAYS.items()]
    rows += [f"| `{one.name}` | {one.words} |" for one in BASELINES]
    rows += [f"| `{one.name}` | {one.unit} | {one.meaning} | {PERIODS[one.period]} |" for one in METRICS.values()]
    rows += [f"| {ids} | {why} |" for ids, why in LEFT_OUT]
    return (HEAD, AFTER_WAYS.format(judged=JUDGED_BY), OUTCOMES, *rows)


def _result(found: Told) -> str:
    window, made = found.window, found.made
    lines = [
        f"\n## Result: known to {window.train_until}, forecast to {window.test_until}\n",
        f"Members: {found.members} of `{made.get('name')}`, worth {found.worth:.0f} of equal weight; "
        f"{_method(made)}. {found.users:,} simulated users in each of {found.markets} markets.\n",
        *_standing(found),
        _folded(wins_words(found, strong="**")),
        "![Skill of every series](images/backtest_skill.png)\n",
        "### Won\n", _series_rows(found.won), "### Lost\n", _series_rows(found.lost),
        "### By months ahead\n",
        "Ratio: score of the model over the rule's, median of the series; below 1 the model is better.\n",
        _horizon_rows(found.horizons),
        "### Coverage\n",
        "Part of the outcomes inside the central intervals; the place is the part of a forecast below what came, 0.5\n"
        "on average where it is right. Outcomes of one series and of one date are not independent.\n",
        _coverage_rows(found.coverage),
        "![World](images/backtest_fans_world.png)\n", "![Regions and markets](images/backtest_fans_places.png)\n",
    ]  # fmt: skip
    if found.notices:
        lines += ["Left out or taken over:\n", "\n".join(f"- {one}" for one in found.notices) + "\n"]
    return "\n".join(lines)


def _standing(found: Told) -> list[str]:
    """Return what must be said first of members that were not calibrated, or to later outcomes."""
    head, _, rest = standing_words(found).partition(". ")
    return [_folded(f"**{head}.** {rest}")] if head else []


def standing_words(found: Told) -> str:
    """Return what must be said before any number is read; "" for a forecast of calibrated members."""
    if found.standing == "not calibrated":
        return (
            "Not calibrated. These members are draws of what was believed before any outcome was looked at: the "
            "bar that a calibration is held against. The command without `--ensemble` calibrates first."
        )
    if found.standing == "no forecast":
        return (
            f"No forecast. These members were calibrated to outcomes until {found.last_seen}, after the training "
            "window."
        )
    return ""


def wins_words(found: Told, *, strong: str = "") -> str:
    """Return how many series were won, and how many chance alone would win. strong: put round the count."""
    chance = found.chance
    return (
        f"{strong}{chance.wins} of {chance.series} series won{strong} against every naive rule. If the model and the "
        f"rules were all alike, {chance.expected:.1f} would be won by chance, and {chance.wins} or more with "
        f"probability {chance.as_many:.2f}. Series hang together (users, payers and their ratio; revenue and its "
        f"parts): counted as {chance.groups} groups, {chance.group_wins} won, as many or more by chance with "
        f"probability {chance.as_many_groups:.2f}. No single series can be called better on {_outcomes(found)} "
        "outcomes of its own."
    )


def _folded(words: str) -> str:
    return fill(words, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def _outcomes(found: Told) -> str:
    numbers = sorted(set(found.series["outcomes"].tolist()))
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _method(made: Mapping[str, object]) -> str:
    window = made.get("window")
    told = f"{made.get('method', 'of unknown making')}"
    if isinstance(window, Sequence) and not isinstance(window, str):
        told += f", on outcomes from {window[0]} to {window[-1]}"
    return told


def _series_rows(series: pd.DataFrame) -> str:
    if not len(series):
        return "None.\n"
    rows = [
        [series_words(SeriesKey(*(str(row[name]) for name in SERIES))), str(row["unit"]), str(row["outcomes"]),
         *(_number(row[name]) for name in (RAW, ANCHORED, DRESSED, *RULES)), str(row["best_rule"]),
         f"{row['skill']:+.0%}"]
        for row in series.to_dict("records")
    ]  # fmt: skip
    head = ["series", "unit", "outcomes", RAW, ANCHORED, DRESSED, *RULES, "best rule", "skill against it"]
    return _table(head, rows)


def _horizon_rows(horizons: pd.DataFrame) -> str:
    rows = [
        [str(row["horizon"]), str(row["against"]), f"{row['wins']} of {row['series']}", f"{row['ratio']:.2f}"]
        for row in horizons.to_dict("records")
    ]
    return _table(["months ahead", "against", "better in", "ratio"], rows)


def _coverage_rows(coverage: pd.DataFrame) -> str:
    rows = [
        [str(row["method"]), str(row["outcomes"]), f"{row['in50']:.0%}", f"{row['in90']:.0%}", f"{row['place']:.2f}"]
        for row in coverage.to_dict("records")
    ]
    return _table(["forecast", "outcomes", "in 50%", "in 90%", "mean place"], rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


def _number(value: object) -> str:
    return (
        "" if not isinstance(value, float) or np.isnan(value) else f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
    )
