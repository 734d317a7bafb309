"""Decision logs: what was chosen and expected, frozen at the time, and held against what came."""

from model.experiments.decision_log.decision import Decision, Expectation, Tripwire
from model.experiments.decision_log.freezing import freeze
from model.experiments.decision_log.log_file import read_decision, write_decision
from model.experiments.decision_log.review_words import review_document, review_text
from model.experiments.decision_log.reviewing import Review, review, review_decision
from model.experiments.decision_log.wishes import read_wishes

__all__ = [
    "Decision",
    "Expectation",
    "Review",
    "Tripwire",
    "freeze",
    "read_decision",
    "read_wishes",
    "review",
    "review_decision",
    "review_document",
    "review_text",
    "write_decision",
]
