"""Pieces that other templates import: they are read once, for whoever asks first, and then serve every tenant."""

from __future__ import annotations

from functools import cache

from flask import Flask
from jinja2 import Environment, meta, nodes


@cache
def trees(env: Environment) -> dict[str, nodes.Template]:
    """Every template, read."""
    assert env.loader is not None
    return {name: env.parse(env.loader.get_source(env, name)[0]) for name in env.list_templates(extensions=["html"])}


def imports(env: Environment) -> list[nodes.FromImport | nodes.Import]:
    """Every import of a template in another one."""
    found: list[nodes.FromImport | nodes.Import] = []
    for tree in trees(env).values():
        found += [*tree.find_all(nodes.FromImport), *tree.find_all(nodes.Import)]
    return found


def pieces(env: Environment) -> dict[str, nodes.Template]:
    """Every template that another one imports."""
    names = {one.template.value for one in imports(env) if isinstance(one.template, nodes.Const)}
    assert len(names) > 10
    return {name: trees(env)[name] for name in names}


def test_a_piece_needs_nothing_of_the_page_that_imports_it(app: Flask) -> None:
    assert not any(one.with_context for one in imports(app.jinja_env))
    for name, tree in pieces(app.jinja_env).items():
        own = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "store"}
        assert meta.find_undeclared_variables(tree) - app.jinja_env.globals.keys() - own == set(), name


def test_a_piece_asks_for_the_contract_only_where_it_is_used(app: Flask) -> None:
    for name, tree in pieces(app.jinja_env).items():
        once = [part for part in tree.body if not isinstance(part, nodes.Macro)]
        assert "contract" not in {one.name for part in once for one in part.find_all(nodes.Name)}, name
