"""What an export is made of, with hashes, so that a changed byte is found later.

The hashes are checksums against mistakes and silent edits, not signatures.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from copilot.campaigns.exporting.export import safe_text
from copilot.campaigns.reviewing.review import approval, text_hash
from copilot.errors import InputError
from copilot.records import (
    Channel,
    Draft,
    ExportedDraft,
    ExportedFact,
    ExportedFile,
    Manifest,
    ReviewEvent,
    Verified,
)
from copilot.text import write_whole

SUFFIX = ".manifest.json"
_OWN = '"sha256": "{}"'
_CHUNK = 1 << 20


def manifest_path(out: Path) -> Path:
    """Where the manifest of an export is: `loaves.csv` has `loaves.csv.manifest.json`."""
    return out.with_name(out.name + SUFFIX)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def exported_file(
    path: Path,
    rows: int,
    purpose: Literal["send", "template", "holdout"],
    channel: Channel | None = None,
) -> ExportedFile:
    """The record of a file that is whole on disk."""
    return ExportedFile(
        name=path.name,
        sha256=file_hash(path),
        bytes=path.stat().st_size,
        rows=rows,
        purpose=purpose,
        channel=channel,
    )


def exported_draft(draft: Draft, events: Sequence[ReviewEvent]) -> ExportedDraft:
    """What the manifest says of a draft: `events` are the decisions on it.

    Texts that come from data are made harmless for a spreadsheet, as the files' cells are.
    """
    approved = approval(draft, events)
    facts = dict.fromkeys((fact.text, fact.kind, fact.origin) for fact in draft.facts)
    return ExportedDraft(
        draft_id=draft.draft_id,
        unit=safe_text(draft.unit),
        channel=draft.channel,
        language=draft.language,
        variant=draft.variant,
        text_sha256=text_hash(draft.message),
        writer=draft.writer,
        model=draft.model,
        prompt_hash=draft.prompt_hash,
        approved_by=safe_text(approved.by) if approved else "",
        approved_at=approved.at if approved else None,
        checks_passed=not any(each.severity == "block" for each in draft.findings),
        warnings=tuple(dict.fromkeys(each.rule for each in draft.findings)),
        facts=tuple(
            ExportedFact(text=safe_text(text), kind=kind, origin=origin)
            for text, kind, origin in facts
        ),
    )


def write_manifest(manifest: Manifest, path: Path) -> None:
    """The manifest as JSON with its own hash in it; the file appears only when it is whole."""
    blank = manifest.model_copy(update={"sha256": ""})
    text = json.dumps(blank.model_dump(mode="json"), ensure_ascii=False, indent=1)
    write_whole(path, _sealed(text, _hash(text)))


def read_manifest(path: Path) -> Manifest:
    """The manifest of a file. Raises InputError when it is missing or is none."""
    if not path.is_file():
        raise InputError(
            f"There is no manifest {str(path)!r}.",
            hint=f"An export writes FILE{SUFFIX} beside FILE.",
        )
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is not a manifest: {error}.") from error


def verify_manifest(path: Path) -> Verified:
    """Whether the manifest and every file beside it are as they were when exported.

    Raises InputError when there is no manifest to compare with.
    """
    manifest = read_manifest(path)
    files: dict[str, Literal["whole", "changed", "missing"]] = {}
    for each in manifest.files:
        beside = path.parent / Path(each.name).name
        if not beside.is_file():
            files[each.name] = "missing"
        else:
            files[each.name] = "whole" if file_hash(beside) == each.sha256 else "changed"
    text = path.read_bytes().decode("utf-8")
    intact = _sealed(_unsealed(text, manifest.sha256), manifest.sha256) == text
    own = intact and _hash(_unsealed(text, manifest.sha256)) == manifest.sha256
    return Verified(
        passed=own and set(files.values()) <= {"whole"},
        campaign=manifest.campaign,
        manifest="whole" if own else "changed",
        files=files,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _sealed(text: str, digest: str) -> str:
    """The text of a manifest with its hash as the last value."""
    head, _, tail = text.rpartition(_OWN.format(""))
    return f"{head}{_OWN.format(digest)}{tail}"


def _unsealed(text: str, digest: str) -> str:
    head, _, tail = text.rpartition(_OWN.format(digest))
    return f"{head}{_OWN.format('')}{tail}"
