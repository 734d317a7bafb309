"""The folder of a review: HTML, Markdown and tables, with a marker, so that nothing else is overwritten."""

from __future__ import annotations

import json
from pathlib import Path

from model.experiments.answer_folder import KIND, check_folder
from model.experiments.decision_log.review_words import review_document
from model.experiments.decision_log.reviewing import Review
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
    marker = {
        "kind": KIND.format(NAME), "version": VERSION, "model_version": model_version(), "decision": found.sha256,
        "choice": found.decision.choice, "frozen": found.decision.frozen, "files": list(FILES),
    }  # fmt: skip
    write_text_whole(place / f"{NAME}.json", json.dumps(marker, indent=1, ensure_ascii=False) + "\n")
    document = review_document(found)
    write_text_whole(place / "review.html", html_page(document))
    write_text_whole(place / "review.md", markdown_page(document))
    write_text_whole(place / "expectations.csv", found.scored.to_csv(index=False))
    write_text_whole(place / "tripwires.csv", found.tripwires.to_csv(index=False))
    return place / "review.html"


__all__ = ["check_review_folder", "save_review"]
