"""What each pattern rests on and what a miss of it would say: a note per pattern, beside the code that measures it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PatternNote:
    """A note on a pattern.

    miss: one sentence, what it means when the model is outside the band, or for an input, when the start is far off.
    facts: ids of the observed value, () where it is a requirement on the model itself. weak: why a hit proves less than
    it seems, "" where nothing is known against it.
    """

    miss: str
    facts: tuple[str, ...] = ()
    weak: str = ""


NOTES: dict[str, PatternNote] = {
    "P1a": PatternNote(
        "People turn to paid tiers too fast or too slowly in the years before the start: price, trial or restriction "
        "of free tiers weigh wrongly against habit.",
        facts=("sqs-0037", "sqs-0001"),
    ),
    "P1b": PatternNote(
        "The part that pays does not fall as poorer markets join, so that either their growth or what people there "
        "would pay is wrong.",
        facts=("sqs-0001",),
    ),
    "P2a": PatternNote(
        "Spotify does not gain listeners as fast as it did in 2020: what drew people to streaming, and to this "
        "service, is missing or too weak.",
        facts=("sqs-0001",),
    ),
    "P2b": PatternNote(
        "The growth of three years is missed: at the declared values, where trends of demand are 0, only differences "
        "between scenarios can be trusted. Levels over years need the calibrated ensemble (docs/calibration.md says "
        "what it gives here) or the scenario growing.",
        facts=("sqs-0001",),
    ),
    "P2c": PatternNote(
        "Payers of 2020 are missed as P2a for users; if users are right, conversion is wrong.",
        facts=("sqs-0001",),
    ),
    "P2d": PatternNote(
        "Payers after three years are missed: income of services and labels is misstated by as much.",
        facts=("sqs-0001",),
    ),
    "P3a": PatternNote(
        "Growth goes to the wrong regions: newcomers to the internet find streaming too late or too soon.",
        facts=("sqs-0019", "sqs-0018"),
    ),
    "P3b": PatternNote(
        "Incomes, prices or means of payment in poorer markets weigh wrongly on whether people pay.",
        facts=("sqs-0020", "sqs-0036"),
    ),
    "P4": PatternNote(
        "Payers reconsider too often or too seldom, so that every answer to a price comes too fast or too slowly.",
        facts=("sqs-0026", "sqs-0028", "sqs-0029", "sqs-0030"),
        weak="the company's measure; of three quarters two are estimates",
    ),
    "P5": PatternNote(
        "Free tiers feed paid ones too little or too much: what a scenario says about closing or cutting free "
        "listening is off in that direction.",
        facts=("oth-0001", "oth-0002"),
        weak="a statement of 2018, older than the start",
    ),
    "P6a": PatternNote(
        "The start of Resso is wrong, and with it every scenario about it.",
        facts=("byt-0006",),
        weak="the assimilation of the start sets it",
    ),
    "P6b": PatternNote(
        "The start of Resso's payers is wrong.",
        facts=("byt-0014", "byt-0015", "clp-0014"),
        weak="the assimilation of the start sets it",
    ),
    "P7a": PatternNote(
        "The start of India is wrong.",
        facts=("oth-0013", "mkt-0772"),
        weak="the assimilation of the start sets it",
    ),
    "P7b": PatternNote(
        "The start of Indonesia is wrong.",
        facts=("mkt-0775",),
        weak="the assimilation of the start sets it",
    ),
    "P7c": PatternNote(
        "Free listening earns labels in Indonesia too much or too little against subscriptions: licence terms of free "
        "tiers, or advertising there, are wrong.",
        facts=("mkt-0778", "mkt-0779"),
        weak="terms and the level of advertising are given; video is taken off the record by a rule",
    ),
    "P7d": PatternNote(
        "The start of Brazil is wrong.",
        facts=("shr-0061",),
        weak="the assimilation of the start sets it",
    ),
    "P7e": PatternNote(
        "The start of Brazil's services is wrong.",
        facts=("shr-0058",),
        weak="the assimilation of the start sets it",
    ),
    "P8a": PatternNote(
        "People who lose a free tier would pay too readily: closing free listening would look too good.",
        facts=("oth-0012", "shr-0034"),
    ),
    "P8b": PatternNote(
        "A closing free tier drives people out of streaming, or brings some in, beyond what is possible.",
        facts=("shr-0034", "prc-0020"),
        weak="the record knows the sign alone; the band was written with the result known",
    ),
    "P9a": PatternNote(
        "Losing a major's catalogue costs a service nothing, or ends it at once: what catalogues are worth, and so "
        "what licences should cost, is wrong.",
        facts=("byt-0018", "clp-0012", "lbl-0077"),
        weak="the record knows sign and order alone; the band was written with the result known",
    ),
    "P9b": PatternNote(
        "Leaving a small service costs a major noticeably: its threat to leave would carry too little.",
        facts=("byt-0018", "clp-0012"),
    ),
    "P10": PatternNote(
        "Label income of a market is off by more than half: its prices, mix of tiers or advertising are wrong there.",
        weak="licence terms and the level of advertising are given, so that volumes and mixes alone are tested",
    ),
    "P11a": PatternNote(
        "Songs stay on charts too long or too short, so that hits, and who owns them, are wrong.",
        facts=("vir-0021", "vir-0022"),
        weak="the parameters were fitted to this distribution, on other draws",
    ),
    "P11b": PatternNote(
        "The top of the chart turns over too fast or too slowly: what a hit is worth is wrong.",
        facts=("vir-0018", "vir-0019"),
        weak="as P11a",
    ),
    "P11c": PatternNote(
        "TikTok alone does not explain how charts changed: nothing about what it does to charts may be read from the "
        "fit of 2019 to 2022 alone.",
        facts=("vir-0019", "vir-0021"),
    ),
    "P11d": PatternNote(
        "As P11c, for weeks at number one.",
        facts=("vir-0019",),
    ),
    "P12a": PatternNote(
        "New listeners answer a service's price too strongly or too weakly: best prices are off.",
        facts=("dem-0012", "rng-0004"),
        weak="the observed value is an estimate with a wide range",
    ),
    "P12b": PatternNote(
        "Those who already pay leave a dearer service too readily or hardly at all: price rises would look too bad or "
        "too good.",
        facts=("dem-0009", "rng-0001"),
        weak="the observed value is an estimate with a wide range",
    ),
    "P12c": PatternNote(
        "The whole market shrinks too much or too little when all prices rise.",
        facts=("dem-0010", "rng-0002"),
        weak="the observed value is an estimate with a wide range",
    ),
    "P13a": PatternNote(
        "What a service keeps of its income is misstated: costs beside licences are wrong.",
        facts=("adv-0034",),
        weak="licence terms are given",
    ),
    "P13b": PatternNote(
        "Minima and guarantees bind too often or too seldom on top of the revenue shares.",
        facts=("lic-0018",),
        weak="licence terms are given",
    ),
    "P13c": PatternNote(
        "The level of advertising at the start is wrong.",
        facts=("sqs-0001",),
        weak="all services' advertising is set per free listener",
    ),
    "P13d": PatternNote(
        "Hours are too few or too many: payments per stream and advertising per hour are off by as much.",
        facts=("adv-0038",),
    ),
    "P14a": PatternNote(
        "How TikTok's advertising grew is not understood: what its growth does to rivals' prices is off.",
        facts=("adv-0001", "adv-0002", "adv-0003", "adv-0004"),
    ),
    "P14b": PatternNote(
        "The start of TikTok's income by market is wrong.",
        facts=("adv-0003",),
        weak="the assimilation of the start sets it",
    ),
    "S1": PatternNote(
        "Some service does not begin at its observed level: its scenarios begin from another world.",
    ),
    "S2": PatternNote(
        "Levels move although nothing happens: what a scenario does to such a service is mixed with drift.",
    ),
}
"""The note of each pattern by its name, in the order of the page."""
