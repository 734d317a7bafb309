"""Names and colours of services, labels and markets, the same in every figure.

The first colours are those of Okabe and Ito (2008), the rest of Paul Tol's muted scheme; services that share a market
have colours that people with red-green blindness tell apart (a test holds it).
"""

from __future__ import annotations

import hashlib

OTHER = "#C4C4C4"
INK, SOFT, GRID = "#222222", "#666666", "#E3E3E3"

SERVICES: dict[str, tuple[str, str]] = {
    "spotify": ("Spotify", "#009E73"),
    "youtube_music": ("YouTube Music", "#D55E00"),
    "apple_music": ("Apple Music", "#CC79A7"),
    "amazon_music": ("Amazon Music", "#56B4E9"),
    "resso": ("Resso", "#222222"),
    "tiktok_music": ("TikTok Music", "#882255"),
    "deezer": ("Deezer", "#332288"),
    "soundcloud": ("SoundCloud", "#999933"),
    "jiosaavn": ("JioSaavn", "#E69F00"),
    "wynk": ("Wynk", "#0072B2"),
    "gaana": ("Gaana", "#F0E442"),
    "pandora": ("Pandora", "#8C510A"),
    "joox": ("Joox", "#DDCC77"),
    "langit_musik": ("Langit Musik", "#0072B2"),
    "zing_mp3": ("Zing MP3", "#0072B2"),
    "nhaccuatui": ("NhacCuaTui", "#E69F00"),
    "fizy": ("Fizy", "#0072B2"),
    "muud": ("Muud", "#E69F00"),
    "boomplay": ("Boomplay", "#0072B2"),
    "audiomack": ("Audiomack", "#F0E442"),
    "anghami": ("Anghami", "#0072B2"),
    "line_music": ("LINE Music", "#0072B2"),
    "awa": ("AWA", "#E69F00"),
    "other": ("Other services", OTHER),
}
"""Name and colour of each service."""

WORLDWIDE = (
    "spotify", "youtube_music", "amazon_music", "apple_music", "resso", "tiktok_music", "deezer", "soundcloud", "other",
)  # fmt: skip
"""Services whose colour no other service has; those of one region share a few colours and are named in the picture."""

LABELS: dict[str, tuple[str, str]] = {
    "universal": ("Universal", "#0072B2"),
    "sony": ("Sony", "#D55E00"),
    "warner": ("Warner", "#009E73"),
    "merlin_indies": ("Merlin independents", "#CC79A7"),
    "t_series": ("T-Series", "#E69F00"),
    "zee": ("Zee", "#56B4E9"),
    "saregama": ("Saregama", "#332288"),
    "tips": ("Tips", "#882255"),
    "other_local_majors": ("Local majors", "#F0E442"),
    "long_tail": ("Long tail", OTHER),
}
"""Name and colour of each label."""

SOURCES = {
    "revenue_subscription": ("Subscriptions", "#0072B2"),
    "revenue_ads": ("Advertising", "#E69F00"),
    "revenue_bundle": ("Bundles", "#009E73"),
}
"""Name and colour of each source of revenue."""

SPARE = ("#44AA99", "#999933", "#AA4499", "#117733", "#DDCC77")
"""Colours of services and labels that are not listed, by their id."""


def name_of(identity: str) -> str:
    """Return the name to show of a service, label or source of revenue; an unlisted id in words."""
    for listed in (SERVICES, LABELS, SOURCES):
        if identity in listed:
            return listed[identity][0]
    return identity.replace("_", " ").title()


def colour_of(identity: str) -> str:
    """Return the colour of a service, label or source; an unlisted id has always the same one of `SPARE`."""
    for listed in (SERVICES, LABELS, SOURCES):
        if identity in listed:
            return listed[identity][1]
    return SPARE[hashlib.blake2b(identity.encode(), digest_size=2).digest()[0] % len(SPARE)]


def ink_on(colour: str) -> str:
    """Return dark or white ink, whichever is easier to read on a colour "#RRGGBB"."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255.0 for place in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "#FFFFFF"
