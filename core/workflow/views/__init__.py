"""The pages of cases: what waits, one case, a step, who stands in, how a workflow goes."""

from core.workflow.views.case import AssignCase, CasePage, TakeStep
from core.workflow.views.lists import BulkStep, CaseList, Inbox
from core.workflow.views.standing import EndStandIn, NewStandIn, StandIns
from core.workflow.views.ways import WorkflowList, WorkflowPage

PAGES = (
    Inbox, BulkStep, CaseList, CasePage, AssignCase, TakeStep, StandIns, NewStandIn, EndStandIn, WorkflowList, WorkflowPage,
)  # fmt: skip
