"""Pages of planning: the plan, scenarios, who teaches what."""

from personnel.views.planning import comparing, deployment, overview, scenarios, writing

PAGES = (
    overview.PlanningPage, overview.PlanningWorkbook, comparing.CompareScenarios, writing.NewScenario, scenarios.ScenarioPage,
    writing.ChangeScenario, writing.EnterPupils, writing.ProposeSeats, writing.ProposeRecruits, writing.DraftRecruitment,
    writing.DropScenario, writing.MakeCase, writing.TakeOutPupils, writing.TakeOutSeats, writing.TakeOutRecruits,
    deployment.DeploymentPage, deployment.DutyList,
)  # fmt: skip
