"""A review in words first, then in tables: the text of the terminal and the document to keep."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import pandas as pd
from scipy.stats import binom

from model.experiments.decision_log.decision import Decision
from model.experiments.decision_log.reviewing import FIRED, NOT_FIRED, NOT_YET, OVER, UNDER, UNKNOWN, Review
from model.experiments.history import SeriesKey
from model.experiments.report.document import Block, Bullets, Document, Grid, Section, Words, bare, code, plain
from model.results.palette import name_of

KICKER = "Resonance: a decision, looked back at"
FEW = 8
"""Actuals below which coverage says next to nothing."""


def review_document(found: Review) -> Document:
    """Return a review as a document."""
    one = found.decision
    about = [f"Frozen {one.frozen[:10]}, choice: {plain(one.choice)}"]
    about += [f"Against: {plain('; '.join(one.alternatives))}"] if one.alternatives else []
    about += [f"Because: {plain(one.because)}"] if one.because else []
    sections = [
        Section("What came of it", (Words(_verdict(found), "answer"), Bullets(tuple(_beside(found))))),
        Section("Expectations", tuple(_expectations(found))),
        Section("Tripwires", tuple(_tripwires(found))),
        Section("How good the forecasts were", tuple(_quality(found))),
        Section("Provenance of the decision", tuple(_made(one, found.sha256))),
    ]
    foot = "An actual inside an interval does not prove the model right, nor one outside prove it wrong."
    return Document(KICKER, plain(one.title) or plain(one.choice), tuple(about), tuple(sections), foot)


def review_text(found: Review) -> str:
    """Return what came of a decision in words, for the terminal."""
    lines = [bare(_verdict(found)), "", *(f"- {bare(item)}" for item in _beside(found))]
    return "\n".join(lines)


def series_words(key: SeriesKey) -> str:
    """Return the name of a series: "Resso users, ID"."""
    names = {"all": "all services", "tiktok": "TikTok"}
    return f"{names.get(key.entity, name_of(key.entity))} {key.metric.replace('_', ' ')}, {key.market}"


def _verdict(found: Review) -> str:
    count, whole = len(found.scored), len(found.scored) + len(found.waiting)
    if not whole:
        told = "Nothing was expected of any series."
    elif not count:
        expected = "the expectation yet: it has no" if whole == 1 else f"the {whole} expectations yet: none has an"
        told = f"Nothing can be said of {expected} actual."
    elif whole == 1:
        told = f"The one expectation {'held' if found.held else 'did not hold'}: the actual lies " + (
            "inside its 90% interval." if found.held else "outside its 90% interval."
        )
    else:
        have = "has" if count == 1 else "have"
        part = f"{count} of {whole} expectations {have} an actual; of these"
        some = part if count < whole else f"Of {whole} expectations"
        held = (
            "none held: no actual lies inside its 90% interval"
            if not found.held
            else (f"{'all' if found.held == count else found.held} held: the actual lies inside the 90% interval")
        )
        told = f"{some} {held}."
    return f"{told} {_fired(found)}"


def _fired(found: Review) -> str:
    whole = len(found.tripwires)
    if not whole:
        return "No tripwire was set."
    count = int((found.tripwires["state"] == FIRED).sum())
    if count == 0:
        unknown = int((found.tripwires["state"] == UNKNOWN).sum())
        rest = f"; {unknown} cannot be told for want of actuals" if unknown else ""
        if whole == 1:
            return "Whether the tripwire fired cannot be told: no actual." if unknown else "The tripwire did not fire."
        return f"No tripwire of {whole} fired{rest}."
    fired = "The tripwire" if whole == 1 else f"{count} of {whole} tripwires"
    return f"{fired} fired: think again."


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _beside(found: Review) -> Iterator[str]:
    rows = found.tripwires[found.tripwires["state"] == FIRED]
    for row in rows.to_dict("records"):
        then = f" Then was to be done: {plain(row['then'])}." if row["then"] else ""
        chance = f" When it was set, {row['chance']:.0%} of the runs had it fire." if row["chance"] >= 0.0 else ""
        yield (f"Fired in {row['date']}: {series_words(_key(row))} {_number(row['actual'])} {row['unit']}, "
               f"{row['when']} {row['threshold']:g}.{then}{chance}")  # fmt: skip
    for verdict, words in ((OVER, "more"), (UNDER, "less")):
        missed = found.scored[found.scored["verdict"] == verdict]
        for row in missed.head(FEW).to_dict("records"):
            yield (f"{words.capitalize()} than expected: {series_words(_key(row))} in {row['date']} came at "
                   f"{_number(row['actual'])} {row['unit']}, expected {_number(row['median'])} "
                   f"({_number(row['q05'])} to {_number(row['q95'])}).")  # fmt: skip
    if found.waiting:
        yield f"{_plural(len(found.waiting), 'expectation')} still without an actual."
    if found.beside:
        speak = "speaks" if found.beside == 1 else "speak"
        yield f"{_plural(found.beside, 'actual')} in the file {speak} of nothing that was expected or watched."
    if not found.decision.under_ensemble and len(found.scored):
        yield ("The expectations were made without an ensemble: their intervals held chance alone, and were too narrow "
               "from the start.")  # fmt: skip


def _key(row: dict[object, object] | dict[str, object]) -> SeriesKey:
    values = {str(name): str(value) for name, value in row.items()}
    return SeriesKey(values["entity"], values["market"], values["metric"])


def _number(value: object) -> str:
    return f"{float(str(value)):,.4g}"


def _expectations(found: Review) -> Iterator[Block]:
    if not len(found.scored):
        yield Words("None has an actual yet.")
    else:
        columns = ("series", "date", "expected (90%)", "came", "verdict", "place", "score", "nothing changes")
        rows = tuple(_row(row) for row in found.scored.to_dict("records"))
        yield Grid("Expected and come", columns, rows, numbers=("expected (90%)", "came", "place", *columns[-2:]))
        yield Words("Place: part of the distribution below what came, 50% in the middle. Score: CRPS in the unit of "
                    "the series, the distance between forecast and outcome, less is better; beside it the score of "
                    "saying that nothing changes from the start.")  # fmt: skip
    if found.waiting:
        listed = tuple(f"{series_words(one.key)}, {one.date}" for one in found.waiting[:30])
        more = len(found.waiting) - len(listed)
        yield Words("Without an actual so far:")
        yield Bullets((*listed, *([f"and {more} more"] if more else [])))


def _row(row: dict[object, object] | dict[str, object]) -> tuple[str, ...]:
    values = {str(name): value for name, value in row.items()}
    expected = f"{_number(values['median'])} ({_number(values['q05'])} to {_number(values['q95'])}) {values['unit']}"
    unchanged = float(str(values["unchanged"]))
    return (series_words(_key(row)), str(values["date"]), expected, f"{_number(values['actual'])} {values['unit']}",
            str(values["verdict"]), f"{float(str(values['place'])):.0%}", _number(values["crps"]),
            _number(unchanged) if isfinite(unchanged) else "-")  # fmt: skip


def _tripwires(found: Review) -> Iterator[Block]:
    if not len(found.tripwires):
        yield Words("None was set.")
        return
    rows = []
    for row in found.tripwires.to_dict("records"):
        seen = f"{_number(row['actual'])} {row['unit']} in {row['date']}" if row["date"] else "no actual"
        chance = f"{row['chance']:.0%}" if row["chance"] == row["chance"] else "-"
        rows.append((series_words(_key(row)), f"{row['when']} {row['threshold']:g} {row['unit']}", str(row["by"]),
                     str(row["state"]), seen, chance, plain(row["then"]) or "-"))  # fmt: skip
    columns = ("series", "fires", "by", "state", "seen", "chance when set", "then")
    yield Grid("Tripwires", columns, tuple(rows), numbers=("chance when set",))
    words = {NOT_YET: "a date after the last actual may still make it fire", NOT_FIRED: "its date is past"}
    told = [f"{state}: {what}" for state, what in words.items() if (found.tripwires["state"] == state).any()]
    if told:
        yield Words(f"{'; '.join(told).capitalize()}.")


def _quality(found: Review) -> Iterator[Block]:
    count = len(found.scored)
    if not count:
        yield Words("There is nothing to score yet.")
        return
    coverage = found.coverage
    inside = f"{found.held} of {count} inside 90% ({coverage['90%']:.0%}), {coverage['50%']:.0%} inside 50%"
    as_few = float(binom.cdf(found.held, count, 0.9))
    yield Words(f"Coverage: {inside}. Were the intervals right and the series independent, {found.held} or fewer of "
                f"{count} would come inside 90% with probability {_chance(as_few)}. Series hang together, so this is a "
                "rough measure" + (f"; with {count} actuals it says little." if count < FEW else "."))  # fmt: skip
    both = found.scored.dropna(subset=["unchanged"])
    if len(both):
        better = int((both["crps"] < both["unchanged"]).sum())
        yield Words(f"Against saying that nothing changes, the forecasts were nearer in {better} of {len(both)}.")
    yield _by_metric(found.scored)


def _chance(part: float) -> str:
    return "below 0.001" if part < 0.001 else f"{part:.2g}"


def _by_metric(scored: pd.DataFrame) -> Grid:
    rows = tuple(
        (str(metric).replace("_", " "), str(len(own)), f"{own['verdict'].str.startswith('inside').mean():.0%}",
         _number(own["crps"].mean()), _number(own["unchanged"].mean()) if own["unchanged"].notna().any() else "-",
         str(own["unit"].iloc[0]))
        for metric, own in scored.groupby("metric", sort=True)
    )  # fmt: skip
    columns = ("metric", "actuals", "inside 90%", "mean score", "nothing changes", "unit")
    return Grid("By metric", columns, rows, numbers=columns[1:5])


def _made(one: Decision, sha256: str) -> Iterator[Block]:
    made = one.made
    ensemble = made.get("ensemble")
    name = f"{ensemble.get('name')}, hash {ensemble.get('digest')}" if isinstance(ensemble, dict) else "none"
    run_ids = made.get("run_ids")
    ids = ", ".join(map(str, run_ids[:FEW])) if isinstance(run_ids, list) else ""
    yield Bullets((
        f"Hash of the log, which follows from what it says: {code(sha256)}",
        f"Frozen {plain(one.frozen)} by model {plain(made.get('model_version', 'unknown'))}",
        f"Scenario {plain(made.get('scenario', 'unknown'))}, hash {plain(made.get('scenario_digest', 'unknown'))}, "
        f"seed {plain(made.get('seed', 'unknown'))}; ensemble {plain(name)}",
        f"Runs: {plain(ids)}" + (" and more" if isinstance(run_ids, list) and len(run_ids) > FEW else ""),
    ))  # fmt: skip
