"""The ledger: every payment from one account to another, in nominal USD, balanced every month.

Accounts are named by what they are and where: `users:IN`, `platform:spotify:IN`, `label:sony`, `label:long_tail:IN`,
`tax:IN`, `publishers`, `app_stores`, `outside`. Payments are kept as columns of numbers, so a run of 20 markets and 36
months costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.foundation.errors import BalanceError, Fault, InputError
from model.foundation.months import show_month

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

TOLERANCE = 1e-9
LOCAL_LABELS = ("other_local_majors", "long_tail")
"""Labels that are other firms in each market, so that each market has its own account for them."""


class Page(NamedTuple):
    """Payments of a month as columns: account numbers, kind numbers and USD, one row per payment."""

    month: int
    payers: Ids
    payees: Ids
    kinds: Ids
    amounts: Floats


def label_account(label: str, *, market: str) -> str:
    """Return the account of a label: one for the world, or one per market for local majors and the long tail."""
    return f"label:{label}:{market}" if label in LOCAL_LABELS else f"label:{label}"


class Ledger:
    """Payments of a run and the balances they leave; all accounts open at 0."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._ids: dict[str, int] = {}
        self._kinds: list[str] = []
        self._kind_ids: dict[str, int] = {}
        self._kept: dict[tuple[str, ...], Ids] = {}  # of those who are paid month after month
        self._kept_kinds: dict[tuple[str, ...], Ids] = {}
        self._closed: list[Page] = []
        self._open: list[Page] = []
        self._open_month: int | None = None
        self._balances = np.zeros(0)
        self._changes = np.zeros(0)  # of the open month, kept apart so that old balances add no rounding

    @property
    def accounts(self) -> tuple[str, ...]:
        """Names of all accounts, in the order of their first use."""
        return tuple(self._names)

    def ids(self, names: str | Sequence[str]) -> Ids:
        """Return the account numbers of names (opening accounts that are new): () for one name, else (n,).

        Those of a tuple are looked up once, and cannot be written to.
        """
        return self._numbers(names, self._names, self._ids, self._kept)

    def kind_ids(self, kinds: str | Sequence[str]) -> Ids:
        """Return the numbers of kinds of payment, as `ids` does for accounts."""
        return self._numbers(kinds, self._kinds, self._kind_ids, self._kept_kinds)

    @classmethod
    def _numbers(
        cls, wanted: str | Sequence[str], names: list[str], known: dict[str, int], kept: dict[tuple[str, ...], Ids]
    ) -> Ids:
        if isinstance(wanted, str):
            return np.asarray(cls._number(wanted, names, known))
        found = kept.get(wanted) if isinstance(wanted, tuple) else None
        if found is None:
            found = np.array([cls._number(name, names, known) for name in wanted], dtype=np.int64)
            if isinstance(wanted, tuple):
                found.setflags(write=False)
                kept[wanted] = found
        return found

    @staticmethod
    def _number(name: str, names: list[str], known: dict[str, int]) -> int:
        number = known.setdefault(name, len(names))
        if number == len(names):
            names.append(name)
        return number

    def post(
        self,
        payer: str | Sequence[str],
        *,
        payee: str | Sequence[str],
        amount: ArrayLike,
        kind: str | Sequence[str],
        month: int,
    ) -> None:
        """Book payments of USD `amount` from payer to payee; the four broadcast against each other, zeros are dropped.

        Errors: InputError for a negative or unbounded amount or a payment to oneself; BalanceError for a month out of
        turn.
        """
        self.post_ids(self.ids(payer), payees=self.ids(payee), kinds=self.kind_ids(kind), amounts=amount, month=month)

    def post_ids(self, payers: Ids, *, payees: Ids, kinds: Ids, amounts: ArrayLike, month: int) -> None:
        """Book payments between account numbers from `ids`, kinds from `kind_ids`; as `post`."""
        if self._open_month is None:
            if self._closed and month <= self._closed[-1].month:
                raise BalanceError(f"ledger: {show_month(month)} is closed; payments go to a later month")
            self._open_month = month
        elif month != self._open_month:
            raise BalanceError(f"ledger: close {show_month(self._open_month)} before paying in {show_month(month)}")
        paying, receiving, named, money = payers, payees, kinds, np.asarray(amounts, dtype=np.float64)
        if not (money.ndim == 1 and payers.shape == payees.shape == kinds.shape == money.shape):
            table = np.broadcast_arrays(payers, payees, kinds, money)
            paying, receiving, named, money = (column.ravel() for column in table)
        kept = money != 0.0  # NaN stays, and is refused below
        if kept.all():  # what is kept must not change when the caller's columns do
            paying, receiving, named, money = paying.copy(), receiving.copy(), named.copy(), money.copy()
        else:
            paying, receiving, named, money = paying[kept], receiving[kept], named[kept], money[kept]
        self._refuse(paying, receiving, named, money)
        n = len(self._names)
        self._changes = self._padded(self._changes)
        self._changes += np.bincount(receiving, money, n) - np.bincount(paying, money, n)
        self._open.append(Page(month, paying, receiving, named, money))

    def _refuse(self, payers: Ids, payees: Ids, kinds: Ids, amounts: Floats) -> None:
        wrong = ~((amounts > 0) & np.isfinite(amounts)) | (payers == payees)
        if not wrong.any():
            return
        raise InputError(
            Fault(
                f"ledger, {self._kinds[kinds[row]]} from {self._names[payers[row]]} to {self._names[payees[row]]}",
                "a payment is a finite amount above 0 between two accounts",
                float(amounts[row]),
                "Check the prices, fees and minima behind it.",
            )
            for row in np.flatnonzero(wrong)
        )

    def close(self, month: int) -> float:
        """Close a month and return its turnover in USD.

        Every account's inflow less outflow must equal its change of balance, and the changes must add to 0, both within
        1e-9 of turnover; else BalanceError.
        """
        if self._open_month not in (None, month):
            raise BalanceError(f"ledger: {show_month(month)} is not the open month")
        page = _joined(month, self._open)
        n = len(self._names)
        changes = self._padded(self._changes)
        flows = np.bincount(page.payees, page.amounts, n) - np.bincount(page.payers, page.amounts, n)
        turnover = float(page.amounts.sum())
        self._check(np.abs(changes - flows), sum_of_changes=float(changes.sum()), turnover=turnover, month=month)
        self._closed.append(page)
        self._open, self._open_month = [], None
        self._balances = self._padded(self._balances) + changes
        self._changes = np.zeros(n)
        return turnover

    def _padded(self, held: Floats) -> Floats:
        if held.size == len(self._names):
            return held
        return np.concatenate([held, np.zeros(len(self._names) - held.size)])

    def _check(self, gap: Floats, *, sum_of_changes: float, turnover: float, month: int) -> None:
        if not (gap <= TOLERANCE * turnover).all():
            worst = int(np.argmax(gap))
            raise BalanceError(
                f"ledger, {show_month(month)}: {self._names[worst]} changed by {gap[worst]:.6g} USD more or less "
                "than was paid"
            )
        if not abs(sum_of_changes) <= TOLERANCE * turnover:
            raise BalanceError(
                f"ledger, {show_month(month)}: the changes of all accounts add to {sum_of_changes:.6g} USD, not 0"
            )

    def balances(self) -> dict[str, float]:
        """Return the balance of every account in USD, open month included."""
        return dict(
            zip(self._names, (self._padded(self._balances) + self._padded(self._changes)).tolist(), strict=True)
        )

    def flows(self) -> dict[str, NDArray[Any]]:
        """Return the payments of closed months as columns: month, payer, payee, kind, amount_usd (a frame's
        columns).
        """
        names, kinds = np.array(self._names, dtype=object), np.array(self._kinds, dtype=object)
        pages = [_joined(0, []), *self._closed]
        months = np.concatenate([np.full(page.amounts.size, page.month, dtype=np.int64) for page in pages])
        book = _joined(0, pages)
        return {
            "month": months,
            "payer": names[book.payers],
            "payee": names[book.payees],
            "kind": kinds[book.kinds],
            "amount_usd": book.amounts,
        }

    def copy(self) -> Ledger:
        """Return an independent copy, for a fork."""
        twin = Ledger()
        twin._names, twin._ids = list(self._names), dict(self._ids)
        twin._kinds, twin._kind_ids = list(self._kinds), dict(self._kind_ids)
        twin._kept, twin._kept_kinds = dict(self._kept), dict(self._kept_kinds)
        twin._closed, twin._open, twin._open_month = list(self._closed), list(self._open), self._open_month
        twin._balances, twin._changes = self._balances.copy(), self._changes.copy()
        return twin


def _joined(month: int, pages: Sequence[Page]) -> Page:
    """Return the pages as one page of a month."""
    none: Ids = np.zeros(0, dtype=np.int64)
    columns = zip(Page(month, none, none, none, np.zeros(0))[1:], *(page[1:] for page in pages), strict=True)
    return Page(month, *(np.concatenate(column) for column in columns))
