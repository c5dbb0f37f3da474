"""Where the files of the request's tenant lie. For views."""

from __future__ import annotations

from app.cases.documents import Shelf
from app.web.request import files, portal, tenant


def shelf() -> Shelf:
    """The tenant's files; what is put there is scanned if the settings name a scanner."""
    return Shelf(files(), tenant().slug, is_scanned=portal().settings.scan_url is not None)
