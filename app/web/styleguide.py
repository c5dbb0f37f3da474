"""The style page: every component with sample values, to be looked at by those who write pages. Demo only.

Shows a made-up person so that the whole layout is there; reads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, g, render_template, request

from app.domain.access import Actor, ActorKind
from app.domain.errors import FieldFault
from app.web.access import public
from app.web.paging import Page, list_request
from app.web.request import GroupChoice, SignedIn, now
from tenancy.vocabulary import Role

blueprint = Blueprint("styleguide", __name__)
_ONE, _OTHER = UUID(int=1), UUID(int=2)


@dataclass(frozen=True, slots=True)
class Sample:
    """Whatever a component wants to be given; only what it reads is filled."""

    key: str = ""
    id: str = ""
    title: str = ""
    text: str = ""
    href: str | None = "#"
    state: str = ""
    section: str = ""
    severity: str = "error"
    value: str = ""
    code: str = ""
    more: str = ""
    name: str = ""
    type: str = ""
    size: int | None = None
    at: object = None
    fault: str = ""
    deactivate: str = ""
    detail: str = ""
    first_mark: str = ""


@blueprint.get("/styleguide")
@public
def page() -> str:
    """Every component."""
    g.signed_in = _sample_person()
    return render_template(
        "styleguide.html",
        asked=list_request(request.args, sorts=("number", "member"), default_sort="-number"),
        faults=(
            FieldFault("start", "Enter the start date as MM/DD/YYYY."),
            FieldFault("place", "Choose a place of service."),
        ),
        page=Page(items=range(10), number=3, size=10, total=4_218),
        steps=_steps(),
        missing=_missing(),
        hits=_hits(),
        diagnoses=_diagnoses(),
        files=_files(),
        events=_events(),
        now=now(),
    )


def _sample_person() -> SignedIn:
    actor = Actor(
        ActorKind.PROVIDER, UUID(int=3), "Renata Oakes", ((_ONE, Role.GROUP_ADMIN), (_OTHER, Role.STAFF)), _ONE
    )
    groups = (
        GroupChoice(_ONE, "Bright Valley Family Clinic", "Provider Group Admin", is_current=True),
        GroupChoice(_OTHER, "Cedar Ridge Home Health", "Provider Staff Account", is_current=False),
    )
    return SignedIn(actor=actor, groups=groups, session_id=UUID(int=4))


def _steps() -> tuple[Sample, ...]:
    states = ("complete", "complete", "complete", "needs", "", "", "", "", "")
    titles = ("Parameters", "Member", "Providers", "Service details", "Diagnosis", "Procedures", "Questionnaires")
    rest = ("Attachments", "Submit")
    return tuple(
        Sample(key=title, title=title, state=state) for title, state in zip(titles + rest, states, strict=True)
    )


def _missing() -> tuple[Sample, ...]:
    return (
        Sample(section="Service details", text="Choose a place of service.", href="#f-place"),
        Sample(section="Service details", text="Enter the start date.", href="#f-start"),
        Sample(section="Diagnosis", text="Add at least one diagnosis."),
        Sample(section="Attachments", text="A physician's order is usually wanted.", severity="warning"),
    )


def _hits() -> tuple[Sample, ...]:
    return (
        Sample(value="E0141", code="E0141", text="Walker, rigid, wheeled, adjustable or fixed height", more="HCPCS"),
        Sample(value="E0163", code="E0163", text="Commode chair, mobile or stationary, with fixed arms", more="HCPCS"),
    )


def _diagnoses() -> tuple[Sample, ...]:
    return (
        Sample(id="1", title="R26.0", text="Ataxic gait", first_mark="Primary"),
        Sample(id="2", title="M62.81", text="Muscle weakness (generalized)"),
        Sample(id="3", title="Z99.3", text="Dependence on wheelchair"),
    )


def _files() -> tuple[Sample, ...]:
    return (
        Sample(name="physician-order.pdf", type="Physician Order", size=482_113, at=now(), deactivate="#"),
        Sample(name="therapy-notes-october.docx", fault="The file is protected by a password. Save it without one."),
    )


def _events() -> tuple[Sample, ...]:
    return (
        Sample(at=now(), text="Submitted", detail="Renata Oakes, Bright Valley Family Clinic"),
        Sample(at=now() - timedelta(minutes=14), text="Draft started"),
    )
