"""Term sheets: what a licence says, read from TOML, and what it would pay each side."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import read_text
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
                faults.append(Fault(f"{place}: {name}", "is a term of a licence", value, nearest(name, list(_BOUNDS))))
                continue
            low, high, meaning = _BOUNDS[name]
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not low <= value <= high:  # type: ignore[operator]
                way = f"It is the {meaning}.{_as_share(value) if number and high == 1.0 else ''}"
                faults.append(Fault(f"{place}: {name}", f"lies in [{low:g}, {high:g}]", value, way))
            else:
                values[name] = float(value)  # type: ignore[arg-type]
        raise_faults(faults)
        return cls(**values)

    @classmethod
    def load(cls, path: str | Path) -> TermSheet:
        """Return the sheet of a TOML file, which gives at least one term. Errors: InputError."""
        text = read_text(Path(path), what="a term sheet")
        try:
            terms = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise InputError(
                Fault(str(path), "a term sheet is TOML", str(error), "Example: rev_share_paid = 0.52.")
            ) from error
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
    paid, bundled = base["tier"].isin(PAID).to_numpy(), base["tier"].eq("bundle").to_numpy()
    rewarded = base["tier"].eq("free_rewarded").to_numpy()
    shares, minima = (
        np.where(rewarded, free if own is None else own, free)
        for own, free in ((sheet.rev_share_rewarded, sheet.rev_share_free),
                          (sheet.per_stream_minimum_rewarded_usd, sheet.per_stream_minimum_usd))
    )  # fmt: skip
    share = np.where(paid | bundled, sheet.rev_share_paid, shares)
    per_subscriber = np.where(paid, sheet.per_subscriber_minimum_usd, 0.0)
    per_stream = np.where(paid, 0.0, minima)
    owed, _ = greater_of(
        base["usage_share"].to_numpy()[:, None],
        rev_share=share[:, None],
        net_revenue=base["net_revenue"].to_numpy(),
        per_subscriber_minimum=per_subscriber[:, None],
        subscriptions=base["subscriptions"].to_numpy(),
        per_stream_minimum=per_stream[:, None],
        streams=base["streams"].to_numpy(),
    )
    rows = base[["draw", "month"]].assign(royalties=owed[:, 0])
    rows["year"] = (rows["month"] - 1) // MONTHS_PER_YEAR
    term = int(rows["month"].max())
    years = rows.groupby(["draw", "year"])["royalties"].sum().reset_index()
    seen = np.minimum(MONTHS_PER_YEAR, term - years["year"] * MONTHS_PER_YEAR)
    years["top_up"] = np.maximum(sheet.minimum_guarantee_usd_m * 1e6 * seen / MONTHS_PER_YEAR - years["royalties"], 0.0)
    by_draw = years.groupby("draw")[["royalties", "top_up"]].sum() / term
    by_draw["fee"] = 0.0
    by_draw["promotion"] = sheet.promotional_credit_usd_m * 1e6 / MONTHS_PER_YEAR
    by_draw["total"] = by_draw.sum(axis=1)
    return SheetPayments(by_draw)
