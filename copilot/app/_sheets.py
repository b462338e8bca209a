"""The parts of a file from which one may be chosen: sheets of a workbook, files of an archive."""

import zipfile
from pathlib import Path

WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


def parts_of(path: Path) -> tuple[str, ...]:
    """Sheet or file names in order; nothing for other files and for what cannot be opened.

    What is wrong with a file is told by the reader that imports it.
    """
    if path.suffix.lower() in WORKBOOKS:
        return _sheets(path)
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
        return tuple(name for name in names if not name.startswith(("__MACOSX", ".")))
    return ()


def _sheets(path: Path) -> tuple[str, ...]:
    import python_calamine as calamine

    try:
        with path.open("rb") as file:
            book = calamine.CalamineWorkbook.from_filelike(file)
            return tuple(book.sheet_names)
    except (
        calamine.CalamineError,
        calamine.PasswordError,
        calamine.ZipError,
        calamine.XmlError,
        OSError,
    ):
        return ()
