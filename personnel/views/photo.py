"""The portrait photo of a person, as a picture."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from core.records.storage import content_of
from core.records.vault import ErasedValue
from personnel.portraits import CONTENT_TYPE
from personnel.selectors.file import portrait_of
from personnel.views.person import FilePage

log = logging.getLogger("shidang.personnel")


class TeacherPhoto(FilePage):
    """Hands out the photo to who may see the file."""

    name = "teacher_photo"
    route = "teachers/<uuid:public_id>/photo/"

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        photo = portrait_of(self.actor, self.object)
        if photo is None:
            raise Http404
        try:
            return HttpResponse(content_of(photo.file), content_type=CONTENT_TYPE)
        except FileNotFoundError as error:
            log.exception("the disk lost the file of photo %s", photo.pk)
            raise Http404 from error
        except ErasedValue as error:
            raise Http404 from error
