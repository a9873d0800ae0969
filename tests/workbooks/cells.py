"""The many ways in which people write the same thing into a cell; each gives (value, name of the number format)."""

import random
from collections.abc import Callable
from datetime import date, datetime

Written = tuple[object, str]
Form = Callable[[date], Written]

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

DAY_FORMS: tuple[Form, ...] = (
    lambda day: (f"{day:%Y-%m-%d}", ""),
    lambda day: (f"{day:%Y%m%d}", ""),
    lambda day: (f"{day.year}年{day.month}月{day.day}日", ""),
    lambda day: (f"{day.year}/{day.month}/{day.day}", ""),
    lambda day: (f"{day.year}.{day.month:02}.{day.day:02}", ""),
    lambda day: (datetime(day.year, day.month, day.day), "day"),  # noqa: DTZ001 a cell has no zone
    lambda day: (int(f"{day:%Y%m%d}"), ""),
    lambda day: (f"{day:%Y-%m-%d}".translate(FULL_WIDTH), ""),
)
MONTH_FORMS: tuple[Form, ...] = (
    lambda day: (f"{day.year}.{day.month:02}", ""),
    lambda day: (f"{day.year}年{day.month}月", ""),
    lambda day: (f"{day.year}-{day.month:02}", ""),
    lambda day: (f"{day:%Y%m}", ""),
    lambda day: (datetime(day.year, day.month, 1), "month"),  # noqa: DTZ001
    lambda day: (float(f"{day.year}.{day.month:02}"), "decimal"),
)


def written_date(chance: random.Random, day: date | None) -> Written:
    """A date in any form; every third gives only the month."""
    if day is None:
        return chance.choice(("", "", "/")), ""
    return chance.choice(chance.choice((DAY_FORMS, DAY_FORMS, MONTH_FORMS)))(day)


def written_number(chance: random.Random, number: str) -> Written:
    """An identity number as text: mostly plain, else with blanks, full-width digits, a small x, a tab before it."""
    forms = (
        number,
        f"{number[:6]} {number[6:14]} {number[14:]}",
        number.lower(),
        number.translate(FULL_WIDTH),
        f"\t{number}",
        f" {number} ",
    )
    return (number if chance.random() < 0.9 else chance.choice(forms)), "text"


def written_name(chance: random.Random, name: str) -> Written:
    if len(name) == 2 and chance.random() < 0.4:
        return f"{name[0]}{chance.choice((' ', '  ', '　'))}{name[1]}", ""
    return (
        f"{name} " if chance.random() < 0.02 else name.replace("·", chance.choice("·•・")) if "·" in name else name
    ), ""


def written_nation(chance: random.Random, nation: str) -> Written:
    return (nation.removesuffix("族") if chance.random() < 0.2 else nation), ""


def written_sex(chance: random.Random, sex: str) -> Written:
    return (f"{sex}性" if chance.random() < 0.05 else sex), ""


def written_phone(chance: random.Random, phone: str) -> Written:
    if chance.random() < 0.1:
        return int(phone), ""
    return (f"{phone[:3]}-{phone[3:7]}-{phone[7:]}" if chance.random() < 0.03 else phone), ""


def written_education(chance: random.Random, education: str) -> Written:
    return (education.replace("大学本科", "本科") if chance.random() < 0.2 else education), ""
