"""What the variables in addresses stand for: an object of one's own group, of another, of another tenant, none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.enrolment_models import GroupClaim, Passkey, PhoneFactor
from app.accounts.models import UserSession
from app.accounts.recovery_models import KnownDevice
from app.cases.models import Case, CaseProvider, Request
from app.cases.requirement_models import RequirementCheck
from app.notices.models import Message
from tests.house import furniture
from tests.house.routes import STRANGER
from tests.rooms.cases.casebook import Casebook
from tests.rooms.cases.people import NOW

OWN, OTHER_GROUP, OTHER_TENANT, MISSING = "own", "other group", "other tenant", "none"
RELATIONS = (OWN, OTHER_GROUP, OTHER_TENANT, MISSING)
SHARED = {
    "kind": "diagnoses",
    "kind_of_action": "additional_clinical",
    "label": "R01",
    "part": "servicing",
    "role": "requesting",
    "section": "providers",
    "name": "not-there",
    "filename": "x",
    "factor": "sms",
    "preferences.keep_code:kind": "procedures",
}
"""Words of an address that name no object."""

FAVOURITE = "cpt:99222"
"""A code as the page of preferred codes sends it, of those that need no list."""

Objects = Mapping[str, str]


def address_of(endpoint: str, variable: str, named: Objects) -> str:
    """What a variable stands for: the object only this page opens, under ``endpoint:variable``, else the common one."""
    return named.get(f"{endpoint}:{variable}", named[variable])


def typed(endpoint: str, named: Objects) -> dict[str, str]:
    """The fields without which some form names nothing; every other form ignores them."""
    system, code = furniture.CODE
    common = {"group": named["group_id"], "q": named["number"], "body": "A question.", "system": system, "code": code}
    common |= {"provider": named["provider_id"]}
    return common | ({"code": FAVOURITE} if endpoint == "preferences.keep_code" else {})


def objects(book: Casebook, elsewhere: Casebook) -> dict[str, Objects]:
    """The objects of each relation, by the variable that names them; own is group 0 and its person ``alex``."""
    furniture.sign_everybody_up(book)
    furniture.make_administrator(book, "alex", also=2)
    names = "draft_id group_id user_id member_id document_id letter_id delivery_id line_id session_id device_id"
    names += " talk_id revision_id information_id thread_id claim_id view_id request_id passkey_id provider_id"
    missing = dict.fromkeys(names.split(), str(STRANGER))
    return {
        OWN: of_group(book, 0, "alex"),
        OTHER_GROUP: of_group(book, 1, "blair"),
        OTHER_TENANT: of_group(elsewhere, 0, "alex"),
        MISSING: missing | SHARED | {"number": "not-there", "reference": "not-there"},
    }


def of_group(book: Casebook, group: int, person: str) -> Objects:
    """One object of each kind that belongs to a group."""
    number, request_id = case_of(book, group)
    draft_id = book.a_draft(group)
    in_draft = furniture.furnish_draft(book, draft_id)
    standing = furniture.furnish_request(book, UUID(request_id), person)
    own = {
        "draft_id": str(draft_id),
        "line_id": in_draft["line_id"],
        "number": number,
        "request_id": request_id,
        "group_id": str(book.groups[group]),
        "provider_id": str(book.providers[group]),
        "user_id": str(book.people[person]),
        "member_id": str(book.a_case(group).member_id),
        "session_id": session_of(book, person),
        "device_id": device_of(book, person),
        "reference": proof_of(book, group),
        "thread_id": thread_of(book, group, person),
        "claim_id": claim_of(book, group),
        "view_id": furniture.a_saved_view(book, person),
        "passkey_id": passkey_of(book, person),
    }
    own["casebook.letter:letter_id"] = standing["issued_id"]
    own["cases.deactivate_document:document_id"] = in_draft["document_id"]
    return {**SHARED, **standing, **own, **only_here(book, group, person)}


def only_here(book: Casebook, group: int, person: str) -> Objects:
    """What a single page opens, under its endpoint and the variable of its address."""
    refused, _ = case_of(book, group, "completed")
    furniture.a_refused_case(book, refused)
    rights = {f"reviews.{page}:number": refused for page in ("right", "right_form")}
    rights |= {f"reviews.{page}:name": "fair_hearing" for page in ("right", "right_form")}
    return rights | {
        "cases.questionnaire:name": furniture.QUESTIONNAIRE,
        "cases.answer:name": furniture.QUESTIONNAIRE,
        "people.resend:user_id": furniture.somebody_invited(book, group),
        "closing.restore:group_id": furniture.a_removed_group(book, person),
    }


def session_of(book: Casebook, person: str) -> str:
    """A further session of the person."""
    with book.session() as session:
        one = uuid4()
        session.add(
            UserSession(
                id=one, token_hash=one.bytes, user_id=book.people[person], stage="full", created_at=NOW,
                expires_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
        return str(one)


def device_of(book: Casebook, person: str) -> str:
    """A device the person signed in from."""
    with book.session() as session:
        one = uuid4()
        session.add(
            KnownDevice(
                id=one, token_hash=one.bytes, user_id=book.people[person], label="Laptop", created_at=NOW,
                last_used_at=NOW,
            )
        )  # fmt: skip
        return str(one)


def claim_of(book: Casebook, group: int) -> str:
    """Somebody without a group asks to join this one."""
    with book.session() as session:
        one = uuid4()
        claim = GroupClaim(
            id=one, user_id=book.people["drew"], provider_id=book.providers[group], created_at=NOW, told_at=NOW
        )
        session.add(claim)
        return str(one)


def passkey_of(book: Casebook, person: str) -> str:
    """A passkey of the person, who has a telephone too."""
    with book.session() as session:
        user_id, one = book.people[person], uuid4()
        session.add(PhoneFactor(user_id=user_id, number="+13035550177", takes_texts=True, created_at=NOW))
        session.add(
            Passkey(
                id=one, user_id=user_id, credential_id=one.bytes, public_key=b"key", sign_count=0, name="Laptop",
                created_at=NOW,
            )
        )  # fmt: skip
        return str(one)


def thread_of(book: Casebook, group: int, person: str) -> str:
    """A thread about a case of the group."""
    with book.session() as session:
        one = uuid4()
        message = Message(
            id=one, thread_id=one, case_id=book.a_case(group).id, case_number=case_of(book, group)[0],
            group_id=book.groups[group], provider_user_id=book.people[person], sender_kind="provider",
            sender_id=book.people[person], sender_name="Someone", recipient_name="Reviewers", subject="Question",
            body="When?", sent_at=NOW,
        )  # fmt: skip
        session.add(message)
        return str(one)


def proof_of(book: Casebook, group: int) -> str:
    """The reference of an answer that was given to the group."""
    with book.session() as session:
        row = RequirementCheck(
            reference=f"AR261123{book.groups[group].hex[:6]}".upper(), group_id=book.groups[group],
            asked_by_name="Someone", asked_at=NOW, category="outpatient", code="E0141", service_on=NOW.date(),
            need="needed", release="r", answer={"text": "Yes."},
        )  # fmt: skip
        session.add(row)
        return row.reference


def case_of(book: Casebook, group: int, status: str = "submitted") -> tuple[str, str]:
    """Number and request of a case of the group; of another group's, one that group 0 does not serve either."""
    others = book.providers[:1] if group else ()
    with book.session() as session:
        served = select(CaseProvider.case_id).where(CaseProvider.provider_id.in_(others))
        found = session.execute(
            select(Case.number, Request.id)
            .join(Request, Request.case_id == Case.id)
            .where(Case.group_id == book.groups[group], Case.number.is_not(None), Case.id.not_in(served))
            .where(Request.sequence == 1)
            .order_by(Case.status != status, Case.number)
        ).first()
    assert found is not None, "every case of the group is served by another one"
    return str(found[0]), str(found[1])
