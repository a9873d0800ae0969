"""`make bench`: every measurement, one after the other."""

import sys

from bench import clocks, exports, history, imports, lists, returning, undo, verifying

MEASURES = (imports, undo, history, clocks, lists, verifying, returning, exports)

sys.exit(max(one.main() for one in MEASURES))
