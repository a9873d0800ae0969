"""Style sheets and scripts: plain colours for older browsers, contrast, no foreign host."""

import json
import re
from pathlib import Path

import pytest

from core.web.templatetags import sd

WEB = Path(sd.__file__).parent.parent
ROOT = WEB.parent.parent
CSS = (WEB / "static/core/shidang.css").read_text()
TOO_NEW = r"light-dark\(|oklch\(|oklab|color-mix\(|@layer|@container|@scope"
PAIRS = [  # text, ground
    (text, ground)
    for text in (
        "tblr-body-color",
        "tblr-heading-color",
        "tblr-secondary",
        "sd-accent",
        "tblr-red",
        "tblr-yellow",
        "tblr-green",
    )
    for ground in (
        "tblr-body-bg",
        "tblr-bg-surface",
        "tblr-bg-surface-tertiary",
        "sd-tint",
        "sd-wash",
        "sd-hover",
        "sd-selected",
    )
] + [
    ("tblr-red", "tblr-red-lt"),
    ("tblr-yellow", "tblr-yellow-lt"),
    ("tblr-green", "tblr-green-lt"),
    ("tblr-red", "sd-bad"),
    ("tblr-yellow", "sd-wash-amber"),
    ("tblr-body-color", "sd-rule"),
    ("sd-accent", "sd-current"),
]


def tokens(theme: str) -> dict[str, str]:
    """The plain colours of a theme, with three-digit ones written out."""
    block = re.search(
        rf"(?m)^(?::root, )?\[data-bs-theme={theme}\] {{\n(.*?)^}}", CSS[CSS.index("color-scheme") - 200 :], re.DOTALL
    )
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block[1]))
    return {
        name: "#" + "".join(c * 2 for c in value[1:]) if len(value) == 4 else value for name, value in found.items()
    }


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast_of_wcag_aa(theme: str):
    colours = tokens(theme)
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in PAIRS}

    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}
    assert contrast("#ffffff", colours["tblr-primary"]) >= 4.5
    assert contrast("#ffffff", colours["sd-bar"]) >= 4.5
    assert contrast(colours["sd-field"], colours["tblr-bg-surface"]) >= 3
    assert contrast(colours["sd-mark"], colours["tblr-bg-surface"]) >= 3


def test_both_themes_name_the_same_colours():
    assert tokens("light").keys() == tokens("dark").keys()


def test_style_sheet_is_read_by_chromium_109():
    assert re.findall(TOO_NEW, CSS) == []
    assert re.findall(r"@media[^{]*[<>]", CSS) == []


def test_every_token_used_is_defined():
    vendor = WEB / "static/vendor/tabler.min.css"
    known = CSS + (vendor.read_text() if vendor.exists() else "")
    used = set(re.findall(r"var\((--(?:sd|tblr)-[\w-]+)\)", CSS))

    assert sorted(name for name in used if f"{name}:" not in known and not name.startswith("--tblr-btn")) == []


def test_scripts_hold_no_address_and_no_evaluation():
    for path in sorted((WEB / "static/core").glob("*.js")):
        source = path.read_text()
        assert re.findall(r"https?://|\beval\(|new Function|innerHTML|\.on\w+ =", source) == [], path.name


def test_lock_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity")] == []
    assert {name.removeprefix("node_modules/") for name in packages} >= {"@tabler/core", "echarts", "tom-select"}


def test_built_style_sheets_are_plain():
    built = sorted((WEB / "static/vendor").glob("*.css"))
    if not built:
        pytest.skip("assets are not built: npm ci && npm run build")
    for path in built:
        assert re.findall(r"light-dark\(|oklch\(|oklab|color-mix\(", path.read_text()) == [], path.name
        assert path.read_text().count("{") == path.read_text().count("}"), path.name
