"""Every route of the portal as something to ask: a method and a path whose variables are filled with strangers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter

from app.web.access import AccessRule, rule_of

STRANGER = UUID("00000000-0000-4000-8000-000000000404")
_BY_KIND: dict[str, object] = {"UUIDConverter": STRANGER, "IntegerConverter": 404_404, "PathConverter": "not/there"}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one route."""

    endpoint: str
    method: str
    path: str
    rule: AccessRule | None
    names_an_object: bool

    @property
    def is_unsafe(self) -> bool:
        """Whether it may change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}


def _value_for(converter: BaseConverter) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return _BY_KIND.get(type(converter).__name__, "not-there")


def routes(app: Flask) -> list[Route]:
    """Every method of every route but OPTIONS and HEAD, in order of path."""
    adapter = app.url_map.bind("colorado.localhost")
    found = []
    for rule in app.url_map.iter_rules():
        converters = rule._converters
        values = {name: _value_for(one) for name, one in converters.items()}
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            path = adapter.build(rule.endpoint, values, method=method)
            declared = rule_of(app.view_functions[rule.endpoint])
            found.append(Route(rule.endpoint, method, path, declared, names_an_object=bool(values)))
    return sorted(found, key=lambda route: (route.path, route.method))
