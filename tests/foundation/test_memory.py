from __future__ import annotations

from pathlib import Path

import pytest

from model.foundation.memory import gibibytes, machine_memory


def test_a_container_may_have_less_than_the_machine(tmp_path: Path) -> None:
    whole = machine_memory(())
    limit = tmp_path / "memory.max"
    for text, wanted in (("max\n", whole), ("1048576\n", 1048576.0), ("9" * 30, whole), ("", whole)):
        limit.write_text(text)
        machine_memory.cache_clear()
        assert machine_memory((tmp_path / "none", limit)) == wanted
    machine_memory.cache_clear()


@pytest.mark.parametrize(
    ("size", "text"), [(2**30, "1.0 GiB"), (186.26 * 2**30, "186.3 GiB"), (1e40, "more than any machine has")]
)
def test_sizes_in_words(size: float, text: str) -> None:
    assert gibibytes(size) == text
