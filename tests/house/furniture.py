"""What stands about in the world of the permission matrix: documents, letters, questions, talks, people, groups.

A row of each kind for the group and the person it is asked for, as bare as the tables allow.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.models import Membership, ProviderGroup, UserAccount
from app.cases.clock_models import InformationRequest
from app.cases.models import Case, Document, ProcedureLine, Request
from app.directory.models import Provider
from app.notices.models import Letter, LetterDelivery
from app.reviews.after_models import PeerToPeer, Revision
from app.reviews.models import Determination, SavedView
from app.web.request import portal_of
from tenancy.scope import TenantSession
from tenancy.vocabulary import Role
from tests.rooms.cases.casebook import Casebook
from tests.rooms.cases.people import NOW, a_person

CODE = ("hcpcs", "E0141")
"""System and code of the line in every draft."""
QUESTIONNAIRE = "home_health"
"""What a draft for care at home is asked."""
FACTS: dict[str, object] = dict.fromkeys(("recipient", "about", "lines", "rights"), ()) | {
    "kind": "Denial", "case_number": "1", "request_label": "R01", "values": {}, "fax": None,
}  # fmt: skip
"""What a letter is written from, next to nothing of it."""
LATER = timedelta(hours=2)


def furnish_draft(book: Casebook, draft_id: UUID) -> Mapping[str, str]:
    """A draft for care at home with a line and a document."""
    with book.session() as session:
        request = session.scalars(select(Request).filter_by(case_id=draft_id)).one()
        request.service_type = QUESTIONNAIRE
        line = ProcedureLine(id=uuid4(), request_id=request.id, position=1, system=CODE[0], code=CODE[1])
        session.add(line)
        return {"line_id": str(line.id), "document_id": a_document(book, session, draft_id, request.id)}


def furnish_request(book: Casebook, request_id: UUID, person: str) -> Mapping[str, str]:
    """A submitted request with a document, a question, a booked talk, a change asked for and two letters."""
    who = {"asked_by": book.people[person], "asked_by_name": "Someone", "asked_at": NOW}
    asked, talk, change = uuid4(), uuid4(), uuid4()
    with book.session() as session:
        case_id = session.scalars(select(Request.case_id).filter_by(id=request_id)).one()
        session.add(InformationRequest(id=asked, request_id=request_id, due_at=NOW + LATER, due_reason="", **who))
        session.add(
            PeerToPeer(
                id=talk, request_id=request_id, state="booked", clinician="A Doctor", phone="6015550100",
                zone="America/Chicago", slots=[], physician_id=uuid4(), starts_at=NOW + LATER, ends_at=NOW + 2 * LATER,
                **who,
            )
        )  # fmt: skip
        session.add(Revision(id=change, request_id=request_id, text="A later day, please.", **who))
        return {
            "document_id": a_document(book, session, case_id, request_id),
            "information_id": str(asked),
            "talk_id": str(talk),
            "revision_id": str(change),
            **letters(book, session, case_id, request_id),
        }


def a_document(book: Casebook, session: TenantSession, case_id: UUID, request_id: UUID) -> str:
    """A document whose bytes are stored."""
    one = uuid4()
    stored = portal_of(book.app).files.put(book.slug, case_id, one, io.BytesIO(b"words"), max_bytes=100)
    session.add(
        Document(
            id=one, case_id=case_id, request_id=request_id, file_name="notes.txt", media_type="text/plain",
            size=stored.size, sha256=stored.sha256, uploaded_at=NOW, uploaded_by=uuid4(), uploaded_by_name="Someone",
        )
    )  # fmt: skip
    return str(one)


def letters(book: Casebook, session: TenantSession, case_id: UUID, request_id: UUID) -> Mapping[str, str]:
    """A letter that was issued, and one that is held with a way it should take."""
    issued, held, way = uuid4(), uuid4(), uuid4()
    stored = portal_of(book.app).files.put(book.slug, case_id, issued, io.BytesIO(b"%PDF-1.4"), max_bytes=100)
    common = {"case_id": case_id, "request_id": request_id, "request_label": "R01", "kind": "Denial", "content": {}}
    common |= {"facts": FACTS, "written_at": NOW, "modified_at": NOW}
    session.add(
        Letter(
            id=issued, key=str(issued), file_name=f"{issued}.pdf", state="issued", sha256=stored.sha256,
            size=stored.size, **common,
        )
    )  # fmt: skip
    session.add(
        Letter(id=held, key=str(held), file_name=f"{held}.pdf", state="held", held_because="No address.", **common)
    )
    session.flush()
    session.add(LetterDelivery(id=way, letter_id=held, channel="fax", state="unaddressed", queued_at=NOW))
    return {"issued_id": str(issued), "letter_id": str(held), "delivery_id": str(way)}


def a_refused_case(book: Casebook, number: str) -> None:
    """The completed case of this number was denied for medical reasons, so that its rights are open."""
    with book.session() as session:
        found = select(Request).join(Case, Case.id == Request.case_id).where(Case.number == number)
        request = session.scalars(found).one()
        request.status, request.decided_at = "completed", NOW
        decided = Determination(
            act_id=uuid4(), request_id=request.id, decision="deny", outcome="adverse_medical",
            decided_by_name="A Physician", decided_at=NOW, release=book.release,
        )  # fmt: skip
        session.add(decided)


def a_saved_view(book: Casebook, person: str) -> str:
    """Filters of the worklist that somebody keeps."""
    with book.session() as session:
        one = uuid4()
        session.add(SavedView(id=one, user_id=book.people[person], name="Mine", query="", saved_at=NOW))
        return str(one)


def somebody_invited(book: Casebook, group: int) -> str:
    """A new user of the group who has not signed up yet."""
    with book.session() as session:
        person = a_person(session, f"invited{group}")
        person.enrolled_at = None
        session.flush()
        session.add(a_role(person.id, book.groups[group], Role.STAFF))
        return str(person.id)


def a_removed_group(book: Casebook, person: str) -> str:
    """A provider group the person administered and removed."""
    with book.session() as session:
        taken = select(ProviderGroup.provider_id)
        free = select(Provider.id).where(Provider.id.not_in(taken)).order_by(Provider.id).limit(1)
        group = ProviderGroup(
            id=uuid4(), provider_id=session.scalars(free).one(), name="Removed", is_active=False, registered_at=NOW
        )
        session.add(group)
        session.flush()
        session.add(a_role(book.people[person], group.id, Role.GROUP_ADMIN))
        return str(group.id)


def make_administrator(book: Casebook, person: str, also: int) -> None:
    """The person administers every group of theirs, and one more, so that any may be removed."""
    with book.session() as session:
        for row in session.scalars(select(Membership).where(Membership.user_id == book.people[person])):
            row.role = Role.GROUP_ADMIN.value
        session.add(a_role(book.people[person], book.groups[also], Role.GROUP_ADMIN))


def sign_everybody_up(book: Casebook) -> None:
    """Everybody has finished signing up, and may administer with others."""
    with book.session() as session:
        for user in session.scalars(select(UserAccount)):
            user.enrolled_at = user.created_at


def a_role(user_id: UUID, group_id: UUID, role: Role) -> Membership:
    """A role in a group."""
    return Membership(user_id=user_id, group_id=group_id, role=role.value, created_at=NOW)
