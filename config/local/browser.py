"""The Chromium that the browser tests and screenshots use: found, or installed where that can be done.

python -m config.local.browser      prints its path; installs it first when it is absent
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_PACKAGE = "fonts-noto-cjk"
ADVICE = (
    "No Chromium for the browser tests. Install one and run again: "
    "`apt-get install chromium fonts-noto-cjk` on Debian, `playwright install chromium` elsewhere."
)


def executable() -> Path | None:
    """Path of a Chromium: the system's, else the one that playwright has downloaded, else None."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    try:
        with sync_playwright() as playwright:
            own = Path(playwright.chromium.executable_path)
    except Error:
        return None
    return own if own.exists() else None


def has_chinese_font() -> bool:
    """True when the system can show Chinese text."""
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    return bool(subprocess.run([lister, ":lang=zh"], capture_output=True, text=True, check=True).stdout.strip())


def install() -> Path | None:
    """Install what is absent, by apt-get as root on Debian, else by playwright; the path, None when there is none."""
    apt = shutil.which("apt-get") if os.geteuid() == 0 else None
    wanted = ([] if executable() else ["chromium"]) + ([] if has_chinese_font() else [FONT_PACKAGE, "fontconfig"])
    if apt and wanted:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "update", "-qq"], env=quiet, check=False, stdout=subprocess.DEVNULL)
        subprocess.run([apt, "install", "-y", "-qq", *wanted], env=quiet, check=False, stdout=subprocess.DEVNULL)
    if executable() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return executable()


def main() -> int:
    """Print the path, installing first; 1 with advice when there is no browser to be had."""
    path = executable() if executable() and has_chinese_font() else install()
    if path is None:
        print(ADVICE, file=sys.stderr)
        return 1
    if not has_chinese_font():
        print("No Chinese font: screenshots will show boxes. Install fonts-noto-cjk.", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
