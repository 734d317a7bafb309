"""A whole talk in a vacuum: values stay what they are while the sides talk."""

from __future__ import annotations

import numpy as np

from model.mechanisms.talks.records import OUTAGE, RUNNING, WEEKS_PER_MONTH, Draws, Outcome, Rules, Stakes
from model.mechanisms.talks.talk import Talk
from model.theory.arrays import range_fault, require


def play(
    stakes: Stakes,
    rules: Rules,
    draws: Draws,
    *,
    weeks_before_end: int,
    longest_weeks: int,
    true_pull: float,
    offered: float | None = None,
) -> Outcome:
    """Play a talk to its end and return how it ended.

    draws: a number in (0, 1) by name and week. weeks_before_end: from the first round to the end of the old licence,
    without meaning where there is none. longest_weeks: rounds at most; but talks never end before the licence does.
    true_pull: the true `promotion_pull`. offered: for nash_in_nash, see `Talk`. Months begin every 52/12 weeks.
    """
    require(
        [
            range_fault("weeks_before_end", weeks_before_end, low=0, high=np.inf, open_high=True),
            range_fault("longest_weeks", longest_weeks, low=1, high=np.inf, open_high=True),
        ]
    )
    talk = Talk(stakes, rules=rules, draws=draws, offered=offered)
    rounds = max(longest_weeks, weeks_before_end) if stakes.licensed else longest_weeks
    month, shown = 0, 0
    for week in range(rounds):
        month_begins = int(week / WEEKS_PER_MONTH) > month
        month = int(week / WEEKS_PER_MONTH)
        if month_begins:
            if talk.regime == OUTAGE and talk.weeks_out > shown:
                talk.outage_month(week, true_pull=true_pull)
                shown = talk.weeks_out
            talk.press()
        if talk.regime == RUNNING and week >= weeks_before_end:
            talk.licence_ended()
        talk.week(week, last=talk.regime == RUNNING and week == weeks_before_end - 1)
        if talk.over:
            break
    talk.licence_ended()  # where the last round was also the licence's last week
    return talk.outcome(true_pull, longest=True)
