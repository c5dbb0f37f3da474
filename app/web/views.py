"""Pages of the floor itself: the brand's colours and seal, health."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from markupsafe import escape

from app.domain.errors import NotServed, Unavailable
from app.web.access import control_route, public
from app.web.assets import FOREVER
from app.web.colours import palette
from app.web.request import contract, databases, portal

blueprint = Blueprint("web", __name__)


@blueprint.get("/healthz")
@control_route
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@control_route
def readyz() -> Response:
    """The process can serve: there is a tenant, and both databases answer."""
    if not portal().tenants:
        raise Unavailable
    with databases().control.session() as control:
        control.connection()
    if not any(_answers(slug) for slug in portal().tenants):
        raise Unavailable
    return Response("ready\n", mimetype="text/plain")


def _answers(slug: str) -> bool:
    """Whether this tenant can be served; one that is gone does not speak for the others."""
    try:
        with databases().app.session(slug) as session:
            session.connection()
    except NotServed:
        return False
    return True


@blueprint.get("/brand.css")
@public
def brand_css() -> Response:
    """The contract's colours as custom properties, shaded until they can be read."""
    brand = contract().brand
    lines = (f"  {name}: {value};" for name, value in palette(brand.primary, brand.accent).as_properties.items())
    return _kept(":root {\n" + "\n".join(lines) + "\n}\n", "text/css")


@blueprint.get("/seal.svg")
@public
def seal() -> Response:
    """A seal drawn from the contract's letters and colours."""
    brand = contract().brand
    colours = palette(brand.primary, brand.accent)
    drawing = render_template("components/seal.svg", letters=escape(brand.seal), colours=colours)
    return _kept(drawing, "image/svg+xml")


def _kept(text: str, mimetype: str) -> Response:
    answer = Response(text, mimetype=mimetype)
    answer.headers["Cache-Control"] = FOREVER
    return answer
