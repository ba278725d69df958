"""The WSGI application that `vf run` serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "verticalfile.site.settings")
application = get_wsgi_application()
