"""What the pages about changing a contract show: the report, the plan, a proposal. Plain values for templates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request

from app.accounts.secrets import TenantSecrets
from app.accounts.seeding import demo_sign_ins
from app.console import drafting, previewing, releasing
from app.console.contract_pages import proposal_line
from app.console.here import bench, inside
from app.console.planning import Plan
from app.console.saying import moment, people, short
from app.console.switch_pages import when_options
from app.domain.access import Permission, may
from app.domain.errors import FieldFault
from app.web.request import actor, now, portal
from tenancy.in_force import PREVIEW_LABEL
from tenancy.plan import Reach


def change_page(slug: str, faults: tuple[FieldFault, ...] = (), refused: releasing.Refused | None = None) -> str:
    """The contract's file with the report, the plan and the form that hands it to a second person."""
    newest = bench().newest(slug)
    draft = drafting.find_draft(bench(), slug, actor=actor())
    checked = None
    if draft is not None:
        with inside(slug) as session:
            checked = drafting.check_draft(bench(), slug, draft, session, now=now())
    zone = newest.contract.identity.time_zone
    return render_template(
        "console/change.html",
        slug=slug,
        name=newest.contract.identity.display,
        zone=zone,
        text=_text(slug, draft),
        saved=moment(draft.saved_at, zone) if draft else "",
        checked=checked,
        newer=newer_words(checked.newer, zone) if checked and checked.newer else None,
        plan=plan_parts(checked.plan) if checked and checked.plan else None,
        preview=preview_words(slug, zone),
        when_options=when_options(newest.contract),
        typed=request.form,
        faults=faults,
        refused=refused,
    )


def _text(slug: str, draft: drafting.Draft | None) -> str:
    typed = request.form.get("text")
    if typed is not None:
        return drafting.CONTROL_CHARACTERS.sub("", typed)
    return draft.text if draft else drafting.text_in_force(bench(), slug)


def preview_words(slug: str, zone: str) -> dict[str, Any] | None:
    """The preview that is up or being made: where, of what, until when, and who may sign in there."""
    found = previewing.find_preview(bench(), slug, now=now())
    if found is None:
        return None
    address = portal().settings.url(f"{slug.replace('_', '-')}.{PREVIEW_LABEL}")
    return {
        "is_ready": found.is_ready,
        "short": short(found.hash),
        "by": found.made_by,
        "until": moment(found.expires_at, zone),
        "address": address,
        "people": demo_sign_ins(TenantSecrets(portal().keyring.key_for(found.tenant))) if found.is_ready else (),
    }


def newer_words(newer: drafting.Newer, zone: str) -> dict[str, Any]:
    """Somebody else's newer release, in words."""
    one = newer.publication
    return {"short": short(one.hash), "by": people(one), "at": moment(one.recorded_at, zone), "changes": newer.changes}


def plan_parts(plan: Plan) -> dict[str, Any]:
    """A plan by whom it reaches."""
    parts = [(reach.value, plan.of(reach)) for reach in Reach if plan.of(reach)]
    return {"parts": parts, "count": len(plan.changes), "warnings": plan.warnings, "effects": plan.effects}


def proposal_page(proposal_id: UUID, refused: releasing.Refused | None = None) -> str:
    """A release that waits: what it changes, who wrote it and why, and what the reader may do."""
    found = releasing.get_proposal(bench(), proposal_id)
    is_known = found.slug in bench().contracts
    plan = None
    if is_known:
        with inside(found.slug) as session:
            wanted = releasing.proposed_contract(bench(), found)
            plan = drafting.plan_against(bench().newest(found.slug), wanted, session, now=now())
    return render_template(
        "console/proposal.html",
        line=proposal_line(bench(), found),
        state=found.state,
        decided_by=found.decided_by,
        is_known=is_known,
        is_ready=releasing.is_ready(bench(), found),
        is_mine=releasing.is_author(bench(), found, actor=actor()),
        may_approve=may(actor(), Permission.CONSOLE_CONTRACT),
        plan=plan_parts(plan) if plan else None,
        refused=refused,
    )


def back_page(slug: str, release: str, faults: tuple[FieldFault, ...] = ()) -> str:
    """What going back to an older release changes, and the reason to be given."""
    plan = releasing.plan_of_going_back(bench(), slug, release, now=now())
    return render_template(
        "console/back.html",
        slug=slug,
        release=release,
        short=short(release),
        name=bench().newest(slug).contract.identity.display,
        plan=plan_parts(plan),
        typed=request.form,
        faults=faults,
    )
