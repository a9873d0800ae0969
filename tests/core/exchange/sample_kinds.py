"""Kinds of sheets as the tests of reading need them, with small code lists."""

from core.exchange.recognition import FieldSpec, KindSpec
from core.text import header_key


def codes(*words: str) -> dict[str, str]:
    return {header_key(word): word for word in words}


SEX = {"男": "1", "男性": "1", "女": "2", "女性": "2"}
NATION_NAMES = ("汉族", "回族", "满族", "蒙古族", "藏族", "苗族", "壮族")
NATIONS = {header_key(word): name for name in NATION_NAMES for word in (name, name.removesuffix("族"))}

TEACHERS = KindSpec(
    "teachers",
    (
        FieldSpec("serial", ("序号",), "serial"),
        FieldSpec("unit", ("工作单位", "学校名称", "单位名称")),
        FieldSpec("unit_code", ("单位代码", "学校标识码", "学校代码")),
        FieldSpec("name", ("姓名", "教师姓名"), "name", required=True, max_length=50),
        FieldSpec("sex", ("性别",), "code", codes=SEX, code_names={"1": "男", "2": "女"}),
        FieldSpec("number", ("身份证号码", "身份证号", "身份证件号"), "id_number", required=True),
        FieldSpec("birth", ("出生年月", "出生日期"), "date"),
        FieldSpec("nation", ("民族",), "code", codes=NATIONS, code_names={name: name for name in NATION_NAMES}),
        FieldSpec("politics", ("政治面貌",), "code", codes=codes("群众", "中共党员", "共青团员", "民盟盟员")),
        FieldSpec("work_start", ("参加工作时间", "参加工作年月"), "date"),
        FieldSpec("teach_start", ("从教时间", "从教年月", "任教时间"), "date"),
        FieldSpec("in_quota", ("是否在编",), "yes_no"),
        FieldSpec(
            "education", ("学历", "最高学历"), "code",
            codes=codes("大学本科", "本科", "大专", "大学专科", "硕士研究生", "中师", "博士"),
        ),
        FieldSpec("degree", ("学位", "最高学位"), "code", codes=codes("学士", "硕士", "博士")),
        FieldSpec("school", ("毕业院校", "毕业学校")),
        FieldSpec("graduated", ("毕业时间", "毕业年月", "毕业日期"), "date"),
        FieldSpec("major", ("所学专业", "专业")),
        FieldSpec("title", ("职称", "职称名称")),
        FieldSpec("title_on", (("专业技术职务", "取得时间"), "取得时间"), "date"),
        FieldSpec("subject", ("任教学科", "任教科目")),
        FieldSpec("phone", ("联系电话", "手机号码", "联系方式"), "phone"),
        FieldSpec("remark", ("备注",), "serial"),
    ),
    needs=("name", "number", ("unit", "unit_code", "sex")),
    keys=("name", "number"),
)  # fmt: skip

UNITS = KindSpec(
    "units",
    (
        FieldSpec("code", ("学校标识码",), required=True),
        FieldSpec("name", ("学校名称",), required=True),
        FieldSpec("type", ("办学类型",)),
        FieldSpec("type_code", ("办学类型码",)),
        FieldSpec("location", ("城乡分类",)),
        FieldSpec("pupils", ("在校学生数",), "integer"),
        FieldSpec("classes", ("班级数",), "integer"),
        FieldSpec("quota", ("核定编制数",), "integer"),
        FieldSpec("parent", ("上级单位",)),
    ),
    needs=("code", "name", ("type", "type_code", "pupils")),
    keys=("code", "name"),
)

KINDS = (TEACHERS, UNITS)
