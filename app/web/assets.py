"""Addresses of files that never change under their name: the name carries a mark of the content. Knows no page."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, g, request, url_for
from flask.wrappers import Response

FOREVER = "public, max-age=31536000, immutable"


def asset(name: str) -> str:
    """The address of a file under ``app/static``; the disk is asked once a request."""
    found: dict[str, str] = g.setdefault("assets", {})
    if name not in found:
        path = _path_of(current_app.static_folder or "", name)
        found[name] = _address(name, path, _changed_at(path))
    return found[name]


def remember(app: Flask) -> None:
    """Let browsers keep what is addressed by its content."""

    @app.after_request
    def _cache(answer: Response) -> Response:
        if request.endpoint == "static" and answer.status_code in (200, 304):
            answer.headers["Cache-Control"] = FOREVER if request.args.get("v") else "public, max-age=300"
        return answer


@lru_cache(maxsize=256)
def _path_of(folder: str, name: str) -> Path:
    return Path(folder) / name


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=256)
def _address(name: str, path: Path, changed_at: int) -> str:
    """The address is made again when the file changed: ``changed_at`` is part of what is remembered."""
    mark = hashlib.sha256(path.read_bytes() + str(changed_at).encode()).hexdigest()[:12] if changed_at else "0"
    return url_for("static", filename=name, v=mark)
