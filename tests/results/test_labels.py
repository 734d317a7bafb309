"""Labels: long paths broken into lines that fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from model.results.labels import broken, input_label, label_inches, label_lines


def test_paths_are_broken_after_dots_and_units_kept() -> None:
    told = input_label("platforms.youtube_music.restriction.ID.free_ads", "part, 0 to 1", width=24)
    assert told == "youtube_music.\nrestriction.ID.free_ads\n(part)"
    assert input_label("theta") == "theta"
    assert label_lines(told) == 3
    assert label_inches([told, "a"]) == label_inches(["restriction.ID.free_ads"])
    assert label_inches([]) == 0.0


@given(st.text("ab._ ", max_size=60), st.integers(1, 20))
def test_nothing_is_lost_and_lines_are_as_short_as_their_parts_allow(text: str, width: int) -> None:
    told = broken(text, width=width)
    assert told.replace("\n", "").replace(" ", "") == text.replace(" ", "")
    longest = max((len(part) + 1 for part in text.replace(".", " ").replace("_", " ").split(" ")), default=0)
    assert max(len(line) for line in told.split("\n")) <= max(width, longest)
