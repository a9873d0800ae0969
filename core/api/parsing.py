"""Bodies in JSON: small ones only, since a parsed text takes many times the memory of its bytes."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_BYTES: Final = 64 * 1024


class SmallJSONParser(JSONParser):
    """Refuses a body over `MOST_BYTES` before it is parsed, and one nested so deep that no parser follows."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise RequestDataTooBig
        try:
            return super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
