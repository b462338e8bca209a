"""Documents that come in one zip file: unpacked beside it, within limits, under safe names."""

import re
import shutil
import zipfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from copilot.errors import InputError

MOST_FILES = 5_000
MOST_BYTES = 500_000_000
_CHUNK = 1 << 20
_UNSAFE = re.compile(r"[^\w.\- ]+")


def unpack(archive: Path, kinds: Collection[str]) -> tuple[Path, list[str]]:
    """The folder with an archive's documents, and the names in it that were left out.

    Only files of the given kinds (suffixes without a dot) are unpacked, never outside the folder
    and never more than 5,000 or 500 MB, whatever the archive says of itself. What the folder held
    before is replaced.

    Raises InputError for a file that is no zip archive, is locked, damaged or beyond the limits.
    """
    folder = archive.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    left_out: list[str] = []
    try:
        with zipfile.ZipFile(archive) as packed:
            names = {item: _safe(item.filename, kinds) for item in packed.infolist()}
            wanted = [(item, name) for item, name in names.items() if name is not None]
            left_out = [i.filename for i, name in names.items() if name is None and not i.is_dir()]
            if len(wanted) > MOST_FILES:
                raise _refused(archive, f"holds {len(wanted):,} documents")
            room = MOST_BYTES
            for item, name in wanted:
                room -= _copy(packed, item, folder / name, room)
                if room < 0:
                    raise _refused(archive, f"unpacks to more than {MOST_BYTES // 1_000_000} MB")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise _refused(archive, "is damaged or no zip archive") from error
    except RuntimeError as error:
        raise _refused(archive, "is locked with a password") from error
    return folder, left_out


def _safe(name: str, kinds: Collection[str]) -> Path | None:
    """Where a member may be written below the folder; None for what is not wanted there."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part != "/"]
    hidden = any(part.startswith((".", "__MACOSX", "~$")) for part in parts)
    kind = name.rpartition(".")[2].lower()
    if not parts or hidden or name.endswith("/") or kind not in kinds:
        return None
    return Path(*(_UNSAFE.sub("_", part)[-120:] or "_" for part in parts))


def _copy(packed: zipfile.ZipFile, item: zipfile.ZipInfo, path: Path, room: int) -> int:
    """Unpack one member, stopping behind `room` bytes; returns how many were written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with packed.open(item) as source, path.open("wb") as target:
        while written <= room and (chunk := source.read(_CHUNK)):
            target.write(chunk)
            written += len(chunk)
    return written


def _refused(archive: Path, why: str) -> InputError:
    shutil.rmtree(archive.with_suffix(""), ignore_errors=True)
    return InputError(
        f"{archive.name} {why}.",
        hint="Unpack it yourself and add the documents, or a part of them.",
    )
