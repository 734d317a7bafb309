"""Columns on talks about licences: who talked, how it went, what is paid, what was at stake."""

from model.results.measures import Kind, Measure

TALKS, FORKS = ("@talks",), ("@population", "@demand", "@trends", "@money", "@talks")
FACTS = ("deals", "repertoire")


def _key(name: str, label: str, meaning: str, unit: str = "name") -> Measure:
    return Measure(name, label, unit, "none", "none", meaning, kind="text", is_key=True)


def _told(name: str, label: str, unit: str, meaning: str, *, kind: Kind = "text", columns: str = "") -> Measure:
    return Measure(name, label, unit, "none", "none", meaning, columns=tuple(columns.split()), parameters=TALKS,
                   facts=FACTS, kind=kind)  # fmt: skip


def _usd(name: str, label: str, meaning: str, *, columns: str = "") -> Measure:
    return Measure(name, label, "USD per month", "none", "none", meaning, columns=tuple(columns.split()),
                   parameters=FORKS, facts=FACTS)  # fmt: skip


MEASURES = (
    _key("licence_kind", "Kind of licence", "streaming, or clips on TikTok"),
    _key("markets", "Markets", "markets of the licence, with commas between", unit="ISO codes"),
    _key("begun", "Talks begun", "month in which the talks began", unit="YYYY-MM"),
    _told("ended", "Talks ended", "YYYY-MM", "month in which the talks ended; empty: not in this run"),
    _told("ends", "Old licence ends", "YYYY-MM", "last month of the old licence; empty where there was none in force"),
    _told("course", "Course", "words", "what became of the talks, told by outcome, extension and walk-out",
          columns="outcome weeks_extended walked"),
    _told("outcome", "Outcome", "words", "deal, walk-out stays, no deal, or open at the end of the run"),
    _told("pressed", "Pressed by", "side", "who chose the walk-out: label, platform or both; empty without one"),
    _told("cause", "Cause", "words",
          "of a walk-out or failure: cannibalisation (no payment would suit both) or disagreement",
          columns="label_belief platform_belief"),
    _told("weeks", "Weeks of talks", "weeks", "rounds held without agreement", kind="whole"),
    _told("weeks_extended", "Weeks on old terms", "weeks", "of them after the old licence's end, on its terms",
          kind="whole", columns="weeks"),
    _told("weeks_out", "Weeks away", "weeks", "of them with the music away", kind="whole", columns="weeks"),
    _told("walked", "Music away from", "YYYY-MM", "month from which the music was first away; empty: never"),
    _usd("payment_usd", "Payment agreed", "what the platform pays the label under the new licence, mean over its term",
         columns="present_usd least_usd most_usd"),
    _usd("present_usd", "Payment on old terms", "what the old terms, else the default ones, would pay"),
    _usd("least_usd", "Least accepted", "the label's own reservation in the end: its loss elsewhere, less promotion",
         columns="label_belief"),
    _usd("most_usd", "Most paid", "the platform's own reservation in the end: profit with the licence less without"),
    _told("label_belief", "Label's belief", "share of listening", "what the label believes of promotion in the end",
          kind="number"),
    _told("platform_belief", "Platform's belief", "share of listening",
          "what the platform believes of promotion in the end", kind="number"),
    _told("licence_from", "New licence from", "YYYY-MM", "first month of the new licence; empty without one"),
    _told("licence_to", "New licence to", "YYYY-MM", "last month of the new licence; empty without one"),
)  # fmt: skip
