"""Going through the pages that change a file, step by step, as a browser sends them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any


def because(words: str, code: str = "other") -> dict[str, str]:
    """Why: a reason of the list, and words."""
    return {"reason": code, "words": words}


def carried(page: Any) -> dict[str, str]:
    """What the form of the check page sends again."""
    form = re.search(r'<form method="post">.*?name="seen"[^>]*>', page.content.decode(), re.DOTALL)[0]
    return {
        unescape(re.search(r'name="([^"]*)"', tag)[1]): unescape(re.search(r'value="([^"]*)"', tag)[1])
        for tag in re.findall(r"<input[^>]*>", form)
        if "csrf" not in tag
    }


def send(client: Any, url: str, data: Mapping[str, Any], **decided: str) -> Any:
    """Fill in, check, write; the answer of the step that went no further."""
    answer = client.post(url, data)
    if answer.status_code != 200:
        return answer
    return client.post(url, {**carried(answer), "step": "write", **decided})
