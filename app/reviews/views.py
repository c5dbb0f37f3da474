"""All pages of the reviewers' room, for the factory: importing a module of views puts its pages on the blueprint."""

from __future__ import annotations

from flask import Flask

from app.cases import release_gate
from app.cases.panels import add_panel
from app.reviews import (
    action_views,
    after_staff_views,
    letter_views,
    message_views,
    provider_views,
    report_views,
    review_views,
    right_views,
    talk_views,
    worklist_views,
)
from app.reviews.blueprints import blueprint, report_blueprint
from app.reviews.queries import release_of_revision, release_of_talk

PAGES = (
    worklist_views,
    review_views,
    letter_views,
    provider_views,
    action_views,
    talk_views,
    right_views,
    after_staff_views,
    report_views,
    message_views,
)
blueprints = (blueprint, report_blueprint)
__all__ = ["blueprints", "install"]


def install(app: Flask) -> None:
    """Show clocks, questions, decisions and rights on every case page; talks and changes keep their case's release."""
    release_gate.install(app, {"talk_id": release_of_talk, "revision_id": release_of_revision})
    add_panel(app, provider_views.case_panel)
