"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# The application lives as long as its process: the garbage collector need not look at it again and again.
gc.collect()
gc.freeze()
