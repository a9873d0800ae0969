"""Verbs on words that no list knows: propose what one means, and decide."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.codes.selectors import code_of, entries
from core.codes.services import CodeError, add_synonym
from core.dates import today
from core.exchange.words.models import WordProposal
from core.exchange.words.selectors import EXTENDS, PROPOSES, may_stand_in_a_list
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.text import clean


def propose_word(
    *, actor: Any, list_name: str, word: str, code: str, batch: Any = None, reason: str = ""
) -> WordProposal:
    """Propose that a word be read as an entry of a code list in the actor's unit and below it.

    Raises `CodeError` for a word that cannot stand in a list, means something already or is proposed already, and for an
    entry that there is not; `NotAllowed` where the role does not import.
    """
    if not actor.may(PROPOSES) or actor.unit is None:
        raise NotAllowed(_("Your role does not import workbooks."))
    if not may_stand_in_a_list(word):
        raise CodeError(_("This is no word of a list: it is empty, too long, or somebody's number."))
    if code not in {entry.code for entry in entries(list_name, today(), actor.unit)}:
        raise CodeError(_("There is no code %(code)s in this list.") % {"code": code})
    if code_of(list_name, word, today(), actor.unit) is not None:
        raise CodeError(_("“%(word)s” is read already. Check the workbook again.") % {"word": clean(word)})
    try:
        with transaction.atomic():
            return WordProposal.objects.create(
                list_name=list_name, word=clean(word), code=code, unit=actor.unit, user=actor.user, batch=batch,
                reason=reason,
            )  # fmt: skip
    except IntegrityError as error:
        raise CodeError(
            _("“%(word)s” was proposed already and waits for a decision.") % {"word": clean(word)}
        ) from error


def decide_word(
    *, actor: Any, proposal: WordProposal, accept: bool, unit: Unit | None = None, answer: str = ""
) -> WordProposal:
    """Let the word be read as proposed in `unit` (by default the proposer's) and below it, or refuse with a reason.

    Raises `NotAllowed` for who does not extend code lists there and for a proposal that was decided, `CodeError` where the word means
    something by now.
    """
    if not actor.may(EXTENDS) or not WordProposal.objects.visible_to(actor).filter(pk=proposal.pk).exists():
        raise NotAllowed(_("You may not extend the code lists of this unit."))
    if not accept and not answer.strip():
        raise CodeError(_("Say why, so that the proposer knows what to write instead."))
    with transaction.atomic():
        found = WordProposal.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=proposal.pk)
        if found.state != WordProposal.State.ASKED:
            raise NotAllowed(_("This proposal was decided already."))
        if accept:
            add_synonym(
                actor=actor, unit=unit or found.unit, list_name=found.list_name, code=found.code, word=found.word,
                on=today(), reason=_("Proposed by %(who)s") % {"who": found.user},
            )  # fmt: skip
        found.state = WordProposal.State.ACCEPTED if accept else WordProposal.State.REFUSED
        found.decided_by, found.decided_at, found.answer = actor.user, Now(), answer.strip()
        found.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    found.refresh_from_db()
    return found
