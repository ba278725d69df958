"""Django's settings. The archive is the one of `$VF_ARCHIVE`; all else follows from it.

A reader leaves no trace: no sessions, no cookies, no log of addresses, no third-party request.
"""

from __future__ import annotations

import os
from pathlib import Path

from verticalfile.site.secret import secret_key

_NAMED = os.environ.get("VF_ARCHIVE", "")
VF_ARCHIVE = Path(_NAMED).resolve() if _NAMED else None
"""The archive that is served; `vf run` names it in the environment."""

SECRET_KEY = os.environ.get("VF_SECRET_KEY") or secret_key(VF_ARCHIVE)
DEBUG = False
ALLOWED_HOSTS = [h for h in os.environ.get("VF_HOSTS", "*").split(",") if h]
"""No page takes its address from the Host header but the permanent ones that it shows; a public
site names its host in `$VF_HOSTS`."""

ROOT_URLCONF = "verticalfile.site.urls"
WSGI_APPLICATION = "verticalfile.site.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "csp",
    "verticalfile.catalog.apps.CatalogConfig",
    "verticalfile.web.apps.WebConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "verticalfile.web.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "verticalfile.web.middleware.Smaller",
    "django.middleware.http.ConditionalGetMiddleware",
    "verticalfile.web.middleware.Tongue",
    "django.middleware.common.CommonMiddleware",
    "verticalfile.web.middleware.TheArchive",
    "verticalfile.web.middleware.Answers",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["verticalfile.web.context.room"],
            "builtins": [
                "verticalfile.web.templatetags.reading",
                "verticalfile.web.templatetags.links",
                "verticalfile.web.templatetags.portals",
                "verticalfile.web.templatetags.rights",
                "django.templatetags.i18n",
            ],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(VF_ARCHIVE / "index.sqlite3") if VF_ARCHIVE else ":memory:",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            " PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# words
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["verticalfile.web.formats"]

# static files: collected by `vf run` into the archive's cache, which may be deleted
STATIC_URL = "/static/"
STATIC_ROOT = str(VF_ARCHIVE / "cache" / "static") if VF_ARCHIVE else None
STATICFILES_FINDERS = [
    "verticalfile.web.one_sheet.OneSheet",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
APPEND_SLASH = True
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# Django would log the addresses of pages that fail; what failed is logged by `web.middleware`,
# by number and place in the code, without any word of the request
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {
        name: {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False}
        for name in ("django.request", "django.server", "django.security", "django.template")
    },
}
