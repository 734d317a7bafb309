"""Talks of a platform and a label about a licence: rules of one talk, given what the licence is worth to both."""

from model.mechanisms.talks.playing import play
from model.mechanisms.talks.records import PROTOCOLS, Draws, Outcome, Rules, Stakes
from model.mechanisms.talks.talk import Talk
from model.mechanisms.talks.view import View

__all__ = ["PROTOCOLS", "Draws", "Outcome", "Rules", "Stakes", "Talk", "View", "play"]
