"""How large a workbook may be. None of these is law: they keep one upload from taking the worker's memory."""

from typing import Final

MEGABYTE: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 60 * MEGABYTE
MAX_UNPACKED_BYTES: Final = 200 * MEGABYTE
# A workbook packs about ten to one; zeros pack a thousand to one. Small parts are left alone whatever their ratio.
MAX_RATIO: Final = 200
RATIO_FREE_BYTES: Final = 16 * MEGABYTE
MAX_ENTRIES: Final = 5_000
# The reader holds a rectangle of 32 bytes a cell from the first to the last used cell.
MAX_COLUMNS: Final = 180
MAX_CELLS: Final = 16_000_000
MAX_MERGES: Final = 200_000
MAX_ROW_BYTES: Final = 32 * MEGABYTE
# Formulas without a value, error cells and dates shown as months that are remembered for one sheet.
MAX_NOTES: Final = 500_000
MAX_SMALL_PART_BYTES: Final = 16 * MEGABYTE
MAX_CSV_FIELD: Final = 65_536
