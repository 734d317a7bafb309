"""Podcasts and audiobooks: time without music royalties, content that costs at once, advertising that comes later.

One index point is about what Spotify offered in 2021 and 2022. At index 0 none of these does anything.
"""

from model.spec.parameters import Parameter as P

PARAMETERS: tuple[P, ...] = (
    P("spoken_share", 0.07, "share of hours per index point", 0.0, 0.9,
      "time on the service that one index point of podcasts and audiobooks fills with spoken word, over listening at "
      "index 0", "oth-0019", (0.04, 0.15)),
    P("spoken_new", 0.5, "share of spoken hours", 0.0, 1.0,
      "part of the time on spoken word that comes on top; the rest is taken from music", "assumption", (0.2, 0.8)),
    P("spoken_cost", 0.08, "USD per user, month and index point", 0.0, 10.0,
      "content of podcasts and audiobooks (Spotify 2021: 1.57 times nearly 200 M EUR for some 380 M users)",
      "oth-0015;oth-0016;spotify_quarterly", (0.03, 0.15)),
    P("spoken_ad_load", 3.0, "minutes of advertising per hour", 0.0, 30.0,
      "own advertising inside spoken word, on all tiers, once it is built up; sold at the price of audio advertising",
      "assumption", (1.0, 6.0)),
    P("spoken_ramp_months", 24, "months", 1, 120,
      "time in which that advertising is built up", "oth-0016;assumption", (12, 48), whole=True),
    P("spoken_royalty_cut", 0.0, "share", 0.0, 1.0,
      "how far the share of hours that is spoken word also lowers labels' part of a subscription or of advertising (0 "
      "leaves them all of it, as contracts of 2022 did)", "assumption", (0.0, 0.5)),
)  # fmt: skip
