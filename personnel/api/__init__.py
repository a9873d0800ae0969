"""The teacher file for programs: reading it, changing it."""

from django.urls import path

from personnel.api.cadres import Cadres, PersonHeadships, Reserves
from personnel.api.contracts import Contracts
from personnel.api.corrections import Corrections
from personnel.api.dossier import Dossiers, Materials
from personnel.api.facts import Changes, EvidenceFiles, Facts
from personnel.api.merging import Likenesses, Merges, Separations
from personnel.api.moves import Moves
from personnel.api.planning import Deployment, Planning, PlanOfScenario, Scenarios
from personnel.api.posts import PersonPosts, Posts
from personnel.api.recruitment import Plans, Recruitments
from personnel.api.seat_cases import AskForSeats, SeatAdjustments, SeatUses
from personnel.api.seats import Ledger, SeatDifferences, Seats, SeatsOfMonth
from personnel.api.teachers import Teachers

urlpatterns = [
    path("teachers/", Teachers.as_view({"get": "list"}), name="api_teachers"),
    path("teachers/<uuid:id>/", Teachers.as_view({"get": "retrieve"}), name="api_teacher"),
    path("teachers/<uuid:id>/whole/", Teachers.as_view({"get": "whole"}), name="api_whole"),
    path("teachers/<uuid:id>/sections/", Teachers.as_view({"get": "sections"}), name="api_sections"),
    path("teachers/<uuid:id>/sections/<slug:name>/", Teachers.as_view({"get": "section"}), name="api_section"),
    path("teachers/<uuid:id>/sections/<slug:name>/add/", Facts.as_view({"post": "add"}), name="api_fact_add"),
    path("teachers/<uuid:id>/sections/<slug:name>/change/", Facts.as_view({"post": "change"}), name="api_fact_change"),
    path(
        "teachers/<uuid:id>/sections/<slug:name>/correct/", Facts.as_view({"post": "correct"}), name="api_fact_correct"
    ),
    path("teachers/<uuid:id>/sections/<slug:name>/end/", Facts.as_view({"post": "end"}), name="api_fact_end"),
    path(
        "teachers/<uuid:id>/sections/<slug:name>/ask/", Corrections.as_view({"post": "ask"}), name="api_correction_ask"
    ),
    path("teachers/<uuid:id>/history/", Teachers.as_view({"get": "history"}), name="api_history"),
    path("teachers/<uuid:id>/merge/", Merges.as_view({"post": "merge"}), name="api_merge"),
    path("likenesses/", Likenesses.as_view({"get": "list"}), name="api_likenesses"),
    path("changes/<uuid:id>/separate/", Separations.as_view({"post": "separate"}), name="api_separate"),
    path("teachers/<uuid:id>/dossier/", Dossiers.as_view({"get": "retrieve"}), name="api_dossier"),
    path("teachers/<uuid:id>/dossier/materials/", Dossiers.as_view({"post": "enter"}), name="api_material_enter"),
    path("teachers/<uuid:id>/dossier/borrow/", Dossiers.as_view({"post": "borrow"}), name="api_dossier_borrow"),
    path("teachers/<uuid:id>/dossier/review/", Dossiers.as_view({"post": "review"}), name="api_dossier_review"),
    path("dossiers/send/", Dossiers.as_view({"post": "send"}), name="api_dossiers_send"),
    path("materials/<uuid:id>/correct/", Materials.as_view({"post": "correct"}), name="api_material_correct"),
    path("materials/<uuid:id>/withdraw/", Materials.as_view({"post": "withdraw"}), name="api_material_withdraw"),
    path("moves/", Moves.as_view({"get": "list"}), name="api_moves"),
    path("posts/", Posts.as_view({"get": "list"}), name="api_posts"),
    path("units/<uuid:id>/posts/propose/", Posts.as_view({"post": "propose"}), name="api_posts_propose"),
    path("teachers/<uuid:id>/post/appoint/", PersonPosts.as_view({"post": "appoint"}), name="api_post_appoint"),
    path("teachers/<uuid:id>/post/move/", PersonPosts.as_view({"post": "move"}), name="api_post_move"),
    path("teachers/<uuid:id>/post/end/", PersonPosts.as_view({"post": "end"}), name="api_post_end"),
    path(
        "teachers/<uuid:id>/contract/conclude/", Contracts.as_view({"post": "conclude"}), name="api_contract_conclude"
    ),
    path("teachers/<uuid:id>/contract/judge/", Contracts.as_view({"post": "judge"}), name="api_contract_judge"),
    path("teachers/<uuid:id>/contract/renew/", Contracts.as_view({"post": "renew"}), name="api_contract_renew"),
    path("teachers/<uuid:id>/contract/end/", Contracts.as_view({"post": "end"}), name="api_contract_end"),
    path("seats/", Seats.as_view({"get": "list"}), name="api_seats"),
    path("seats/standard/", Seats.as_view({"get": "standard"}), name="api_seats_standard"),
    path("seats/differences/", SeatDifferences.as_view({"get": "list"}), name="api_seat_differences"),
    path("seats/month/", SeatsOfMonth.as_view({"get": "list"}), name="api_seats_month"),
    path("units/<uuid:id>/seats/", Seats.as_view({"get": "retrieve"}), name="api_unit_seats"),
    path("units/<uuid:id>/seats/ledger/", Ledger.as_view({"get": "list"}), name="api_seat_ledger"),
    path("units/<uuid:id>/seats/use/", AskForSeats.as_view({"post": "use"}), name="api_seats_use"),
    path("units/<uuid:id>/seats/adjust/", AskForSeats.as_view({"post": "adjust"}), name="api_seats_adjust"),
    path("seat-uses/", SeatUses.as_view({"get": "list"}), name="api_seat_uses"),
    path("seat-adjustments/", SeatAdjustments.as_view({"get": "list"}), name="api_seat_adjustments"),
    path("recruitment-plans/", Plans.as_view({"get": "list"}), name="api_recruitment_plans"),
    path("recruitment-plans/<uuid:id>/", Plans.as_view({"get": "retrieve"}), name="api_recruitment_plan"),
    path("recruitments/", Recruitments.as_view({"get": "list"}), name="api_recruitments"),
    path("recruitments/<uuid:id>/", Recruitments.as_view({"get": "retrieve"}), name="api_recruitment"),
    path("cadres/", Cadres.as_view({"get": "list"}), name="api_cadres"),
    path("reserves/", Reserves.as_view({"get": "list"}), name="api_reserves"),
    path("reserves/<uuid:id>/", Reserves.as_view({"get": "retrieve"}), name="api_reserve"),
    path(
        "teachers/<uuid:id>/headship/propose/",
        PersonHeadships.as_view({"post": "propose"}),
        name="api_headship_propose",
    ),
    path("planning/", Planning.as_view({"get": "retrieve"}), name="api_planning"),
    path("planning/schools/", Planning.as_view({"get": "list"}), name="api_planning_schools"),
    path("scenarios/", Scenarios.as_view({"get": "list"}), name="api_scenarios"),
    path("scenarios/<uuid:id>/", Scenarios.as_view({"get": "retrieve"}), name="api_scenario"),
    path("scenarios/<uuid:id>/plan/", PlanOfScenario.as_view({"get": "retrieve"}), name="api_scenario_plan"),
    path("scenarios/<uuid:id>/schools/", PlanOfScenario.as_view({"get": "list"}), name="api_scenario_schools"),
    path("deployment/", Deployment.as_view({"get": "retrieve"}), name="api_deployment"),
    path("changes/<uuid:id>/undo/", Changes.as_view({"post": "undo"}), name="api_change_undo"),
    path("evidence/", EvidenceFiles.as_view({"post": "create"}), name="api_evidence"),
]
