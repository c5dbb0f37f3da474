"""Questions over contracts: explain a value, search all, compare two. Views only."""

from __future__ import annotations

from dataclasses import fields

from flask import render_template, request

from app.console import asking_pages as pages
from app.console.blueprints import blueprint
from app.console.here import bench
from app.domain.access import Permission
from app.web.access import console
from app.web.request import now
from tenancy.contract import Contract
from tenancy.saying import spoken

_LONGEST = 120


@blueprint.get("/console/contracts/<slug>/explain")
@console(Permission.CONSOLE_SEE)
def explain(slug: str) -> str:
    """Every effective value under a path, down to file and line."""
    path = request.args.get("path", "")[:_LONGEST]
    lines = pages.explain(bench(), slug, path, now=now()) if path else ()
    return render_template(
        "console/explain.html",
        slug=slug,
        name=bench().in_force(slug, now()).contract.identity.display,
        path=path,
        parts=[item.name for item in fields(Contract)],
        groups=pages.grouped(lines),
        is_cut=len(lines) >= pages.MOST,
        most=pages.MOST,
        hint=pages.suggestion(bench(), slug, path, now=now()) if path and not lines else "",
    )


@blueprint.get("/console/search")
@console(Permission.CONSOLE_SEE)
def search() -> str:
    """Which contracts speak of some words."""
    words = request.args.get("words", "")[:_LONGEST]
    found = pages.search(bench(), words, now=now()) if words.strip() else ()
    return render_template("console/search.html", words=words, found=found, most=pages.MOST_EACH)


@blueprint.get("/console/compare")
@console(Permission.CONSOLE_SEE)
def compare() -> str:
    """Two contracts side by side."""
    slugs = bench().slugs()
    chosen = [one if (one := request.args.get(key, "")) in slugs else "" for key in ("one", "other")]
    part, is_everything = request.args.get("part", "")[:_LONGEST], request.args.get("all") == "yes"
    wanted = chosen if all(chosen) else []
    rows, total = pages.compared(bench(), wanted, part, is_everything=is_everything, now=now())
    return render_template(
        "console/compare.html",
        names={slug: bench().in_force(slug, now()).contract.identity.display for slug in slugs},
        chosen=chosen,
        part=part,
        groups=pages.grouped(rows),
        total=total,
        is_everything=is_everything,
        parts=[(item.name, spoken(item.name)) for item in fields(Contract)],
        most=pages.MOST,
    )
