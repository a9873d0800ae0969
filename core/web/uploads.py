"""What stands before every upload: no more than the largest that is read, and from somebody who is logged in.

A page that anybody may send files to says so (`strangers_send`), and takes less.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

PRIVATE = 0o700


class UploadGate(FileUploadHandler):
    """The first of the upload handlers: it keeps nothing itself and refuses before the others have kept anything."""

    received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803 - the name is Django's
        if content_length > self.most:
            raise RequestDataTooBig

    @property
    def known(self) -> bool:
        """Whether somebody sends this who is logged in."""
        user = getattr(self.request, "user", None)
        return user is not None and user.is_authenticated

    @property
    def most(self) -> int:
        """The bytes that this sender may send at once."""
        return settings.MOST_UPLOAD_BYTES if self.known else settings.MOST_STRANGERS_BYTES

    def welcome(self) -> bool:
        """Whether the page that was asked for takes files of strangers."""
        match = getattr(self.request, "resolver_match", None)
        page = getattr(getattr(match, "func", None), "view_class", None)
        return bool(getattr(page, "strangers_send", False))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not (self.known or self.welcome()):
            raise PermissionDenied
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(mode=PRIVATE, parents=True, exist_ok=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.most:
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one have the file."""
