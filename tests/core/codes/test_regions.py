"""Names of regions by code, abolished ones included."""

from datetime import date

import pytest

from core.codes import regions


@pytest.mark.parametrize(
    ("code", "on", "full_name"),
    [
        ("140702", None, "山西省晋中市榆次区"),
        ("142401", date(1990, 1, 1), "山西省晋中地区榆次市"),
        ("142401", date(2005, 1, 1), "山西省晋中地区榆次市"),
        ("142400", date(1975, 1, 1), "山西省吕梁地区"),
        ("142400", date(1990, 1, 1), "山西省晋中地区"),
        ("110103", None, "北京市崇文区"),
        ("110105", date(1949, 12, 31), "北京市朝阳区"),
        ("429004", None, "湖北省仙桃市"),
        ("140000", None, "山西省"),
        ("830000", None, "台湾省"),
        ("999999", None, ""),
        ("14070", None, ""),
        ("", None, ""),
        ("１４０７０２", None, ""),
    ],
)
def test_name(code, on, full_name):
    assert regions.name(code, on) == full_name


def test_an_abolished_code_is_known_and_an_invented_one_is_not():
    assert regions.known("142401")
    assert not regions.known("999999")
