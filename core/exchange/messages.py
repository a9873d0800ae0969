"""What each problem means, in the reader's language: what, why, what to do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.codes.selectors import label
from core.exchange.kinds import Problem

TEXTS = {
    "missing": _("This cell is empty, and a new person cannot be entered without it. Fill it in."),
    "length": _("An identity number has 18 characters (15 in the old form). Compare it with the card."),
    "characters": _("An identity number has digits only, with X possible at the end. Compare it with the card."),
    "date": _("The birth date inside the identity number does not exist. Compare it with the card."),
    "check_digit": _("The check digit of the identity number does not fit: one of its characters is wrong. Compare it with the card."),
    "number_cell": _(
        "The cell holds a number, and a spreadsheet keeps only 15 digits of it: the last ones are lost. "
        "Set the cell's format to text and type the number again from the card."
    ),
    "birth_differs_from_id": _(
        "The identity number says %(by_id)s. Correct whichever is wrong; if the archive says another date, have that decided first."
    ),
    "sex_differs_from_id": _("The identity number says %(by_id)s. Correct whichever is wrong."),
    "not_a_date": _("There is no such day. Write it as 1985-07-13, or 1985-07 when only the month is known."),
    "ambiguous_date": _("This can be read as more than one date. Write it as text: 1985-10."),
    "too_young": _("That is before the lowest working age, for somebody born on %(birth)s. Correct the date or the identity number."),
    "unknown_code": _("This is not in the code list. Use one of its words, or ask the bureau to add this one."),
    "duplicate_in_file": _("The same person is in row %(row)s already. The first row counts; remove this one or merge the two."),
    "unknown_unit": _("There is no unit with this name or code. Compare it with the list of units; a new one must be entered first."),
    "ambiguous_unit": _("%(count)s units bear this name. Add the unit code."),
    "out_of_scope": _("This belongs to another bureau. You cannot change it from here."),
    "out_of_scope_ask": _("This person's file is kept elsewhere. Ask %(ask)s; a transfer brings the file to you."),
    "no_cached_value": _("The cell holds a formula whose result was never calculated. Open the workbook, let it calculate, save and send again."),
    "error_cell": _("The cell holds an error instead of a value. Correct the formula or type the value."),
    "stale": _("The file was changed after this row was checked, or already holds something later. Check the workbook again."),
    "not_a_name": _("A name has letters only. Remove the other characters."),
    "too_long": _("This is longer than the field (%(limit)s characters). Shorten it."),
    "not_a_number": _("A whole number is expected here."),
    "not_yes_no": _("Write 是 or 否."),
    "not_a_phone": _("This is no phone number: eleven digits for a mobile phone, or area code and number."),
    "not_a_whole_number": _("A whole number is expected here."),
    "several_phones": _("More than one number is in this cell. Keep the one that counts."),
    "private_character": _("A character of this cell shows on one machine only. Type it again with the national character set."),
    "placed_below_sender": _("No unit of yours bears this name, so the unit was placed directly below yours."),
    "hidden_characters": _("Invisible characters were removed."),
    "implausible_date": _("A date this far off cannot be right. Correct it."),
    "duplicate_header": _("Two columns have the same heading. Remove or rename one of them."),
}


def message(problem: Problem) -> str:
    """The sentence for a problem."""
    code = "out_of_scope_ask" if problem.code == "out_of_scope" and problem.params.get("ask") else problem.code
    text = TEXTS.get(code)
    params = dict(problem.params)
    if problem.code == "sex_differs_from_id":
        params["by_id"] = label("sex", params["by_id"])
    try:
        return str(text) % params if text is not None else problem.code
    except (KeyError, TypeError):
        return str(text)
