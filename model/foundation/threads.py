"""How many threads the kernels use: one for small markets, where starting threads costs more than the work."""

from __future__ import annotations

import numba

WORTH_THREADS = 50_000  # users from which a month's kernels gain by threads (measured)


def threads_for(users: int) -> int:
    """Set and return the number of kernel threads for a market of this many simulated users.

    Results do not depend on it. `NUMBA_NUM_THREADS` in the environment stays the upper limit.
    """
    most = int(getattr(numba.config, "NUMBA_NUM_THREADS", 1))  # set by numba at import
    number = most if users >= WORTH_THREADS else 1
    numba.set_num_threads(number)
    return number
