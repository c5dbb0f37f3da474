"""All pages of the cases room, for the factory: importing a module of views puts its pages on their blueprint."""

from __future__ import annotations

from app.cases import case_views, home_views, member_views, search_views
from app.cases.blueprints import read_blueprint

PAGES = (home_views, search_views, case_views, member_views)
blueprints = (read_blueprint,)
