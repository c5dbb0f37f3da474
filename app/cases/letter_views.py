"""Opening a letter of a case. Views only."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response

from app.cases import reading
from app.cases.blueprints import read_blueprint as blueprint
from app.domain.access import Permission
from app.notices.letters import read_letter
from app.web.access import requires
from app.web.request import actor, files, now, session


@blueprint.get("/cases/<number>/letters/<uuid:letter_id>")
@requires(Permission.CASE_READ)
def letter(number: str, letter_id: UUID) -> Response:
    """The PDF as it was issued, to view, save and print outside the portal (LTR-05)."""
    case_id = reading.id_of(session(), number, actor=actor())
    name, pdf = read_letter(session(), files(), case_id, letter_id, actor=actor(), now=now())
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
