"""What personnel plugs in."""

from django.utils.translation import gettext_lazy as _

from core.registry import Dependent, Module, PaperFollower, Search
from personnel import consequences, home, publicities, quality, resources, tasks
from personnel.choices import SAID_REASONS
from personnel.documents import KINDS
from personnel.menu import NAV
from personnel.sections import SECTIONS, VIEW
from personnel.selectors.accounts import accounts_of, papers_of
from personnel.selectors.dossier import TAB as DOSSIER_TAB
from personnel.services.dossier import file_paper, take_out_paper
from personnel.views.teachers import find_and_note
from personnel.views.unit_changes import HOME as UNIT_HOME
from personnel.workflows import WORKFLOWS

MODULE = Module(
    name="personnel",
    label=_("Personnel"),
    nav=NAV,
    file_sections=SECTIONS,
    file_tabs=(DOSSIER_TAB,),
    searches=(Search("people", _("People"), VIEW, find_and_note, order=10),),
    change_kinds={
        "personnel.create_teacher": _("File opened"),
        "personnel.correct_fact": _("File corrected"),
        "personnel.change_fact": _("File changed"),
        "personnel.end_fact": _("Ended in the file"),
        "personnel.add_fact": _("Added to the file"),
        "personnel.ask_correction": _("Correction asked for"),
        "personnel.undo_change": _("Change undone"),
        "personnel.merge_files": _("Two files merged"),
        "personnel.separate_files": _("Merge undone"),
        "personnel.find_likenesses": _("Files that look alike searched for"),
        "personnel.tell_apart": _("Two files said to be of two people"),
        "personnel.ask_again": _("Two files asked about again"),
        "personnel.enter_material": _("Material entered in the dossier"),
        "personnel.correct_material": _("Material of the dossier put right"),
        "personnel.withdraw_material": _("Material taken out of the dossier"),
        "personnel.keep_dossier": _("Keeper of the dossier recorded"),
        "personnel.file_paper": _("Paper filed in the dossier"),
        "personnel.ask_dossier": _("Dossier asked for"),
        "personnel.ask_transfer": _("Transfer of dossiers prepared"),
        "personnel.open_review": _("Review of ages and histories begun"),
        "personnel.ask_seats": _("Use of seats applied for"),
        "personnel.seats_account": _("Seat account opened"),
        "personnel.seats_opening": _("Seat ledger opened"),
        "personnel.seats_approve": _("Approved seats booked"),
        "personnel.seats_adjust": _("Seats moved between units"),
        "personnel.seats_reserve": _("Seats reserved"),
        "personnel.seats_extend": _("Reservation put off"),
        "personnel.seats_cancel": _("Reservation given back"),
        "personnel.seats_occupy": _("Seats occupied"),
        "personnel.seats_release": _("Seats released"),
        "personnel.seats_move": _("Seats moved"),
        "personnel.seats_counter": _("Movement of seats put right"),
        "personnel.seats_settle": _("Seats booked as the files say"),
        "personnel.plan_scenario": _("Planning scenario changed"),
        "personnel.ask_adjustment": _("Adjustment of seats asked for"),
        "personnel.propose_posts": _("Posts of a unit proposed"),
        "personnel.appoint": _("Appointed to a post"),
        "personnel.move_level": _("Moved to another post level"),
        "personnel.end_appointment": _("Appointment to a post ended"),
        "personnel.take_in_posts": _("People off the ratio taken in"),
        "personnel.conclude_contract": _("Contract concluded"),
        "personnel.judge_probation": _("Probation judged"),
        "personnel.change_contract": _("Contract changed"),
        "personnel.renew_contract": _("Contract renewed"),
        "personnel.end_contract": _("Contract ended"),
        "personnel.ask_move": _("Move asked for"),
        "personnel.propose_unit_change": _("Organisation change proposed"),
        "personnel.propose_headship": _("Headship proposed"),
        "personnel.record_headship": _("Headship recorded"),
        "personnel.judge_head": _("Probation of a head judged"),
        "personnel.begin_reserve": _("Reserve of cadres begun"),
        "personnel.enter_reserve": _("Entered in the reserve of cadres"),
        "personnel.take_out_reserve": _("Taken out of the reserve of cadres"),
        "personnel.list_graduate": _("Graduate entered in the list"),
        "personnel.correct_graduate": _("Graduate put right in the list"),
        "personnel.propose_placement": _("Placement of a graduate proposed"),
        "personnel.propose_special_end": _("End of a special post proposed"),
        "personnel.hand_out_slip": _("Activation slip handed out"),
        "personnel.take_back_slip": _("Activation slip made void"),
        "personnel.lock_slip": _("Activation slip locked after wrong tries"),
        "personnel.use_slip": _("Account opened with a slip"),
        "personnel.draw_up_plan": _("Recruitment plan begun"),
        "personnel.plan_post": _("Row of a recruitment plan changed"),
        "personnel.draw_up_notice": _("Notice of recruitment drawn up"),
        "personnel.set_conditions": _("Conditions of a post set"),
        "personnel.apply": _("Application came in"),
        "personnel.enter_written": _("Written scores entered"),
        "personnel.send_exam_workbook": _("Workbook of the exam office sent"),
        "personnel.enter_judged": _("Judges' scores entered"),
        "personnel.enter_extra": _("Scores of the extra exam entered"),
        "personnel.hire": _("Applicant hired"),
    },
    publicity_kinds=publicities.KINDS,
    import_kinds=resources.KINDS,
    import_sections=resources.SECTIONS,
    home_parts=(*home.HOME, *UNIT_HOME),
    workflows=WORKFLOWS,
    quality_checks=quality.CHECKS,
    document_kinds=KINDS,
    paper_followers=(PaperFollower(issued=file_paper, ended=take_out_paper),),
    consequences=consequences.CONSEQUENCES,
    dependents=(
        Dependent("personnel.Teacher", _("account"), accounts_of),
        Dependent("personnel.Teacher", _("issued paper"), papers_of),
    ),
    list_columns=home.UNIT_COLUMNS,
    list_filters=(quality.FILTER, quality.DOSSIERS, *home.UNIT_FILTERS),
    reveal_reasons=SAID_REASONS,
    urls="personnel.urls",
    api="personnel.api",
)

__all__ = ["MODULE", "tasks"]
