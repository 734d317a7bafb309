"""The users of one market as arrays: one column per attribute, one position per simulated user.

A simulated user stands for `weight` people of the market. Users 0..active-1 are online now; the rest are newcomers who
wait for the internet to reach them. Draws are keyed on `uid`, so the order of users never matters.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

PAY, STUDENT, FAMILY = 1, 2, 4
BUNDLE_SHIFT = 8  # bit 8 + platform position: customer of the contract that carries the platform's bundle
AGE_BANDS = ("13-19", "20-39", "40-59", "60+")
MAX_PLATFORMS = 24  # one bit each in `aware`, `tried`, and from BUNDLE_SHIFT on in `access`
MAX_OFFERS = 120  # `main` and `second` are bytes


@dataclass(slots=True)
class UserArrays:
    """All users of one market; every column has shape (n,) unless said otherwise.

    uid: identity, the key of every draw. income: PPP USD per month. price_weight: (income / mean)^-eta, capped.
    hours: listening hours per month. tiktok_hours: hours per month. ad_aversion: mean 1. taste: (labels, n) own
    listening by label, columns sum to 1. age: band number. community: group number. access: bits PAY, STUDENT, FAMILY
    and bundles. aware: bit per platform known. tried: bit per platform whose trial is used up. main, second: offer
    position, 0 for none. trial: months of trial left. tenure: 0 to 1, how settled on the main service.
    """

    uid: NDArray[np.uint32]
    income: NDArray[np.float32]
    price_weight: NDArray[np.float32]
    hours: NDArray[np.float32]
    tiktok_hours: NDArray[np.float32]
    ad_aversion: NDArray[np.float32]
    taste: NDArray[np.float32]
    age: NDArray[np.uint8]
    community: NDArray[np.int16]
    access: NDArray[np.uint32]
    aware: NDArray[np.uint32]
    tried: NDArray[np.uint32]
    main: NDArray[np.int8]
    second: NDArray[np.int8]
    trial: NDArray[np.int8]
    tenure: NDArray[np.float32]

    def __len__(self) -> int:
        return int(self.uid.shape[0])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the columns by name (the arrays themselves, not copies)."""
        return {column.name: getattr(self, column.name) for column in fields(self)}

    def copy(self) -> UserArrays:
        """Return an independent copy."""
        return UserArrays(**{name: column.copy() for name, column in self.arrays().items()})  # type: ignore[arg-type]

    def with_more(self, more: UserArrays) -> UserArrays:
        """Return these users followed by `more`, as new arrays."""
        ours, theirs = self.arrays(), more.arrays()
        return UserArrays(**{name: np.concatenate([column, theirs[name]], axis=-1) for name, column in ours.items()})

    def room(self, size: int) -> UserArrays:
        """Return columns like these for `size` users, not filled yet."""
        return UserArrays(
            **{name: np.empty((*column.shape[:-1], size), column.dtype) for name, column in self.arrays().items()}
        )

    def fill(self, begin: int, part: UserArrays) -> None:
        """Write the users of `part` from position `begin` on."""
        theirs = part.arrays()
        for name, column in self.arrays().items():
            column[..., begin : begin + len(part)] = theirs[name]

    def take(self, positions: NDArray[np.integer]) -> UserArrays:
        """Return the users at `positions`, in that order, as new arrays (a subsample or a reordering)."""
        return UserArrays(
            **{name: np.ascontiguousarray(column[..., positions]) for name, column in self.arrays().items()}
        )

    def bytes_per_user(self) -> float:
        """Return the memory of all columns divided by the number of users."""
        return sum(column.nbytes for column in self.arrays().values()) / max(1, len(self))
