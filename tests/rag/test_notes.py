from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.errors import KnowledgeError
from copilot.rag.notes import lint, load_notes, passages_of
from copilot.rag.reading.split import about_tokens
from copilot.records import ConceptNote
from copilot.settings import data_folder

WriteNote = Callable[..., Path]


@pytest.fixture(scope="module")
def shipped() -> tuple[ConceptNote, ...]:
    return load_notes(data_folder("knowledge") / "concepts")


def test_notes_come_sorted_by_slug_with_sections_and_front_matter(
    some_notes: tuple[ConceptNote, ...],
) -> None:
    assert [note.slug for note in some_notes] == ["bundling", "skimming"]
    note = some_notes[0]
    assert note.path == "knowledge/concepts/bundling.md"
    assert note.aliases == ("product bundles", "Produktbündel")
    assert list(note.sections)[:2] == ["Definition", "How it works"]
    assert note.sections["Definition"].startswith("Bundling is the sale")
    assert note.claims[0].stance == "for"


def test_every_passage_is_a_verbatim_slice_of_its_file(some_notes: tuple[ConceptNote, ...]) -> None:
    for note in some_notes:
        passages = passages_of(note)
        assert all(passage.text in note.raw for passage in passages)
        headings = [passage.heading for passage in passages]
        assert f"{note.title} > Drawbacks" in headings
        assert f"{note.title} > At a glance" in headings
        assert f"{note.title} > Examples > Corner Crumb" in headings
        assert f"{note.title} > Claims > Doe (2001)" in headings


def test_the_dimension_passage_holds_the_lines_of_the_file(
    some_notes: tuple[ConceptNote, ...],
) -> None:
    texts = [p.text for p in passages_of(some_notes[0]) if p.heading.endswith("At a glance")]
    assert texts == [
        'scope: "what bundling covers"\n  cost: "the Bundling costs what its parts cost"'
    ]


def test_a_long_section_is_cut_into_passages_below_the_limit(
    tmp_path: Path, write_note: WriteNote
) -> None:
    sentences = " ".join(f"Bundle number {n} has a price of its own." for n in range(60))
    write_note(tmp_path, "bundling", definition=sentences)
    note = load_notes(tmp_path)[0]
    parts = [p.text for p in passages_of(note) if p.heading.endswith("Definition")]
    assert len(parts) > 2
    assert all(about_tokens(part) <= 180 for part in parts)
    assert " ".join(parts) == sentences


def test_ids_stay_the_same_and_differ_between_passages(
    some_notes: tuple[ConceptNote, ...],
) -> None:
    first = [p.id for note in some_notes for p in passages_of(note)]
    again = [p.id for note in some_notes for p in passages_of(note)]
    assert first == again
    assert len(set(first)) == len(first)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ("no front matter at all", "does not begin with front matter"),
        ("---\ntitle: [open\n---\n## Definition\nx", "not valid YAML"),
        ("---\nkind: concept\n---\n## Definition\nx", "title"),
        ("---\ntitle: T\ncolour: red\n---\n## Definition\nx", "colour"),
        ("---\ntitle: T\nslug: other\n---\n## Definition\nx", "slug"),
        ('---\ntitle: T\ndimensions: {a: "x \\"y\\""}\n---\n## Definition\nx', "dimensions.a"),
        ("---\n- a list\n---\n## Definition\nx", "not a mapping"),
    ],
)
def test_a_broken_note_is_named_with_what_is_wrong(tmp_path: Path, broken: str, named: str) -> None:
    (tmp_path / "bad.md").write_text(broken, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"bad\.md") as caught:
        load_notes(tmp_path)
    assert named in caught.value.message


def test_a_note_in_another_encoding_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes("---\ntitle: Café\n---\n".encode("cp1252"))
    with pytest.raises(KnowledgeError, match="UTF-8"):
        load_notes(tmp_path)


def test_a_missing_folder_is_an_error_and_not_an_empty_collection(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no folder of notes"):
        load_notes(tmp_path / "nowhere")


def test_lint_finds_orphans_dead_links_and_shared_names(
    tmp_path: Path, write_note: WriteNote
) -> None:
    write_note(tmp_path, "bundling", related="nothing-here", aliases="packs")
    write_note(tmp_path, "skimming", related="bundling", aliases="Packs")
    problems = lint(load_notes(tmp_path))
    assert "bundling: related: no note 'nothing-here'" in problems
    assert "skimming: no other note links to it" in problems
    assert "bundling, skimming: share the name 'packs'" in problems
    assert len(problems) == 3


def test_lint_finds_missing_sources_headings_and_dimensions(
    tmp_path: Path, write_note: WriteNote
) -> None:
    path = write_note(tmp_path, "bundling", related="bundling")
    text = path.read_text(encoding="utf-8").replace("kind: concept", "kind: strategy")
    text = text.replace("## Drawbacks", "## Problems")
    start, end = text.index("sources:"), text.index("claims:")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    problems = lint(load_notes(tmp_path))
    assert "bundling: no sources" in problems
    assert "bundling: section 'Drawbacks' is missing" in problems
    assert "bundling: section 'Problems' is unknown" in problems
    assert "bundling: dimension 'personalisation' is missing" in problems
    assert "bundling: related: links to itself" in problems


def test_the_shipped_notes_have_no_problems(shipped: tuple[ConceptNote, ...]) -> None:
    assert len(shipped) >= 25
    assert lint(shipped) == []


def test_every_shipped_passage_is_verbatim_and_has_an_id_of_its_own(
    shipped: tuple[ConceptNote, ...],
) -> None:
    passages = [(note, passage) for note in shipped for passage in passages_of(note)]
    assert all(passage.text in note.raw for note, passage in passages)
    assert len({passage.id for _, passage in passages}) == len(passages)
