#!/usr/bin/env python
"""Run a management command; commands that change the schema connect as the owner of the database."""

import os
import sys

from django.core.management import execute_from_command_line

from config import env
from config.local import services

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "pgtrigger", "prepare_database"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("SHIDANG_DATABASE_ROLE", "owner")
    try:
        services.adopt_running_site()
    except env.InvalidSetting as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)
