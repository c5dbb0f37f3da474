"""Letters on the review page that wait for somebody: mended, sent again. Views only."""

from __future__ import annotations

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from app.domain.access import Permission
from app.reviews import letter_desk
from app.reviews.blueprints import blueprint
from app.reviews.review_views import acted
from app.web.access import requires
from app.web.messages import gettext as _
from app.web.request import actor, contract, files, now, session

_VALUE = "value."


@blueprint.post("/review/<number>/<label>/letters/<uuid:letter_id>")
@requires(Permission.REVIEW_WORK)
def mend_letter(number: str, label: str, letter_id: UUID) -> Response | tuple[str, int]:
    """Give a held letter what it lacks, and send it."""

    def act(_wanted: UUID, _version: int) -> str:
        given = {name.removeprefix(_VALUE): text for name, text in request.form.items() if name.startswith(_VALUE)}
        letter_desk.mend(
            session(), contract(), files(), (number, label), letter_id, given, actor=actor(), now=now()
        )  # fmt: skip
        return _("The letter was printed and is on its way.")

    return acted(number, label, act)


@blueprint.post("/review/<number>/<label>/deliveries/<uuid:delivery_id>")
@requires(Permission.REVIEW_WORK)
def send_letter_again(number: str, label: str, delivery_id: UUID) -> Response | tuple[str, int]:
    """Try one way of a letter once more."""

    def act(_wanted: UUID, _version: int) -> str:
        letter_desk.send_again(session(), (number, label), delivery_id, actor=actor(), now=now())
        return _("It is tried again.")

    return acted(number, label, act)
