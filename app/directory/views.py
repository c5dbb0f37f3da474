"""Looking up codes and providers: a page of its own, and the same hits as a piece for pickers. Views only."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from app.directory import queries
from app.directory.forms import read_code_lookup, read_text, systems_of
from app.domain.access import Permission
from app.web.access import requires
from app.web.paging import Page, list_request
from app.web.request import contract, control, is_partial, now, session

blueprint = Blueprint("directory", __name__, template_folder="templates")

CODES_SHOWN = 25


@blueprint.get("/codes/search")
@requires(Permission.CODE_SEARCH)
def search_codes() -> str:
    """Codes by code or words, in force today; htmx gets the hits as buttons named ``code``."""
    asked, today = read_code_lookup(contract(), request.args), now().astimezone(_zone()).date()
    hits = queries.search_codes(control(), asked.systems, asked.text, on=today, limit=CODES_SHOWN)
    if is_partial():
        return render_template("directory/code_hits.html", asked=asked, hits=hits)
    releases = queries.list_releases_in_force(control(), asked.systems, on=today)
    return render_template(
        "directory/codes.html", asked=asked, hits=hits, systems=systems_of(contract()), releases=releases
    )


@blueprint.get("/providers/search")
@requires(Permission.PROVIDER_SEARCH)
def search_providers() -> str:
    """Providers by NPI, registration code or name; htmx gets the hits as buttons named ``provider_id``."""
    text = read_text(request.args, request.args.get("box", "q"))
    asked = list_request(request.args, sorts=("name",), default_sort="name", default_size=contract().layout.page_size)
    found, total = queries.search_providers(session(), text, offset=asked.offset, limit=asked.size)
    page = Page(found, asked.number, asked.size, total)
    template = "directory/provider_hits.html" if is_partial() else "directory/providers.html"
    return render_template(template, text=text, page=page)


def _zone() -> ZoneInfo:
    return ZoneInfo(contract().identity.time_zone)
