"""Why a whole file is not read, in the reader's language: what, where, why, what to do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "not_a_workbook": _("This file is no workbook. Send an Excel, WPS, OpenDocument or CSV file."),
    "unsupported_format": _("Workbooks of the form %(form)s are not read. Save it as .xlsx and send it again."),
    "encrypted": _(
        "The workbook is protected by a password and cannot be opened. Save it without one and send it again."
    ),
    "macros": _(
        "The workbook contains macros, and such files are not taken. Save it as .xlsx without macros and send it again."
    ),
    "damaged": _("The file is damaged (%(part)s). Open it in Excel or WPS, save it anew and send it again."),
    "empty_file": _("The file is empty. Choose the file again and send it."),
    "too_large": _("The file has %(size)s MB; the most is %(limit)s MB. Split it into several workbooks."),
    "unpacked_too_large": _(
        "Unpacked, the workbook would be larger than %(limit)s MB. Delete pictures and empty formatted rows, or split it."
    ),
    "zip_bomb": _(
        "A part of the workbook unpacks to more than %(limit)s MB (%(part)s). Save the data anew in an empty workbook."
    ),
    "too_many_entries": _(
        "The workbook has an unusual number of parts. Copy the data into a new workbook and send that."
    ),
    "unsafe_names": _("The file holds names that point outside of it (%(part)s), so it was not opened."),
    "xml_entities": _("The file holds XML that workbooks do not need (%(part)s), so it was not opened."),
    "too_many_columns": _(
        "Sheet “%(sheet)s” uses %(columns)s columns; the most is %(limit)s. Delete what does not belong to the list."
    ),
    "too_many_rows": _(
        "Sheet “%(sheet)s” uses %(rows)s rows; the most for its width is %(limit)s. Split it into several workbooks."
    ),
    "too_many_sheets": _("The workbook has more than %(limit)s sheets. Split it into several workbooks."),
    "too_many_cells": _(
        "The sheets of the workbook use more than %(limit)s cells together. Delete what does not belong to the list, or split it."
    ),
    "too_long_cell": _(
        "Sheet “%(sheet)s”, row %(row)s, column %(column)s: the cell holds more than %(limit)s characters, more than Excel "
        "can keep. Shorten it and send the workbook again."
    ),
    "too_much_text": _(
        "The texts of all cells are larger than %(limit)s MB together. Delete what does not belong to the list, or split the workbook."
    ),
    "too_many_merges": _(
        "Sheet “%(sheet)s” has more than %(limit)s merged cells. Undo the merging and fill the cells."
    ),
    "too_many_faults": _(
        "More than %(limit)s cells hold errors or formulas without a result. Let the workbook calculate, save it and send it again."
    ),
    "broken_quotes": _("The quotation marks of the text file do not match. Save it as .xlsx and send that."),
    "duplicate_header": _(
        "In sheet “%(sheet)s” the heading “%(header)s” stands over two columns (%(columns)s). "
        "Leave one of them out below; the workbook stays as it is."
    ),
    "nothing_recognised": _(
        "No sheet could be recognised (%(sheets)s). Say below what its headings mean, which must stand in the first 20 rows, or compare "
        "them with the template."
    ),
    "columns_missing": _(
        "Sheet “%(sheet)s” looks like “%(kind)s”, but the column “%(missing)s” is missing. Say below which column it is, or add it and "
        "send the workbook again."
    ),
    "kind_not_allowed": _(
        "Sheet “%(sheet)s” lists “%(kind)s”, which your role does not import. Give it to the bureau above you."
    ),
    "from_its_page": _(
        "Such a workbook is sent from the page of the recruitment that it belongs to, while that waits for it."
    ),
    "no_rows": _("Sheet “%(sheet)s” has headings but no rows below them, so there is nothing to import."),
}


def sentence_of(trouble: dict[str, Any]) -> str:
    """The sentence for a refused file, from the code and params that its batch keeps."""
    return str(TEXTS[trouble["code"]]) % trouble["params"]
