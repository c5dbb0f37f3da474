"""Help: the guide, questions and answers, passwords, what is new, contacts. Views only; most need no sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file

from app.domain.access import ActorKind, Permission
from app.domain.calendars import business_calendar
from app.domain.errors import NotFound
from app.guides import deciding
from app.guides.blocks import Guide
from app.guides.faq import answers
from app.guides.making import pictures_of, printed
from app.guides.release_notes import list_notes
from app.guides.writing import write_guide
from app.web.access import public, requires
from app.web.request import contract, control, now, portal, signed_in, tenant
from tenancy.vocabulary import HelpPage

blueprint = Blueprint("help", __name__, url_prefix="/help", template_folder="templates")


@blueprint.get("")
@public
def index() -> str:
    """Every page of the help, contacts by topic, training."""
    return _page("index", contacts=deciding.contacts(contract()))


@blueprint.get("/guide")
@public
def guide() -> str:
    """The provider guide of this contract, as it holds today."""
    return _page("guide", HelpPage.GUIDE, guide=_guide(), pictures=_pictures())


@blueprint.get("/guide.pdf")
@public
def guide_pdf() -> Response:
    """The same guide as an accessible PDF, to print or to keep."""
    _must_be_listed(HelpPage.GUIDE)
    shown = _guide()
    answer = Response(printed(tenant().loaded, shown.on, _pictures()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="user-guide.pdf"'
    return answer


@blueprint.get("/pictures/<name>.png")
@public
def picture(name: str) -> Response:
    """A picture of the portal that stands in the guide. Raises NotFound."""
    found = _pictures().get(name)
    if found is None:
        raise NotFound
    return send_file(found, mimetype="image/png", max_age=300)


@blueprint.get("/faq")
@public
def faq() -> str:
    """Questions and answers."""
    return _page("faq", HelpPage.FAQ, answers=answers(contract(), _guide()))


@blueprint.get("/passwords")
@public
def passwords() -> str:
    """What a password must be under the policy in force."""
    return _page("passwords", HelpPage.PASSWORDS, chapter=_guide().chapter("passwords"))


@blueprint.get("/releases")
@requires(Permission.HELP_READ)
def releases() -> str:
    """What changed from release to release."""
    notes = list_notes(control(), portal().contracts, tenant().slug, now=now())
    return _page("releases", HelpPage.RELEASE_NOTES, notes=notes)


def _guide() -> Guide:
    return write_guide(tenant().loaded, on=business_calendar(contract()).local_day(now()))


def _pictures() -> Mapping[str, Path]:
    return pictures_of(portal().settings.guides_dir, tenant().slug)


def _must_be_listed(page: HelpPage) -> None:
    if page not in contract().support.help_items:
        raise NotFound


def _page(template: str, page: HelpPage | None = None, **values: object) -> str:
    """A help page in the layout that fits the reader. Raises NotFound where the contract does not list it."""
    if page is not None:
        _must_be_listed(page)
    layout = "layouts/base.html" if signed_in() is not None else "layouts/auth.html"
    return render_template(f"guides/{template}.html", layout=layout, pages=_shown(), page=page, **values)


def _shown() -> dict[HelpPage, str]:
    """The pages this reader may open, in the contract's order."""
    person = signed_in()
    is_inside = person is not None and person.actor.kind is ActorKind.PROVIDER
    items = contract().support.help_items
    return {page: label for page, label in items.items() if page is not HelpPage.RELEASE_NOTES or is_inside}
