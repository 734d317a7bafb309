"""Talks over many replicates: how likely each outcome is, who walks out and why, how long it takes, what is paid."""

from model.experiments.talks.outcomes import TalkOutcomes, TalksStopped, talk_outcomes

__all__ = ["TalkOutcomes", "TalksStopped", "talk_outcomes"]
