"""The identity of an answer: the scenarios it rests on, their runs, the version and the question, as plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from model.foundation.version import model_version
from model.results.card import ScenarioCard
from model.results.provenance import Provenance
from model.spec.scenario import Scenario


def origins_of(plans: Sequence[Scenario], *, names: Sequence[str] = (), replicates: int = 0) -> list[dict[str, object]]:
    """Return a mapping per scenario: name, card and provenance; JSON of plain values.

    names: how the answer calls them. replicates: of each that were run as they stand, so that their run ids are known;
    0 where the runs differ from the scenario, as with drawn parameters.
    """
    found: list[dict[str, object]] = []
    for name, plan in zip(names or [one.name for one in plans], plans, strict=True):
        card = ScenarioCard.of(plan)
        provenance = Provenance.of(card, replicates=range(replicates))
        found.append({"name": name, "card": card.plain(), "provenance": provenance.plain()})
    return found


def answer_id(kind: str, question: Mapping[str, object], digests: Sequence[str]) -> str:
    """Return sixteen hexadecimal digits that stand for an answer: kind, question, scenarios and model version.

    What the question tells of how it went, such as words of the answer, is in it too: other numbers, another id. Of the
    provenance only digests and seeds count, not times and places.
    """
    told = question.get("provenance")
    known: Mapping[str, object] = told if isinstance(told, Mapping) else {}
    sources = {key: value for key, value in known.items() if "digest" in key or key == "seed"}
    asked = {key: value for key, value in question.items() if key != "provenance"}
    identity = {"kind": kind, "question": asked, "sources": sources, "scenarios": list(digests),
                "model": model_version()}  # fmt: skip
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
