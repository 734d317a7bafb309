"""The deal room: what a licence is worth to both sides, by living the future with it and without it."""

from model.experiments.deals.futures import DealFutures, deal_futures
from model.experiments.deals.outcomes import TalkOutcomes
from model.experiments.deals.room import DealRoom, RoomStopped, deal_room
from model.experiments.deals.sheet import SheetPayments, TermSheet

__all__ = [
    "DealFutures",
    "DealRoom",
    "RoomStopped",
    "SheetPayments",
    "TalkOutcomes",
    "TermSheet",
    "deal_futures",
    "deal_room",
]
