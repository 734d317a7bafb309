"""The folder of a review: HTML, Markdown and tables, with a marker, so that nothing else is overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from model.experiments.answer_folder import KIND, check_folder
from model.experiments.decision_log.review_words import review_document
from model.experiments.decision_log.reviewing import Review
from model.experiments.drafts import forget_drafts
from model.experiments.report.html_page import html_page
from model.experiments.report.markdown_page import markdown_page
from model.foundation.files import write_text_whole
from model.foundation.version import VERSION, model_version

NAME = "review"
FILES = ("review.html", "review.md", "expectations.csv", "tripwires.csv")


def check_review_folder(folder: Path) -> None:
    """Raise InputError where the folder holds something else than an earlier review."""
    check_folder(folder, kind=NAME)


def save_review(found: Review, folder: str | Path) -> Path:
    """Write a review to a folder in place of an earlier one; return its HTML file. Errors: InputError."""
    place = Path(folder)
    check_review_folder(place)
    document = review_document(found)
    contents = {
        "review.html": html_page(document), "review.md": markdown_page(document),
        "expectations.csv": found.scored.to_csv(index=False), "tripwires.csv": found.tripwires.to_csv(index=False),
    }  # fmt: skip
    marker = {
        "kind": KIND.format(NAME), "version": VERSION, "model_version": model_version(), "decision": found.sha256,
        "choice": found.decision.choice, "frozen": found.decision.frozen, "files": list(FILES),
    }  # fmt: skip
    forget_drafts(place, names={f"{NAME}.json", *FILES})
    _mark(place, {**marker, "unfinished": True})
    for name in FILES:
        write_text_whole(place / name, contents[name])
    hashes = {name: hashlib.sha256(text.encode("utf-8")).hexdigest() for name, text in contents.items()}
    _mark(place, {**marker, "sha256": hashes})
    return place / "review.html"


def _mark(place: Path, values: Mapping[str, object]) -> None:
    """Write the marker: an unfinished one first, so that a review that was stopped is told as such."""
    write_text_whole(place / f"{NAME}.json", json.dumps(values, indent=1, ensure_ascii=False) + "\n")


__all__ = ["check_review_folder", "save_review"]
