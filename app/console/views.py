"""All pages of the console, for the factory: importing a module of views puts its pages on the blueprint."""

from __future__ import annotations

from flask import Flask

from app.accounts.staff_pages import role_names
from app.console import asking_views, board_views, contract_views, preview_views, release_views, switch_views
from app.console.blueprints import blueprint

PAGES = (asking_views, board_views, contract_views, preview_views, release_views, switch_views)
__all__ = ["blueprint", "install"]


def install(app: Flask) -> None:
    """Give the console's layout the words for roles."""
    app.jinja_env.globals["role_names"] = role_names
