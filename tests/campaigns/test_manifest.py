from pathlib import Path

import pytest
from reviewed import AT, decided, drafted, fact

from copilot.campaigns.exporting.manifest import (
    exported_draft,
    exported_file,
    manifest_path,
    read_manifest,
    verify_manifest,
    write_manifest,
)
from copilot.campaigns.reviewing.review import text_hash
from copilot.errors import InputError
from copilot.records import Manifest


def exported(folder: Path) -> Path:
    out = folder / "loaves.csv"
    out.write_text("a,b\n1,é\n", encoding="utf-8")
    draft = drafted("=1+1", facts=(fact("15% off", "discount", "brief.offer"),) * 2)
    manifest = Manifest(
        product="marketing-copilot 0",
        campaign="loaves",
        run_id="r",
        brief_sha256="0",
        model="offline",
        format="generic",
        recipients=False,
        exported_by="Ann",
        exported_at=AT,
        files=(exported_file(out, 1, "template"),),
        drafts=(exported_draft(draft, [decided(draft)]),),
        consented=3,
    )
    write_manifest(manifest, manifest_path(out))
    return manifest_path(out)


def passes(path: Path) -> bool:
    """Whether a manifest is one and stands."""
    try:
        return verify_manifest(path).passed
    except InputError:
        return False


def test_an_export_left_alone_is_whole(tmp_path: Path) -> None:
    found = verify_manifest(exported(tmp_path))
    assert (found.passed, found.manifest, found.files) == (True, "whole", {"loaves.csv": "whole"})


def test_the_manifest_says_who_approved_which_text_and_where_its_facts_come_from(
    tmp_path: Path,
) -> None:
    (told,) = read_manifest(exported(tmp_path)).drafts
    assert told.text_sha256 == text_hash(drafted("=1+1").message)
    assert (told.approved_by, told.approved_at) == ("Ann", AT)
    assert [(one.text, one.origin) for one in told.facts] == [("15% off", "brief.offer")]
    assert told.unit == "'=1+1"


def test_an_approval_of_another_text_is_not_told() -> None:
    draft = drafted()
    other = decided(drafted(body="Something else."))
    assert exported_draft(draft, [other]).approved_by == ""


def test_any_changed_byte_of_a_file_is_found(tmp_path: Path) -> None:
    path = exported(tmp_path)
    out = tmp_path / "loaves.csv"
    whole = out.read_bytes()
    for place in range(len(whole)):
        out.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert verify_manifest(path).files == {"loaves.csv": "changed"}
    out.write_bytes(whole + b"\n")
    assert not verify_manifest(path).passed
    out.unlink()
    assert verify_manifest(path).files == {"loaves.csv": "missing"}


def test_any_changed_byte_of_the_manifest_is_found(tmp_path: Path) -> None:
    path = exported(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not passes(path)
    path.write_bytes(whole + b" ")
    assert verify_manifest(path).manifest == "changed"


def test_a_missing_manifest_and_one_that_is_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no manifest"):
        verify_manifest(tmp_path / "x.manifest.json")
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.json is not a manifest"):
        verify_manifest(tmp_path / "x.json")
