"""Several management commands in one process, since each start of Django costs a second or more.

python -m config.local.prepare COMMAND …      compiles the texts, then runs the commands in this order
"""

import os
import sys

import django
from django.core.management import call_command

from config import messages

OPTIONS = {"collectstatic": {"interactive": False, "verbosity": 0}}


def main(commands: list[str]) -> int:
    """Run the commands; returns 0, or the code that compiling the texts ended with."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    code = messages.main(["compile"])
    if code:
        return code
    django.setup()
    for command in commands:
        call_command(command, **OPTIONS.get(command, {}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
