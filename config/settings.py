"""One settings file. What differs between installations comes from the environment through `config.env`."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import env
from config.roles import PERMISSION_LABELS, ROLES

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.path("SHIDANG_VAR")

DEBUG = env.flag("SHIDANG_DEBUG")
DEMO = env.flag("SHIDANG_DEMO")
SECRET_KEY = env.secret("SHIDANG_SECRET_KEY")
MASTER_KEY = env.secret("SHIDANG_MASTER_KEY")
INDEX_KEY = env.secret("SHIDANG_INDEX_KEY")
ALLOWED_HOSTS = [host.strip() for host in env.text("SHIDANG_HOSTS").split(",") if host.strip()]

MODULES = ["personnel", "titles"]

INSTALLED_APPS = [
    # Its command `changepassword` stands for the one of Django, which knows no changes.
    "core.org",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "core.records.registering.TriggersConfig",
    "simple_history",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core.web",
    "django.forms",
    "allauth",
    "allauth.account",
    "axes",
    "core.records",
    "core.parameters",
    "core.codes",
    "core.jobs",
    "core.workflow",
    "core.documents",
    "core.exchange",
    "core.publicity",
    "core.api",
    *MODULES,
    "config",
]

MIDDLEWARE = [
    "core.web.middleware.HeadMiddleware",
    # Then those that write headers, so that files, errors and the API bear them as well.
    "django.middleware.security.SecurityMiddleware",
    "core.web.middleware.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.web.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "core.web.context.shell",
                "config.demo.context.logins",
            ],
        },
    },
]

DATABASES = {
    "default": env.database("DATABASE_OWNER_URL" if env.choice("SHIDANG_DATABASE_ROLE") == "owner" else "DATABASE_URL")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SIMPLE_HISTORY_ENABLED = False
SIMPLE_HISTORY_DATE_INDEX = False
PGTRIGGER_MODEL_META = True

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = [
    "config.demo.logins.DemoPasswordGuard",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "core.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# django-axes locks out; one door-keeper is enough.
ACCOUNT_RATE_LIMITS = {"login_failed": False}
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "core/locked_out.html"
AXES_RESET_ON_SUCCESS = True
# What was sent with a wrong password is kept beside the count, without these.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "old_password", "new_password1", "new_password2", "code"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "core" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
UPLOAD_DIR = VAR_DIR / "files"
MAX_WORKBOOK_BYTES = 50 * 1024 * 1024
# Above what any form reads, so that a form can say itself what is too large; as in deploy/nginx.conf.
MOST_UPLOAD_BYTES = 60 * 1024 * 1024
# Of a form that anybody may send without a login.
MOST_STRANGERS_BYTES = 32 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "core.web.uploads.UploadGate",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
# The gate makes that folder with the first upload.
SILENCED_SYSTEM_CHECKS = ["files.E001"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Of a form without its files.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Counters of the API are the same for all web processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.url("BROKER_URL"),
        "KEY_PREFIX": "shidang",
    }
}

SESSION_COOKIE_AGE = env.integer("SHIDANG_SESSION_HOURS") * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = env.flag("SHIDANG_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# What is printed on papers for whoever verifies one.
PUBLIC_URL = env.url("SHIDANG_PUBLIC_URL").rstrip("/") or (
    f"https://{ALLOWED_HOSTS[0]}" if HTTPS else f"http://{ALLOWED_HOSTS[0]}:{env.integer('SHIDANG_PORT')}"
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

CELERY_BROKER_URL = env.url("BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
# What a worker says of errors goes through LOGGING below, as everywhere.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "settle": {"task": "core.settle", "schedule": 5.0},
    "resend": {"task": "core.resend", "schedule": 15.0},
    "daily": {"task": "core.daily", "schedule": 900.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.authentication.TokenAuthentication",
        "core.api.authentication.SessionActorAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.ActorPermission"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CursorPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsing.SmallJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.PerUser"],
    "DEFAULT_THROTTLE_RATES": {
        "user": "600/min",
        "password": "20/min",
        "verify": "30/min",
        "activate": "10/min",
        "public": "300/min",
        "stranger": "10/min",
    },
    "EXCEPTION_HANDLER": "core.api.errors.respond",
    "NUM_PROXIES": 1 if HTTPS else 0,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": _("Shidang: records of every member of staff"),
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["core.api.schema.add_components"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.Discreet", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "shidang": {"level": "INFO"},
        "axes": {"level": "ERROR"},
        # What was refused (403, 404, 405) is an answer; only what broke is worth a line.
        "django.request": {"level": "ERROR"},
        "django.security.RequestDataTooBig": {"level": "CRITICAL"},
    },
}

__all__ = ["PERMISSION_LABELS", "ROLES"]
