"""Reads an .xls from standard input and writes its values to standard output, in a process of its own.

The fast reader reserves memory by numbers in the file: a broken one can end its process, which must not be
the worker. Run as a file, with nothing of the project imported.
"""

import pickle
import resource
import sys
from io import BytesIO

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MOST_MEMORY = 2 * 1024**3
PASSWORD = 3


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        return PASSWORD
    sheets = []
    for index, each in enumerate(book.sheets_metadata):
        table = each.typ == SheetTypeEnum.WorkSheet
        sheet = book.get_sheet_by_index(index) if table else None
        rows = list(sheet.iter_rows()) if sheet is not None and sheet.start is not None else []
        merges = (sheet.merged_cell_ranges or []) if sheet is not None else []
        sheets.append((each.name, each.visible != SheetVisibleEnum.Visible, table, rows, merges))
    pickle.dump(sheets, sys.stdout.buffer, protocol=5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
