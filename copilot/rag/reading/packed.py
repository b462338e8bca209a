"""What may be unpacked: limits for the zip containers that office files and e-books are."""

import zipfile
from io import BytesIO

from copilot.errors import KnowledgeError

MAX_UNPACKED_BYTES = 300_000_000
MAX_PARTS = 20_000
# Text packs 5 to 20 times smaller; what unpacks to hundreds of times its size was made to.
MAX_RATIO = 200
SMALL_BYTES = 20_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_package(data: bytes) -> None:
    """Raise KnowledgeError for a container that is locked, too large or made to overwhelm."""
    if data.startswith(_OLE):
        raise KnowledgeError(
            "it is locked with a password, or in the format of Office before 2007",
            hint="Save a copy without a password in the present format and index that.",
        )
    with zipfile.ZipFile(BytesIO(data)) as archive:
        check_archive(archive, len(data))


def check_archive(archive: zipfile.ZipFile, packed: int) -> None:
    """Raise KnowledgeError for a zip of `packed` bytes that is locked or beyond the limits."""
    parts = archive.infolist()
    if any(item.flag_bits & 1 for item in parts):
        raise KnowledgeError(
            "it is locked with a password", hint="Save a copy without a password and index that."
        )
    size = sum(item.file_size for item in parts)
    if size > MAX_UNPACKED_BYTES or len(parts) > MAX_PARTS:
        raise KnowledgeError(
            f"it unpacks to {size / 1e6:,.0f} MB in {len(parts):,} parts",
            hint="Split it into smaller documents.",
        )
    if size > SMALL_BYTES and size > MAX_RATIO * packed:
        raise KnowledgeError(
            f"it unpacks to {size / max(packed, 1):,.0f} times its size, as no real document does",
            hint="Save it again in the program that made it.",
        )
