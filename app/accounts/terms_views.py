"""The terms of use: read, agree, go on; nobody works before agreeing to the version in force (REG-15, MFA-08)."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from app.accounts import terms
from app.accounts.password_gate import change_first
from app.domain.access import ActorKind, Permission
from app.domain.errors import FieldFault
from app.web.access import body_limit, requires, safe_next
from app.web.messages import gettext as _
from app.web.request import SAFE_METHODS, actor, contract, now, portal_of, session, signed_in

blueprint = Blueprint("terms", __name__, url_prefix="/terms")

Answer = str | tuple[str, int] | Response
_AGREED = "terms"
_OPEN = frozenset({"terms.read", "terms.agree", "accounts.sign_out", "web.seal", "web.brand_css", "static"})


def install(app: Flask) -> None:
    """Let everything else wait for this."""
    portal_of(app).gates.extend((ask_first, change_first))


def ask_first() -> Response | None:
    """Send whoever has not agreed to the terms in force there; the browser's own mark spares the question later."""
    person = signed_in()
    if person is None or request.endpoint in _OPEN or person.actor.kind is not ActorKind.PROVIDER:
        return None
    wanted = terms.terms_in_force(contract(), now())
    if wanted is None or browser.get(_AGREED) == wanted.mark:
        return None
    if person.actor.user_id and terms.has_agreed(session(), person.actor.user_id, wanted):
        browser[_AGREED] = wanted.mark
        return None
    target = request.path if request.method in SAFE_METHODS else "/"
    return redirect(url_for("terms.read", next=target), 303)


@blueprint.get("")
@requires(Permission.TERMS_AGREE)
def read() -> str:
    """The version in force."""
    return _page()


@blueprint.post("")
@requires(Permission.TERMS_AGREE)
@body_limit(16 * 1024)
def agree() -> Answer:
    """Agree and go on."""
    user_id = actor().user_id
    if request.form.get("agree") != "yes" or user_id is None:
        return _page((FieldFault("agree", _("Tick the box to go on.")),)), 422
    agreed = terms.agree(session(), contract(), user_id, actor=actor(), now=now())
    if agreed is not None:
        browser[_AGREED] = agreed.mark
    return redirect(safe_next(request.form.get("next", "/")), 303)


def _page(faults: tuple[FieldFault, ...] = ()) -> str:
    found = terms.terms_in_force(contract(), now())
    return render_template(
        "accounts/terms.html", found=found, faults=faults, next=safe_next(request.values.get("next", "/"))
    )
