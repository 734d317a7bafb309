"""The crowd of a market: every dot a user, and who the one is that was clicked."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pandas as pd
import solara

from model.agents.users import User
from model.interfaces.app.charts.crowd import colours_of, crowd_table, dots_of, names_of, spoken
from model.interfaces.app.crowd_user import user_of
from model.interfaces.app.export import csv_text, file_name
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Empty, Table, Words
from model.interfaces.app.pressing import part
from model.interfaces.app.seen import shown_market
from model.interfaces.app.sourcing import use_source
from model.interfaces.app.words import amount, market_name, tier_name, written
from model.results.palette import colour_of, name_of

TERMS = {
    "quality": "quality", "catalogue": "catalogue", "price": "price", "ads": "adverts", "restriction": "restrictions",
    "integration": "TikTok", "peers": "friends", "podcasts": "podcasts", "habit": "habit",
}  # fmt: skip
"""Parts of utility in words."""
OFFERS_SHOWN = 7
_CLICKS = count()


@part("../parts/crowd.vue")
def _Crowd(
    *, dots: str, names: Sequence[str], colours: Sequence[str], rooms: Sequence[int], spoken: str,
    chosen: int, title: str, subtitle: str, source: str, file: str, csv: str, event_picked: Callable[[int], None],
    event_want_csv: Callable[[dict[str, Any]], None], event_want_source: Callable[[dict[str, Any]], None],
) -> None:  # fmt: skip
    """Draw the dots (JSON of what `dots_of` returns) and let one be picked."""


@solara.component
def CrowdView() -> None:
    """Show the users of the chosen market, or of the first, and the one that was picked."""
    session = use_session()
    to_source = use_source()
    csv, set_csv = solara.use_state("")
    seen = session.seen
    assert seen is not None
    market = shown_market(session.state, seen) or seen.plan.markets[0]
    crowd = seen.crowds[market]
    asked = session.state.page("crowd")
    uid = asked.get("user")
    file = file_name(f"{seen.told} crowd {market}")
    chosen = uid if asked.get("market") == market and isinstance(uid, int) else -1
    with Box(kind="main"):
        with Box():
            shown = f"{len(crowd.uid):,} of {crowd.online:,} users" if len(crowd.uid) < crowd.online else \
                f"All {crowd.online:,} users"  # fmt: skip
            told = (f"{shown}, each standing for {amount(crowd.weight)} people; a circle is a community that talks "
                    "about music. Click a dot to see who it is.")  # fmt: skip
            _Crowd(dots=json.dumps(dots_of(crowd)), names=names_of(crowd), colours=colours_of(crowd),
                   rooms=crowd.rooms.tolist(), spoken=spoken(crowd), chosen=chosen,
                   title=f"Users of {market_name(market)}", subtitle=told, source=seen.told,
                   file=file, csv=csv,
                   event_picked=lambda one: session.ask("crowd", market=market, user=int(one)),
                   event_want_csv=lambda _: set_csv(f"{next(_CLICKS)}\0{file}\0{csv_text(crowd_table(crowd))}"),
                   event_want_source=lambda _: to_source("users"))  # fmt: skip
        with Box():
            user, is_known = user_of(session, seen.standing, market, chosen) if chosen >= 0 else (None, True)
            if user is None and not is_known:
                Empty("A month is being lived", "Who was clicked stands here when it has ended.")
            elif user is None:
                Empty("Nobody is chosen", "Click a dot: who it is, what was chosen, and why.")
            else:
                _Who(user)


def _Who(user: User) -> None:
    why = user.why()
    Words(f"User {user.uid} of {market_name(user.country.market)}", kind="heading")
    for one in about(user):
        Words(one)
    shown = why.head(OFFERS_SHOWN)
    held = why.index[why["held"]]
    if len(held) and held[0] not in shown.index:
        shown = pd.concat([shown, why.loc[held[:1]]])
    marked = next((at for at, row in enumerate(shown.itertuples()) if row.held), -1)
    Words("What was considered: the parts of its worth (in units of log odds), and the chance to be taken in a month "
          "in which the user decides anew", kind="small")  # fmt: skip
    Table(caption="Offers that the user considers", columns=["Offer", "Chance", "Worth", *TERMS.values()],
          rows=reasons(shown), numeric=[False] + [True] * (2 + len(TERMS)),
          colours=["#c9ccd1" if one == "outside" else colour_of(str(one)) for one in shown["platform"]],
          marked=marked)  # fmt: skip


def reasons(why: pd.DataFrame) -> list[list[str]]:
    """Return the rows of `User.why` written: offer, chance, utility and its parts."""
    return [
        [offer_name(str(row["platform"]), str(row["tier"])), f"{row['chance']:.1%}", signed(float(row["utility"])),
         *(signed(float(row[term])) for term in TERMS)]
        for _, row in why.iterrows()
    ]  # fmt: skip


def about(user: User) -> list[str]:
    """Return sentences on who a user is and what was chosen."""
    main, second = user.service, user.second_service
    taste = sorted(user.taste.items(), key=lambda one: -one[1])[:3]
    can = {"payment": "can pay online", "student": "is a student", "family": "has a family to share with"}
    has = [can.get(one, one) for one in user.access]
    uses = f"Uses {offer_name(*main)}" if main[0] != "outside" else "Uses no service"
    if second[0] != "outside":
        uses += f", and {offer_name(*second)} beside it"
    settled = f", {user.tenure:.0%} settled" if main[0] != "outside" else ""
    return [
        f"{uses}{settled}.",
        f"Age {user.age}, earns about {amount(user.income, unit='USD')} a month (purchasing power); listens "
        f"{user.hours:.0f} hours a month and spends {user.tiktok_hours:.0f} on TikTok; "
        f"{', '.join(has) or 'cannot pay online'}.",
        f"Hears most of {', '.join(f'{name_of(label)} ({share:.0%})' for label, share in taste)}; knows "
        f"{', '.join(name_of(one) for one in user.aware_of) or 'no service'}.",
    ]  # fmt: skip


def offer_name(platform: str, tier: str) -> str:
    """Return the name of an offer, or of none."""
    return "No service" if platform == "outside" else f"{name_of(platform)}, {tier_name(tier).lower()}"


def signed(value: float) -> str:
    """Return a number with its sign and two decimals; nothing for none."""
    return "" if abs(value) < 0.005 else written(value, "+.2f")
