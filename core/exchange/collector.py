"""The collector of reference cycles, put to rest while thousands of rows are held.

Rows hold no cycles, yet each search of the collector walks over all of them: a third of an import's time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No search for cycles inside; memory is given back by reference counting all the same."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
