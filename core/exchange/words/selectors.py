"""Words that no list knows, as a batch has them, and what is proposed for them."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.exchange.content import drafts_of
from core.exchange.kinds import Column, all_kinds, columns_of
from core.exchange.models import Batch, BatchRow
from core.exchange.words.models import WordProposal
from core.text import clean, header_key, veiled
from core.web.parts import Action

UNKNOWN: Final = "unknown_code"
LONGEST: Final = 80
MOST_ROWS: Final = 2000
MOST_WORDS: Final = 50
EXTENDS: Final = "codes.change"
PROPOSES: Final = "exchange.import"


def proposals(actor: Any) -> Any:
    """The proposals of the actor's units."""
    return WordProposal.objects.visible_to(actor).select_related("user", "decided_by", "unit", "batch")


def may_stand_in_a_list(word: str) -> bool:
    """Whether a text may become a way of writing: a short word that is nobody's number."""
    return bool(header_key(word)) and len(clean(word)) <= LONGEST and veiled(word) == word


def way_out(batch: Batch, column: Column, word: str, actor: Any) -> Action | None:
    """What the actor can do about a word that the column's list does not know: add it, or propose what it means."""
    if not column.code_list or not may_stand_in_a_list(word):
        return None
    if actor.may(EXTENDS):
        url = reverse("code_word", args=[column.code_list])
        return Action(
            _("Say what “%(word)s” means") % {"word": clean(word)}, f"{url}?{urlencode({'word': clean(word)})}"
        )
    if not actor.may(PROPOSES):
        return None
    url = reverse("word_propose", args=[batch.public_id])
    query = urlencode({"column": column.name, "word": clean(word)})
    return Action(_("Propose what “%(word)s” means") % {"word": clean(word)}, f"{url}?{query}")


def unknown_words(batch: Batch, actor: Any) -> list[dict[str, Any]]:
    """The words of a batch that no list knows, the most frequent first, each with what the actor can do about it."""
    rows = BatchRow.objects.filter(batch=batch, problems__contains=[UNKNOWN]).order_by("pk")[:MOST_ROWS]
    columns = columns_of(all_kinds()[batch.kind]) if batch.kind in all_kinds() else {}
    found: Counter[tuple[str, str]] = Counter()
    for draft in drafts_of(rows, batch):
        found.update((one.column, clean(one.value)) for one in draft.problems if one.code == UNKNOWN)
    told = []
    for (name, word), count in found.most_common(MOST_WORDS):
        column = columns.get(name)
        if column is not None and column.code_list and may_stand_in_a_list(word):
            action = way_out(batch, column, word, actor)
            told.append({
                "field": column.label, "word": word, "count": count, "url": action.url if action else "",
                "label": action.label if action else "",
            })  # fmt: skip
    return told
