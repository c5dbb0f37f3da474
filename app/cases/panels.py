"""Panels that rooms above add to the case page, so that this room need not know them.

A panel is given the case as shown and returns markup, or nothing. Must not know any panel.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app
from markupsafe import Markup

from app.cases.records import CaseFile

Panel = Callable[[CaseFile], Markup]
_KEY = "charter.case_panels"


def add_panel(app: Flask, panel: Panel) -> None:
    """Show this panel on every case page, after those that were added before."""
    app.extensions.setdefault(_KEY, []).append(panel)


def panels_of(case: CaseFile) -> list[Markup]:
    """What the rooms above have to show of this case."""
    panels: list[Panel] = current_app.extensions.get(_KEY, [])
    return [shown for panel in panels if (shown := panel(case))]
