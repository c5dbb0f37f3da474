"""A preview of a draft, asked for at the console: shown, looked at, taken down.

The console asks; a process that may make schemas (``charter preview serve``) makes it. Must not know requests or pages.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.console.acts import tell
from app.console.bench import Bench
from app.console.drafting import Draft
from app.domain.access import Actor
from app.domain.errors import FieldFault, Invalid, NotFound
from tenancy import previews
from tenancy.previews import NoSuchPreview, Preview

LASTS = timedelta(hours=8)


def find_preview(bench: Bench, slug: str, *, now: datetime) -> Preview | None:
    """The preview of a contract that is up or being made."""
    known = previews.list_previews(bench.control)
    return next((one for one in known if one.slug == slug and one.expires_at > now), None)


def show_draft(bench: Bench, slug: str, draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Show the draft at the preview's address for eight hours; one that is up already shows the new text at once.

    Raises Invalid for a draft with errors, NotFound.
    """
    bench.must_know(slug)
    loaded = bench.reading(slug, draft.text, now.date()).loaded
    if loaded is None:
        raise Invalid((FieldFault("text", "Mend the errors of the report first: a preview shows a whole contract."),))
    present = find_preview(bench, slug, now=now)
    is_ready = present is not None and present.is_ready
    until = now + LASTS
    previews.keep_preview(bench.control, loaded, by=actor.name, now=now, until=until, is_ready=is_ready)
    tell(bench.control, "preview:show", slug, actor=actor, now=now, about=loaded.release[:12])


def end_preview(bench: Bench, slug: str, *, actor: Actor, now: datetime) -> None:
    """Take a preview down, with everything in it. Raises NotFound."""
    try:
        previews.end_preview(bench.control, slug, now=now)
    except NoSuchPreview as gone:
        raise NotFound(str(gone)) from gone
    tell(bench.control, "preview:end", slug, actor=actor, now=now)
