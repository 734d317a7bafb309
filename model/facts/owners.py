"""Which firm owns which music service."""

from __future__ import annotations

BYTEDANCE_FIRM = "bytedance"
"""The firm in focus unless a scenario names another."""
OWNERS = {
    "resso": "bytedance", "tiktok_music": "bytedance", "tiktok": "bytedance", "youtube_music": "google",
    "apple_music": "apple", "amazon_music": "amazon", "joox": "tencent", "wynk": "airtel", "langit_musik": "telkomsel",
    "line_music": "line", "zing_mp3": "vng", "fizy": "turkcell", "muud": "turk_telekom", "awa": "cyberagent",
}  # fmt: skip
"""Owner of each service; a service that is not listed is its own firm."""
BYTEDANCE = frozenset(service for service, owner in OWNERS.items() if owner == BYTEDANCE_FIRM)
"""Services of ByteDance."""


def owner_of(service: str) -> str:
    """Return the firm that owns a service."""
    return OWNERS.get(service, service)
