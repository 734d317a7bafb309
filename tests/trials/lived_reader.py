"""The reader that lives what it accepts: scenarios whose numbers are odd, for a month or two, with few people."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.foundation.errors import InputError
from tests.trials.readers import EDGES, Reader, put, spoken, toml_seeds

MOST_USERS, MOST_MONTHS, MOST_MARKETS = 50, 2, 2


def living(desk: Path) -> Reader:
    """Return the reader that lives accepted scenarios, made small. An accepted one must run, its numbers be numbers."""
    from model.experiments.run import run, warm_up
    from model.market.start_store import StartStore
    from model.spec.scenario import Scenario

    warm_up()
    store = StartStore(None)

    def read(content: bytes) -> None:
        plan = Scenario.load(put(desk / "living.toml", content))
        try:
            small = plan.replace({
                "users": min(plan.users, MOST_USERS), "months": min(plan.months, MOST_MONTHS), "replicates": 1,
                "markets": list(plan.markets[:MOST_MARKETS]),
            })  # fmt: skip
        except InputError:
            return  # its events, deals or talks need more months or markets
        result = run(small, starts=store)
        result.summary_text()
        for name in ("services", "labels", "markets", "offers", "tiktok"):
            table = result.frame(name)
            for column in table.select_dtypes("number"):
                values = table[column].to_numpy(np.float64)
                assert not np.isinf(values).any(), f"{name}.{column} is infinite"
            if "users" in table:
                assert (table["users"].fillna(0.0) >= 0.0).all(), f"{name}.users is negative"

    return Reader("lived scenario", "toml", (*EMPTY, *toml_seeds(""), EDGES), spoken(), read, 0.03, compiles=True)


def _left(*names: str) -> bytes:
    """Return the events by which services leave Indonesia in the first month."""
    return b"".join(
        f'[[events]]\ndate = "2022-10"\nkind = "platform_leaves"\nplatform = "{name}"\nmarkets = ["ID"]\n'.encode()
        for name in names
    )


_SMALL = b'extends = "tiny"\nmarkets = ["ID"]\nmonths = 2\nusers = 50\n'
EMPTY = (
    b'extends = "tiny"\nmarkets = ["ID"]\nusers = 1\nmonths = 1\n',
    b'extends = "tiny"\nmarkets = ["ID"]\nusers = 2\nmonths = 2\ngrowth = true\n[parameters]\ntheta = 0.5\n'
    b"[platforms.resso.integration]\nID = 1.0\n[platforms.spotify.marketing]\nALL = 0.0\n",
    _SMALL + _left("spotify", "resso", "joox", "youtube_music", "apple_music", "langit_musik", "other"),
    _SMALL + _left("spotify", "joox", "youtube_music", "apple_music", "langit_musik", "other"),
)
