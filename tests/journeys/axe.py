"""axe-core in the page that is open: 0 violations of WCAG 2.0 to 2.2, levels A and AA, and no sideways scrolling."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from playwright.sync_api import Page

from launch.places import ROOT

_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_RUN = """async (rules) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
  return found.violations.map((fault) => ({
    rule: fault.id, help: fault.help, places: fault.nodes.map((node) => node.html.slice(0, 200)),
  }));
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@lru_cache(maxsize=1)
def _source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds in the page as it stands."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(_source())
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(_RULES))
    return found


def must_be_accessible(page: Page) -> None:
    """Assert that axe finds nothing and that the page does not scroll sideways."""
    faults = violations(page)
    told = [f"{fault['rule']}: {fault['help']}\n    " + "\n    ".join(fault["places"]) for fault in faults]
    assert not faults, f"{page.url}\n" + "\n".join(told)
    sideways = page.evaluate(SIDEWAYS)
    assert sideways <= 0, f"{page.url} scrolls {sideways} px sideways"
