"""The teacher file for programs: reading it, changing it."""

from django.urls import path

from personnel.api.corrections import Corrections
from personnel.api.dossier import Dossiers, Materials
from personnel.api.facts import Changes, EvidenceFiles, Facts
from personnel.api.merging import Likenesses, Merges, Separations
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
    path("changes/<uuid:id>/undo/", Changes.as_view({"post": "undo"}), name="api_change_undo"),
    path("evidence/", EvidenceFiles.as_view({"post": "create"}), name="api_evidence"),
]
