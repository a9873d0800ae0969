"""Pages about one object."""

from __future__ import annotations

from typing import Any

from core.web.pages.page import Page


class DetailPage(Page):
    """Shows one object. `rows()` is required; the route has `<uuid:public_id>`."""

    def rows(self) -> Any:
        """The visible rows among which the object is found."""
        raise NotImplementedError

    def heading(self) -> Any:
        return str(self.object)
