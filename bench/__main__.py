"""`make bench`: every measurement, one after the other."""

import sys

from bench import history, imports, lists, returning, undo

sys.exit(max(measure() for measure in (imports.main, undo.main, history.main, lists.main, returning.main)))
