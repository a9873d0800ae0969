"""`make bench`: every measurement, one after the other."""

import sys

from bench import history, imports, lists, returning

sys.exit(max(measure() for measure in (imports.main, history.main, lists.main, returning.main)))
