"""Django settings. Every value that a person may change comes from the environment.

The variables, with their meaning and defaults, are declared in `parley.engine.environment`; a wrong
one is named at start with what it should be.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from parley.accounts import sign_in
from parley.engine import environment, logs

PROJECT = Path(__file__).resolve().parent.parent

DEMO = environment.flag("PARLEY_DEMO")
DEBUG = environment.flag("DEBUG")
TESTING = environment.flag("PARLEY_TESTING")
SECRET_KEY = environment.text("SECRET_KEY")
BASE_URL = environment.text("PARLEY_BASE_URL").rstrip("/")
EVENTS_URL = environment.text("PARLEY_EVENTS_URL")
SIMULATOR_URL = environment.text("PARLEY_SIMULATOR_URL")
#: where providers reach our webhooks; behind NAT this is the tunnel's address
WEBHOOK_BASE_URL = environment.text("PARLEY_WEBHOOK_BASE_URL", BASE_URL).rstrip("/")
_own_host = urlsplit(BASE_URL).hostname or ""
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", "*" if DEMO else f"{_own_host},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS")
SECURE = BASE_URL.startswith("https://")
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# Signed cookies: the hot views read user and epoch from the cookie, and their one statement checks them.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"

INSTALLED_APPS = [
    "parley.web",
    "parley.engine",
    "parley.accounts",
    "parley.conversations",
    "parley.providers",
    "parley.texting",
    "parley.home",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.slack",
    "django_htmx",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "parley.engine.middleware.Metrics",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "parley.accounts.middleware.Tenancy",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
#: what only pages need: the texter's background calls go without (`parley.wsgi`)
MIDDLEWARE_OF_PAGES = {
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
}
ROOT_URLCONF = "parley.urls"
WSGI_APPLICATION = "parley.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parley.accounts.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "parley.web.forms.Renderer"


def _database(url: str) -> dict[str, object]:
    """A Django database dictionary from `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        return {"ENGINE": "django.db.backends.postgresql", "NAME": "parley"}
    return {
        "ENGINE": "parley.engine.database",
        "NAME": unquote(parts.path.lstrip("/")) or "parley",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # One connection a thread, kept: with a fixed number of threads this beats a pool.
        "CONN_MAX_AGE": environment.number("DATABASE_CONNECTION_AGE"),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"application_name": environment.text("PARLEY_PROCESS")},
        "TEST": {"NAME": environment.text("PARLEY_TEST_DATABASE")},
    }


DATABASE_URL = environment.text("DATABASE_URL")
#: past the pooler, for LISTEN and for procrastinate
DATABASE_DIRECT_URL = environment.text("DATABASE_DIRECT_URL", DATABASE_URL)
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
#: seconds that a link for a new password can be used
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_ADAPTER = "parley.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none" if DEMO else environment.text("ACCOUNT_EMAIL_VERIFICATION")
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is written to who has no account
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
# Counted in the cache: with the local-memory cache each process counts for itself, so the real limit is up
# to this times the number of web processes. A cache that they share would make it exact.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key", "signup": "20/m/ip"}
#: how many proxies in front of us add to X-Forwarded-For; 0 = the connection's own address counts
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRUSTED_PROXY_COUNT")
MFA_TOTP_ISSUER = environment.text("MFA_TOTP_ISSUER")
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]  # security keys need inline scripts
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = DEMO  # else somebody could lock an address out whose owner never came
SOCIALACCOUNT_ADAPTER = "parley.accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# Somebody whose address the provider has verified signs in to the account that has it.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = sign_in.providers(os.environ)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [PROJECT / "parley" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = PROJECT / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING

EMAIL_BACKEND = "parley.providers.email.backend.OutboxBackend"
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL")
#: the server that takes our mail; without one, mails wait in the outbox
EMAIL_URL = environment.text("EMAIL_URL")

_events = urlsplit(EVENTS_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", *([SIMULATOR_URL] if SIMULATOR_URL else [])],
        "connect-src": ["'self'", *([f"{_events.scheme}://{_events.netloc}"] if _events.netloc else [])],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

#: bytes of a request that is held in memory; uploads of lists are streamed to storage
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
#: bytes of one uploaded list
UPLOAD_LIMIT = environment.number("UPLOAD_LIMIT")

# --- conversations -------------------------------------------------------------------------------
#: seconds after which a send without an answer is looked up at the provider
OUTBOX_LOOK_UP_AFTER = environment.amount("OUTBOX_LOOK_UP_AFTER")
#: seconds after which it is shown to staff as unconfirmed
OUTBOX_UNCONFIRMED_AFTER = environment.amount("OUTBOX_UNCONFIRMED_AFTER")
#: seconds that a worker may hold a batch
OUTBOX_LEASE = environment.amount("OUTBOX_LEASE")
#: keys that encrypt credentials in the database, newest first; made from SECRET_KEY when unset
CREDENTIAL_KEYS = environment.names("CREDENTIAL_KEYS")

# --- background work: each app declares its own in `jobs.py` ---------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["parley.conversations.tasks"]

# --- texting -------------------------------------------------------------------------------------
DYNAMICASSIGNMENT_BATCHES = ",".join(environment.names("DYNAMICASSIGNMENT_BATCHES"))
CONTACT_LOADERS = ",".join(environment.names("CONTACT_LOADERS"))
DYNAMIC_ASSIGN_MAX_BATCH_SIZE = environment.number("DYNAMIC_ASSIGN_MAX_BATCH_SIZE")
MAX_CONTACTS_PER_TEXTER = environment.number("MAX_CONTACTS_PER_TEXTER") or None
MAX_TEXTERS_PER_CAMPAIGN = environment.number("MAX_TEXTERS_PER_CAMPAIGN") or None
MAX_CONTACTS = environment.number("MAX_CONTACTS") or None
MAX_MESSAGE_LENGTH = environment.number("MAX_MESSAGE_LENGTH")
PHONE_NUMBER_COUNTRY = environment.text("PHONE_NUMBER_COUNTRY")
#: 555 numbers are accepted in uploads (demo and tests)
ALLOW_FICTIONAL_NUMBERS = environment.flag("ALLOW_FICTIONAL_NUMBERS", DEMO)

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail addresses are unique by a constraint on lower(email)
]
#: where webhooks wait while there is no database: must outlive a restart of the machine
SPOOL_DIRECTORY = environment.text("SPOOL_DIRECTORY", str(PROJECT / "var" / "spool"))
#: providers that do not bring a failed webhook again
SPOOLED_PROVIDERS = ["twilio"]
#: one text that confirms an opt-out made by reply (never for a keyword that the provider answers itself)
OPTOUTS_SHARE_ALL_ORGS = environment.flag("OPTOUTS_SHARE_ALL_ORGS")
CONFIRM_OPT_OUTS = environment.flag("SEND_AUTO_OPT_OUT_RESPONSE")

# --- watching it ---------------------------------------------------------------------------------
LOGGING = logs.configuration(
    style=environment.text("LOG_FORMAT", "lines" if DEMO or DEBUG or TESTING else "json"),
    level=environment.text("LOG_LEVEL"),
)
METRICS_TOKEN = environment.text("METRICS_TOKEN")
