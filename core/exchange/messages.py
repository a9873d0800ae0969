"""What each problem means, in the reader's language: what, why, what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from core.codes.selectors import label
from core.exchange.fitting import CONTRADICTION
from core.exchange.kinds import Problem

TEXTS = {
    "missing": _("This cell is empty, and the row cannot be entered without it. Fill it in."),
    "length": _(
        "An identity number has 18 characters (15 in the old form). Compare it with the card; of another document, name its kind in "
        "a column 证件类型."
    ),
    "fifteen_digits": _(
        "This is a number of the old form, with 15 digits and no check digit. Take the 18 digits from the present card."
    ),
    "characters": _(
        "An identity number has digits only, with X possible at the end. Compare it with the card; of another document, name its kind in "
        "a column 证件类型."
    ),
    "date": _("The birth date inside the identity number does not exist. Compare it with the card."),
    "check_digit": _(
        "The check digit of the identity number does not fit: one of its characters is wrong. Compare it with the card."
    ),
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
    "too_young": _(
        "That is before the lowest working age, for somebody born on %(birth)s. Correct the date or the identity number."
    ),
    "unknown_code": _("This is not in the code list. Use one of its words, or ask the bureau to add this one."),
    "several_codes": _("This cell names several: %(words)s. Only one is kept here; leave the one that counts."),
    "duplicate_in_file": _(
        "The same person is in row %(row)s already. The first row counts; remove this one or merge the two."
    ),
    "duplicate_in_other_sheet": _(
        "The same person is in row %(row)s of sheet “%(sheet)s” already. The first row counts; remove this one or merge the two."
    ),
    "contradicts_row": _("Row %(row)s of sheet “%(sheet)s” says otherwise. Correct whichever is wrong."),
    "earlier_row_refused": _(
        "Row %(row)s of sheet “%(sheet)s”, where this person should be entered, was refused. Correct that row first."
    ),
    "looks_like_another": _(
        "Somebody with this name and date of birth, but another number, is on file in your units. If it is the same person, correct the "
        "number instead of opening a second file; if not, let the row in and answer the pair under “Possible duplicates”."
    ),
    "left_out": _(
        "This was not kept: “%(needs)s” is empty in this row, and without it nobody knows what this belongs to."
    ),
    "unknown_unit": _(
        "There is no unit with this name or code. Compare it with the list of units; a new one must be entered first."
    ),
    "ambiguous_unit": _("%(count)s units bear this name. Add the unit code."),
    "unit_name_unknown": _("No unit bears this name. The code is that of %(unit)s, which was taken. Compare the two."),
    "unit_differs_from_code": _("The name in this row is that of another unit. Correct the name or the code."),
    "out_of_scope": _("This belongs to another bureau. You cannot change it from here."),
    "out_of_scope_ask": _("This person's file is kept elsewhere. Ask %(ask)s; a transfer brings the file to you."),
    "no_cached_value": _(
        "The cell holds a formula whose result was never calculated. Open the workbook, let it calculate, save and send again."
    ),
    "error_cell": _("The cell holds an error instead of a value. Correct the formula or type the value."),
    "stale": _(
        "The file was changed after this row was checked, or already holds something later. Check the workbook again."
    ),
    "stale_since": _(
        "On file something holds from %(since)s already; this row would hold from %(day)s. Correct the date in the row, or let the changes "
        "of the workbook hold from a later day."
    ),
    "not_a_name": _("A name has letters only. Remove the other characters."),
    "too_long": _("This is longer than the field (%(limit)s characters). Shorten it."),
    "document_number": _(
        "This is no number of such a document: 5 to 20 letters and digits. Compare it with the document."
    ),
    "birth_needs_day": _(
        "The month alone was not kept: without an identity card the whole day is needed, such as 1985-07-13."
    ),
    "not_a_number": _("A number is expected here; of people, classes and seats a whole one."),
    "out_of_range": _("This number cannot be right here: it is below nought, too large or too precise. Correct it."),
    "not_an_email": _("This is no e-mail address. Write it as name@example.cn, or leave the cell empty."),
    "not_a_school_year": _("This is no school year. Write it as 2026-2027."),
    "not_yes_no": _("Write 是 or 否."),
    "resident_number": _(
        "The number beside it is that of a resident identity card: name that card here, or correct the number."
    ),
    "not_a_phone": _("This is no phone number: eleven digits for a mobile phone, or area code and number."),
    "several_phones": _("More than one number is in this cell. Keep the one that counts."),
    "private_character": _(
        "A character of this cell shows on one machine only. Type it again with the national character set."
    ),
    "placed_below_sender": _("No unit of yours bears this name, so the unit was placed directly below yours."),
    "hidden_characters": _("Invisible characters were removed."),
    "day_needed": _("The whole day is needed here, such as 2019-07-13."),
    "contradiction": _("These values cannot be said together. %(why)s"),
    "unknown_number": _(
        "Nobody among your units has this identity number or staff number. Name the file by one of them, such as 11010519491231002X.jpg."
    ),
    "about_oneself": _("This row is about yourself. Let a colleague send it."),
    "ambiguous_number": _(
        "%(count)s people of your units have this staff number. Name the file by the identity number."
    ),
    "several_files": _(
        "%(count)s files of this zip are of the same person. Leave the one that is meant, and send it again."
    ),
    "no_picture": _("This is no JPEG or PNG picture, or it is damaged. Open the photo and save it anew as JPEG."),
    "picture_too_large": _("The file is larger than 10 MB. Save the photo in a smaller size."),
    "too_many_pixels": _(
        "The picture has %(width)s × %(height)s pixels, too many to be read. Save it in a smaller size."
    ),
    "picture_too_small": _(
        "The picture has %(width)s × %(height)s pixels; at least %(least_width)s × %(least_height)s are needed to print it. "
        "Take a larger one."
    ),
    "no_vacancy": _(
        "No post of this level is free at the unit from %(day)s on. Correct the level or the day, or have more posts approved first."
    ),
    "unknown_post": _("The notice has no such post. It has these: %(posts)s."),
    "other_post_in_file": _(
        "Row %(row)s has this person for another post; by the notice everybody applies for one. Leave the row that counts."
    ),
    "other_post": _(
        "This person applied for post %(post)s already (application %(serial)s); by the notice everybody applies for one."
    ),
    "applied_already": _("This person applied for the post without a workbook already (application %(serial)s)."),
    "decided_already": _("Application %(serial)s was decided already, so what it says does not change any more."),
    "outside_days": _("Applications were taken from %(first)s to %(last)s. This one is of another day."),
    "day_of_application": _(
        "The last day for applications was %(last)s. Without the day of this application nobody knows whether it came in time: add a "
        "column 报名日期."
    ),
    "unknown_applicant": _("Nobody who applied here has this number. Compare it with the list of applicants."),
    "several_applications": _("This person applied for several posts. Give the application number."),
    "numbers_differ": _(
        "The identity number is that of another applicant than the application number. Correct whichever is wrong."
    ),
    "applicant_name_differs": _("The applicant of this number has another name. Correct whichever is wrong."),
    "not_examined": _("This applicant is not among those who are examined now: %(stage)s."),
    "not_a_score": _(
        "This is no score. Write it in digits with three decimals at most, or “absent” for who was absent."
    ),
    "score_over": _("The score is above the highest one of the notice, %(most)s."),
    "fewer_scores": _(
        "On file there is a score of judge %(judge)s for this applicant, and none in this row. Fill it in, or undo the batch with which "
        "it came."
    ),
    "too_late": _("The recruitment does not stand where such rows are taken any more."),
    "unit_closed": _(
        "%(unit)s is closed from %(day)s on: nobody belongs to it from that day on. Name the unit where the person belongs from then on, "
        "or take the row out."
    ),
    "unit_closed_into": _(
        "%(unit)s is closed from %(day)s on: nobody belongs to it from that day on. It went into %(successor)s: name that one, from that "
        "day on."
    ),
    "closed_already": _(
        "%(unit)s is closed from %(day)s on, and has no name, quota, pupils or units below it from then on. Take the row out, name another "
        "unit, or let the changes of the workbook hold from a day before."
    ),
    "unknown_person": _(
        "Nobody has this number: no file has the identity number, none of your people the staff number. Compare it with the file."
    ),
    "ambiguous_person": _("%(count)s of your people have this staff number. Write the identity number instead."),
    "unit_or_number": _(
        "Without an identity number or staff number the unit must be named: people are found by name within their unit only."
    ),
    "found_by_name": _("Found by name and unit, since the row has no number. Compare it with the person's file."),
    "nobody_of_name": _(
        "Nobody of this name belongs or belonged to the unit. Compare the name and the unit, or write the identity number."
    ),
    "several_of_name": _("%(count)s people of the unit bear this name. Write the identity number."),
    "month_taken": _("Only the month is written, so %(day)s was taken. Write the whole day where it is known."),
    "headship_left": _("The person is not on staff from %(day)s on, so the headship ends with that day."),
    "contract_no_end": _(
        "There is no last day, so the contract holds until retirement. Fill it in where the term is fixed."
    ),
    "name_differs": _("The file of this number says %(name)s. Correct the name or the number."),
    "has_file": _(
        "Somebody with this identity number has a file. Who is on staff elsewhere is transferred, not placed."
    ),
    "graduate_erased": _("What was known of them was erased, its time is over."),
    "graduate_decided": _(
        "A placement of theirs was decided: what is known of them stands on the report slip, and is put right there no more."
    ),
    "from_differs": _("The person belongs to %(unit)s before that day. Correct the unit, or the first day."),
    "implausible_date": _("A date this far off cannot be right. Correct it."),
    "duplicate_header": _("Two columns have the same heading. Remove or rename one of them."),
}


# Sentences that say more where more is known: code → (the parameter that makes the difference, the other sentence).
FULLER = {
    "out_of_scope": ("ask", "out_of_scope_ask"),
    "duplicate_in_file": ("sheet", "duplicate_in_other_sheet"),
    "stale": ("since", "stale_since"),
    "unit_closed": ("successor", "unit_closed_into"),
}


SAID: Final = "said"


def in_every_language(say: Callable[[], str]) -> dict[str, str]:
    """What a rule says, in each language of the pages: a problem keeps it as its parameter `said` for whoever reads it."""
    told = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            told[code] = say()
    return told


def message(problem: Problem) -> str:
    """The sentence for a problem."""
    params = dict(problem.params)
    if SAID in params:
        told: dict[str, str] = params[SAID]
        return told.get(get_language() or "") or next(iter(told.values()))
    needs, fuller = FULLER.get(problem.code, ("", ""))
    code = fuller if params.get(needs) else problem.code
    if problem.code == "sex_differs_from_id":
        params["by_id"] = label("sex", params["by_id"])
    if problem.code == CONTRADICTION:
        params["why"] = gettext(params["why"])
    return str(TEXTS[code]) % params
