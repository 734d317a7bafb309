"""Term sheets: what a licence says, read from TOML, and what it would pay each side."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import MOST_WRITTEN, read_text
from model.spec.reading import check_size, shown
from model.spec.terms import TERMS, terms_of
from model.theory.royalties import MONTHS_PER_YEAR, greater_of

_BOUNDS = {name: (term.low, term.high, term.words) for name, term in TERMS.items()}
WORDS = {
    "rev_share_paid": "share of paid tiers", "rev_share_free": "share of free tiers",
    "rev_share_rewarded": "share of rewarded tiers", "per_stream_minimum_rewarded_usd": "minimum per rewarded stream",
    "per_subscriber_minimum_usd": "minimum per subscriber", "per_stream_minimum_usd": "minimum per stream",
    "minimum_guarantee_usd_m": "guarantee", "fee_usd_m": "fee", "promotional_credit_usd_m": "promotional credit",
}  # fmt: skip
"""Terms in a few words, for saying that there is none."""


REWARDED = ("rev_share_rewarded", "per_stream_minimum_rewarded_usd")


@dataclass(frozen=True, slots=True)
class TermSheet:
    """Terms of one licence; every term is 0 unless given, while in `[[deals]]` it would stay as before.

    Those of rewarded tiers are those of free tiers unless given. Units as in `terms_explained`.
    """

    rev_share_paid: float = 0.0
    rev_share_free: float = 0.0
    per_subscriber_minimum_usd: float = 0.0
    per_stream_minimum_usd: float = 0.0
    minimum_guarantee_usd_m: float = 0.0
    promotional_credit_usd_m: float = 0.0
    fee_usd_m: float = 0.0
    rev_share_rewarded: float | None = None
    per_stream_minimum_rewarded_usd: float | None = None

    @classmethod
    def from_mapping(cls, terms: Mapping[str, object], *, place: str = "term sheet") -> TermSheet:
        """Return the sheet of a mapping; InputError with every unknown term and every value out of bounds."""
        faults = []
        values: dict[str, float] = {}
        for name, value in terms.items():
            if name not in _BOUNDS:
                faults.append(
                    Fault(f"{place}: {name}", "is a term of a licence", shown(value), nearest(name, list(_BOUNDS)))
                )
                continue
            low, high, meaning = _BOUNDS[name]
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not low <= value <= high:  # type: ignore[operator]
                way = f"It is the {meaning}.{_as_share(value) if number and high == 1.0 else ''}"
                faults.append(Fault(f"{place}: {name}", f"lies in [{low:g}, {high:g}]", shown(value), way))
            else:
                values[name] = float(value)  # type: ignore[arg-type]
        raise_faults(faults)
        return cls(**values)

    @classmethod
    def load(cls, path: str | Path) -> TermSheet:
        """Return the sheet of a TOML file, which gives at least one term. Errors: InputError."""
        text = read_text(Path(path), what="a term sheet", most=MOST_WRITTEN)
        try:
            terms = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(
                Fault(str(path), "a term sheet is TOML", str(error), "Example: rev_share_paid = 0.52.")
            ) from error
        check_size(terms, place=str(path))
        if not terms:
            way = f"Give one or more of {', '.join(TERMS)}. Example: rev_share_paid = 0.52."
            raise InputError(Fault(str(path), "a term sheet gives at least one term", "no term", way))
        return cls.from_mapping(terms, place=str(path))

    def given(self) -> dict[str, float]:
        """Return the terms that are not 0, by name, and those of rewarded tiers that are given."""
        terms = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: float(value) for name, value in terms.items()
            if value is not None and (value != 0.0 or name in REWARDED)
        }  # fmt: skip

    def told(self, kind: str) -> str:
        """Return the sheet of a kind of licence in a line: the terms it pays by, then those that are none."""
        values = {name: value for name in terms_of(kind) if (value := getattr(self, name)) is not None}
        parts = [f"{name} {value:g}" for name, value in values.items() if value != 0.0]
        parts += [f"no {WORDS[name]}" for name, value in values.items() if value == 0.0]
        return ", ".join(parts)

    def check(self, kind: str) -> None:
        """Raise InputError for every term given that a kind of licence, "streaming" or "clips", does not have."""
        known = terms_of(kind)
        raise_faults([
            Fault(f"term sheet: {field.name}", f"is a term of a {kind} licence", getattr(self, field.name),
                  f"Terms: {', '.join(known)}.")
            for field in fields(self)
            if field.name not in known and field.name in self.given()
        ])  # fmt: skip

    @staticmethod
    def terms_explained() -> dict[str, str]:
        """Return each term with its unit and meaning."""
        return {field.name: _BOUNDS[field.name][2] for field in fields(TermSheet)}


def _as_share(value: object) -> str:
    """Return how a number that must be meant as a percentage is written, "" for any other."""
    return f" Write {value / 100:g} for {value:g}%." if isinstance(value, int | float) and 1.0 < value <= 100.0 else ""


@dataclass(frozen=True, slots=True)
class SheetPayments:
    """What a sheet pays the label by draw, USD per month (mean over the term): royalties, fee, top_up, promotion, and
    total.
    """

    by_draw: pd.DataFrame


def lump_sums(sheet: TermSheet, draws: pd.Index, *, part: float) -> SheetPayments:
    """Return what a sheet for clips pays in each draw: a fee and promotion, whatever happens.

    part: of the world that the asked markets are, by TikTok's advertising income (`mechanisms.clips.market_part`); the
    sums of the sheet are for the world, as in `[[deals]]`.
    """
    yearly = {"fee": sheet.fee_usd_m, "promotion": sheet.promotional_credit_usd_m}
    monthly = {name: usd_m * 1e6 * part / MONTHS_PER_YEAR for name, usd_m in yearly.items()}
    by_draw = pd.DataFrame({"royalties": 0.0, "top_up": 0.0, **monthly}, index=draws)
    return SheetPayments(by_draw.assign(total=by_draw.sum(axis=1)))


PAID = ("mini", "student", "individual", "family_per_head", "premium")


def payments(sheet: TermSheet, base: pd.DataFrame) -> SheetPayments:
    """Return what a sheet would pay on the royalty bases of the deal arm (`DealFutures.base`).

    Royalties are the greater of revenue share and minimum per tier, times the label's usage share. The guarantee is
    annual; what royalties leave of it is topped up at the end of each year of the term, in part for a part of a year.
    """
    return Bases(base).payments(sheet)


class Bases:
    """Royalty bases ready to be paid on by many sheets. base: as in `DealFutures.base`."""

    def __init__(self, base: pd.DataFrame) -> None:
        self.tiers = base["tier"].to_numpy()
        self.paid, self.bundled = np.isin(self.tiers, PAID), self.tiers == "bundle"
        self.rewarded = self.tiers == "free_rewarded"
        names = ("usage_share", "net_revenue", "subscriptions", "streams")
        self.amounts = {name: base[name].to_numpy(np.float64) for name in names}
        months = base["month"].to_numpy(np.int64)
        self.draws, draw = np.unique(base["draw"].to_numpy(np.int64), return_inverse=True)
        self.term = int(months.max())
        self.years = -(-self.term // MONTHS_PER_YEAR)
        self.cell = draw * self.years + (months - 1) // MONTHS_PER_YEAR  # of draw and year
        self.seen = np.minimum(MONTHS_PER_YEAR, self.term - MONTHS_PER_YEAR * np.arange(self.years))

    def payments(self, sheet: TermSheet) -> SheetPayments:
        """Return what a sheet pays on them."""
        shares, minima = (
            np.where(self.rewarded, free if own is None else own, free)
            for own, free in ((sheet.rev_share_rewarded, sheet.rev_share_free),
                              (sheet.per_stream_minimum_rewarded_usd, sheet.per_stream_minimum_usd))
        )  # fmt: skip
        share = np.where(self.paid | self.bundled, sheet.rev_share_paid, shares)
        owed, _ = greater_of(
            self.amounts["usage_share"][:, None],
            rev_share=share[:, None],
            net_revenue=self.amounts["net_revenue"],
            per_subscriber_minimum=np.where(self.paid, sheet.per_subscriber_minimum_usd, 0.0)[:, None],
            subscriptions=self.amounts["subscriptions"],
            per_stream_minimum=np.where(self.paid, 0.0, minima)[:, None],
            streams=self.amounts["streams"],
        )
        royalties = np.bincount(self.cell, owed[:, 0], self.draws.size * self.years).reshape(-1, self.years)
        least = sheet.minimum_guarantee_usd_m * 1e6 * self.seen / MONTHS_PER_YEAR
        by_draw = pd.DataFrame({
            "royalties": royalties.sum(axis=1) / self.term,
            "top_up": np.maximum(least - royalties, 0.0).sum(axis=1) / self.term,
            "fee": 0.0, "promotion": sheet.promotional_credit_usd_m * 1e6 / MONTHS_PER_YEAR,
        }, index=pd.Index(self.draws, name="draw"))  # fmt: skip
        by_draw["total"] = by_draw.sum(axis=1)
        return SheetPayments(by_draw)
