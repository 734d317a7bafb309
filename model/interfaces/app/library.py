"""The project's scenarios, to choose from."""

from __future__ import annotations

import tomllib
from functools import cache

from model.spec.reading import find_scenario, scenario_names


@cache
def scenarios() -> tuple[tuple[str, str, str], ...]:
    """Return (name, title, sentence) of each scenario, the baseline first."""
    found = []
    for name in sorted(scenario_names(), key=lambda one: (one != "baseline", one)):
        try:
            about = str(tomllib.loads(find_scenario(name).read_text(encoding="utf-8")).get("about", ""))
        except (OSError, ValueError):  # a broken file of the user's folder is told when it is chosen
            about = ""
        found.append((name, name.replace("_", " ").capitalize().replace("Tiktok", "TikTok"), about))
    return tuple(found)


def about(name: str) -> str:
    """Return the sentence of a scenario, "" for an unknown one."""
    return next((words for one, _, words in scenarios() if one == name), "")
