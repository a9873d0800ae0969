"""`make bench`: every measurement, one after the other."""

import sys

from bench import clocks, exports, history, imports, lists, returning, undo

MEASURES = (imports, undo, history, clocks, lists, returning, exports)

sys.exit(max(one.main() for one in MEASURES))
