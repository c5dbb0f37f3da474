"""All pages of the cases room, for the factory: importing a module of views puts its pages on their blueprint."""

from __future__ import annotations

from flask import Flask

from app.cases import (
    answer_views,
    case_views,
    draft_rendering,
    draft_views,
    export_views,
    home_views,
    letter_views,
    member_views,
    message_views,
    picker_views,
    release_gate,
    requirement_views,
    search_views,
    start_views,
    submit_views,
    upload_views,
)
from app.cases.blueprints import draft_blueprint, read_blueprint, requirement_blueprint

READING = (home_views, search_views, case_views, letter_views, member_views, message_views, export_views)
MAKING = (start_views, draft_views, picker_views, upload_views, answer_views, submit_views, draft_rendering)
ASKING = (requirement_views,)
blueprints = (read_blueprint, draft_blueprint, requirement_blueprint)


def install(app: Flask) -> None:
    """Serve the pages of a case under the release it was submitted under."""
    release_gate.install(app)
