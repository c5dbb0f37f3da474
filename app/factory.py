"""Puts the portal together: settings, contracts, databases, the web floor and the rooms' pages.

Holds no rule and no page of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from app.settings import Settings
from app.storage.db import Databases
from app.storage.files import FileStore
from app.storage.wake import Waker
from app.web import access, assets, errors, headers, logs, mailbox, rendering, sessions, undeclared
from app.web.request import Portal
from app.web.transaction import CharterFlask, close_sessions
from tenancy.in_force import ContractsInForce
from tenancy.keys import Keyring
from tenancy.loader import ContractShelf, load_directory

BLUEPRINTS = (
    "app.web.views",
    "app.accounts.views",
    "app.accounts.setup_views",
    "app.accounts.further_views",
    "app.accounts.closing_views",
    "app.accounts.people_views",
    "app.accounts.staff_views",
    "app.accounts.staff_list_views",
    "app.accounts.session_views",
    "app.accounts.own_factor_views",
    "app.accounts.profile_views",
    "app.accounts.registration_views",
    "app.accounts.enrolment_views",
    "app.accounts.enrolment_email_views",
    "app.accounts.terms_views",
    "app.accounts.passkey_views",
    "app.accounts.paper_views",
    "app.accounts.request_views",
    "app.accounts.recovery_views",
    "app.directory.views",
    "app.cases.views",
    "app.cases.preference_views",
    "app.reviews.views",
    "app.notices.views",
    "app.guides.views",
    "app.console.views",
)
DEMO_BLUEPRINTS = ("app.web.styleguide",)
_FORM_BYTES = 512 * 1024
_FORM_PARTS = 2_000


def create_app(
    settings: Settings, shelf: ContractShelf | None = None, *, clock: Callable[[], datetime] | None = None
) -> Flask:
    """The portal for the good contracts of a shelf, the settings' folder unless one is given.

    Nothing is connected yet: a database that is away does not stop the process. Raises AmbiguousHost.
    """
    logs.configure()
    app = CharterFlask("app", static_folder="static", template_folder="templates")
    app.secret_key = settings.secret_key
    app.config.update(
        CLOCK=clock or _clock, MAX_FORM_MEMORY_SIZE=_FORM_BYTES, MAX_FORM_PARTS=_FORM_PARTS, TRUSTED_HOSTS=None
    )
    app.extensions["charter"] = portal_of(settings, shelf or load_directory(settings.contracts_dir))
    sessions.configure(app, is_secure=settings.is_secure)
    _install_web(app)
    _register_rooms(app, is_demo=settings.mail_dir is not None)
    app.wsgi_app = _outermost(app, settings)  # type: ignore[method-assign,assignment]
    return app


def portal_of(settings: Settings, shelf: ContractShelf) -> Portal:
    """What a process serves from."""
    databases = Databases.from_settings(settings)
    keyring = Keyring(databases.control, settings.master_key)
    return Portal(
        settings=settings,
        contracts=ContractsInForce(shelf, base_domain=settings.base_domain),
        databases=databases,
        keyring=keyring,
        files=FileStore(settings.files_dir, keyring.key_for),
        waker=Waker(settings.redis_url),
    )


def _install_web(app: Flask) -> None:
    logs.watch(app)
    app.before_request(access.enforce)
    app.teardown_request(close_sessions)
    undeclared.install(app)
    errors.register(app)
    assets.remember(app)
    rendering.install(app)
    app.view_functions["static"] = access.control_route(app.view_functions["static"])


def _register_rooms(app: Flask, *, is_demo: bool) -> None:
    for name in BLUEPRINTS + (DEMO_BLUEPRINTS if is_demo else ()):
        if _is_there(name):
            _register(app, name)


def _register(app: Flask, name: str) -> None:
    room = import_module(name)
    install: Callable[[Flask], None] | None = getattr(room, "install", None)
    for blueprint in getattr(room, "blueprints", None) or (room.blueprint,):
        app.register_blueprint(blueprint)
    if install is not None:
        install(app)


def _is_there(name: str) -> bool:
    return find_spec(name.rpartition(".")[0]) is not None and find_spec(name) is not None


def _outermost(app: Flask, settings: Settings) -> headers.Application:
    portal = headers.with_headers(app.wsgi_app)
    if settings.mail_dir is None:
        return portal
    shown = headers.with_headers(mailbox.create_mailbox(settings.mail_dir).wsgi_app)
    return mailbox.beside(portal, shown, host=settings.host("mail"))


def _clock() -> datetime:
    return datetime.now(UTC)
