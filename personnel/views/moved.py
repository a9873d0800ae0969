"""Addresses of people whose file was merged into another one lead there."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.web.pages.page import Moved, Page
from personnel.selectors.merged import closed_file
from personnel.selectors.teachers import teachers_on


class OfPerson(Page):
    """A page about one person. The address of a merged file leads to the one that it is part of, for those who see that one."""

    def rows(self) -> Any:
        return teachers_on(self.actor, self.on)

    def miss(self) -> None:
        closed = closed_file(self.actor, self.kwargs["public_id"]) if self.actor else None
        if closed is not None and closed.merged_into is not None:
            raise Moved(reverse(self.name, kwargs={**self.kwargs, "public_id": closed.merged_into.public_id}))
