"""The invented geography: counties with towns, and the universities where people studied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CITY_CODE: Final = "350790"
CITY_NAME: Final = "临江市"
CITY_BUREAU: Final = "临江市教育局"


@dataclass(frozen=True, slots=True)
class County:
    """A county of the city: its bureau, the short word in front of user names, the mark on its papers, its towns.

    `region` begins the identity numbers of people born there. No region of Fujian has such a code, so that no number made here
    can be anybody's. `former` is what the county was called until `renamed` (a year).
    """

    name: str
    region: str
    key: str
    mark: str
    towns: tuple[str, ...]
    former: str = ""
    renamed: int = 0

    @property
    def bureau(self) -> str:
        """The education bureau's name."""
        return f"{self.name}教育局"

    @property
    def seat(self) -> str:
        """The town where the county's offices are."""
        return self.towns[0]


LINXI: Final = County(
    "临溪县",
    "350726",
    "linxi",
    "临",
    ("城关镇", "石门镇", "南坪镇", "枫岭乡", "下洋乡", "沙溪镇", "梅源乡", "古田坂镇", "大坑乡"),
)
SHIMEN: Final = County(
    "石门县", "350727", "shimen", "石", ("玉屏镇", "双溪镇", "上杭寮乡", "龙潭镇", "白沙乡", "桃源镇", "高岭乡")
)
QINGHE: Final = County(
    "青河区",
    "350704",
    "qinghe",
    "青",
    ("河东街道", "新港镇", "塔前镇", "云际乡", "黄墩镇", "南湾镇", "鹤山镇"),
    "青河县",
    2015,
)
COUNTIES: Final = (LINXI, SHIMEN, QINGHE)
CITY_MARK: Final = "江"
CITY_REGIONS: Final = ("350704", "350726", "350727", "350728")

# Where people come from who were not born in the city (only as text: native place and place of birth).
NATIVE_PLACES: Final = (
    "福建南平",
    "福建宁德",
    "福建三明",
    "福建福州",
    "福建古田",
    "江西上饶",
    "浙江丽水",
    "江西抚州",
    "福建莆田",
    "福建泉州",
)

NORMAL_UNIVERSITIES: Final = (
    "福建师范大学",
    "闽南师范大学",
    "江西师范大学",
    "浙江师范大学",
    "华东师范大学",
    "华中师范大学",
    "湖南师范大学",
)
NORMAL_COLLEGES: Final = (
    "泉州师范学院",
    "宁德师范学院",
    "武夷学院",
    "三明学院",
    "莆田学院",
    "上饶师范学院",
    "赣南师范大学",
)
OTHER_UNIVERSITIES: Final = ("福州大学", "集美大学", "厦门大学", "福建农林大学", "南昌大学", "华侨大学", "江西财经大学")
JUNIOR_COLLEGES: Final = (
    "福建幼儿师范高等专科学校",
    "泉州幼儿师范高等专科学校",
    "南平师范高等专科学校",
    "福建教育学院",
    "建阳师范专科学校",
)
NORMAL_SCHOOLS: Final = (
    "福建省建阳师范学校",
    "福建省宁德师范学校",
    "福建省福安师范学校",
    "福建省沙县师范学校",
    "福建省浦城师范学校",
)
MASTER_SCHOOLS: Final = ("福建师范大学", "华东师范大学", "厦门大学", "华中师范大学", "江西师范大学", "北京师范大学")
DISTANCE_SCHOOLS: Final = ("福建师范大学", "国家开放大学", "福建广播电视大学", "福建教育学院", "江西师范大学")
SCHOOLS_ELSEWHERE: Final = (
    "福清市第三中学", "晋江市实验小学", "建瓯市第二小学", "上饶县第一小学", "邵武市第四中学", "浦城县实验小学", "丽水市莲都小学",
)  # fmt: skip
WORKPLACES_ELSEWHERE: Final = (
    "福州新东方培训学校",
    "南平纺织厂子弟学校",
    "武夷山旅游公司",
    "福建移动南平分公司",
    "建瓯市农业银行",
)
STREETS: Final = ("中山路", "解放路", "文昌路", "滨江路", "书院巷", "环城东路", "朝阳路", "建设路", "玉屏路", "学府路")
ESTATES: Final = ("师苑小区", "滨江花园", "书香门第", "教师新村", "阳光城", "翠竹苑", "锦绣华庭")
