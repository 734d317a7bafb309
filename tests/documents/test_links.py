"""Every relative link and anchor of the pages resolves, and every page is reached from the map of the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.pages import DOCS, PAGES, ROOT, anchors_of, links_of, text_of

LINKING = [*PAGES, ROOT / "CHANGELOG.md"]


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_anchor_resolves(page: Path) -> None:
    broken = []
    for target in links_of(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors_of(file)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_map() -> None:
    reached, ahead = set[Path](), [DOCS / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            ahead += [(page.parent / target.partition("#")[0]).resolve() for target in links_of(page)]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == []


def test_the_map_names_every_page_of_the_documents_itself() -> None:
    named = {(DOCS / target.partition("#")[0]).resolve() for target in links_of(DOCS / "README.md")}
    assert [page.name for page in sorted(DOCS.rglob("*.md")) if page not in named and page.name != "README.md"] == []


def test_the_readme_leads_to_the_map_and_the_tutorial() -> None:
    linked = links_of(ROOT / "README.md")
    assert {"docs/README.md", "docs/tutorial.md"} <= set(linked)


def test_anchors_are_made_as_hosts_make_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# What it does\n\n## RAT-RS (data)\n\n## Twice\n\n## Twice\n\n```sh\n# no heading\n```\n")
    assert anchors_of(page) == {"what-it-does", "rat-rs-data", "twice", "twice-1"}
    page.write_text("See [a](b.md#c), ![p](d.png), [site](https://example.org), `x[0](1)`.\n")
    assert links_of(page) == ["b.md#c", "d.png", "1"]
    assert "Licence" in text_of(ROOT / "README.md")
