"""Measurements. Importing this package starts PostgreSQL and Valkey as an installation has them, and Django on them."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
django.setup()
