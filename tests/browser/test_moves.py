"""A transfer from the request to the letter, as the sender, the receiver and the bureau see it, and the day on which it takes effect."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from playwright.sync_api import expect

from core.documents.models import IssuedDocument
from personnel.models import Employment, Move
from personnel.selectors.seats import seat_of
from personnel.services import seats
from tests.factories.people import make_teacher
from tests.personnel.moving import EVE, FEBRUARY, desks_of
from tests.personnel.seats import KIND, approved


def step(window: Any, move: Move, label: str, **said: str) -> None:
    """Take a step of the case by its button."""
    window.goto(f"/cases/{move.case.public_id}/")
    window.page.locator(".sd-actionbar").get_by_role("link", name=label, exact=True).click()
    for name, value in said.items():
        window.page.locator(f"[name={name}]").fill(value)
    window.page.get_by_role("button", name=label, exact=True).click()
    expect(window.page.locator(".sd-notice.is-red, .sd-error")).to_have_count(0)
    expect(window.page).to_have_url(re.compile("/(cases/[^/]+/|inbox/)$"))


def test_a_transfer_from_the_request_to_the_letter(window_of, county_clerk, county_a, school_a, second_school_a):
    person = make_teacher("张伟", school_a, sex="1", birth=date(1985, 3, 12), pinyin="zhang wei")
    for unit in (school_a, second_school_a):
        approved(county_clerk, unit, 1)
    seats.occupy(actor=county_clerk, teacher=person, unit=school_a, kind=KIND, on=date(2026, 3, 1))
    desks = desks_of(school_a, second_school_a, county_a)
    clerk = window_of(desks.asks)

    clerk.goto(f"/teachers/{person.public_id}/")
    clerk.page.get_by_role("link", name="调动、派出").click()
    for name, value in {
        "receiver_name": "青石县实验小学", "starts": "2027-02-01", "post": "教师", "words": "学科教师紧缺",
    }.items():  # fmt: skip
        clerk.page.locator(f"[name={name}]").fill(value)
    clerk.page.locator("[name=ground]").select_option("arranged")
    clerk.page.get_by_role("button", name="提交申请").click()
    expect(clerk.page.get_by_text("接收单位存续")).to_be_visible()
    move = Move.objects.select_related("case").get(teacher=person)
    step(window_of(desks.sender), move, "同意调出", comment="同意")
    step(window_of(desks.receiver), move, "同意调入", comment="同意接收")
    step(window_of(desks.bureau), move, "同意", document="青教人〔2026〕18号")

    assert [seat_of(person, day).unit for day in (EVE, FEBRUARY)] == [school_a.pk, second_school_a.pk]
    assert Employment.objects.get(teacher=person, valid__contains=FEBRUARY).unit == second_school_a
    office = window_of(county_clerk)
    office.goto("/moves/")
    office.page.get_by_role("link", name="张伟").click()
    office.page.get_by_role("link", name="此人的文书").click()
    office.page.get_by_role("link", name="行政介绍信").click()
    office.page.locator("[name=reason]").fill("办理调动")
    office.page.get_by_role("button", name="开具").click()
    expect(office.page.get_by_text("自2027年2月1日起人事关系转入你单位")).to_be_visible()
    assert IssuedDocument.objects.get().kind == "move_letter"
