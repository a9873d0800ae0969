"""People with whole files, and papers about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.documents import services
from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from tests.personnel.files import ZHANG, make_file


@pytest.fixture
def zhang(school_a: Any) -> Any:
    """A teacher of the school in county A with an identity number."""
    return make_file("张三丰", school_a, identity_number=ZHANG)


@pytest.fixture
def issued() -> Callable[..., IssuedDocument]:
    """`issued(teacher, actor)`: a certificate of employment about a person."""

    def make(teacher: Any, actor: Any, **more: Any) -> IssuedDocument:
        given = {"reason": "本人申请", "details": {"purpose": "办理公积金贷款"}, **more}
        kind = all_kinds()[given.pop("kind", "in_post")]
        subject = kind.subjects(actor).get(pk=teacher.pk)
        return services.issue(kind, subject, actor=actor, **given)

    return make
