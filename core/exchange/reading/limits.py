"""How large a workbook may be. None of these is law: they keep one upload from taking the worker's memory."""

from typing import Final

MEGABYTE: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 60 * MEGABYTE
MAX_UNPACKED_BYTES: Final = 200 * MEGABYTE
# A workbook packs about ten to one; zeros pack a thousand to one. Small parts are left alone whatever their ratio.
MAX_RATIO: Final = 200
RATIO_FREE_BYTES: Final = 16 * MEGABYTE
MAX_ENTRIES: Final = 5_000
MAX_SHEETS: Final = 255
MAX_COLUMNS: Final = 180
# Of all sheets of a workbook: the reader holds up to 80 bytes a cell from the first to the last used one.
MAX_CELLS: Final = 3_000_000
# Excel's own limit, in characters.
MAX_CELL_LENGTH: Final = 32_767
# All cells of a workbook, a text counted as often as it stands there: a roster of 50,000 people has 10 MB.
MAX_TEXT_BYTES: Final = 64 * MEGABYTE
MAX_MERGES: Final = 200_000
MAX_ROW_BYTES: Final = 32 * MEGABYTE
# Formulas without a value, error cells and dates shown as months that are remembered for one workbook.
MAX_NOTES: Final = 500_000
MAX_SMALL_PART_BYTES: Final = 16 * MEGABYTE
MAX_CSV_FIELD: Final = 65_536
