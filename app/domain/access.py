"""Who may do what: a table of permissions by role, and the one function that reads it.

Must not know how an actor was recognised, nor which objects belong to which group in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType
from uuid import UUID

from tenancy.vocabulary import Role


class ActorKind(StrEnum):
    """On whose side of the counter an actor stands."""

    PROVIDER = "provider"
    STAFF = "staff"
    SYSTEM = "system"


class StaffRole(StrEnum):
    """What a person of the payer's staff works as; one may hold several."""

    REVIEWER_NURSE = "reviewer_nurse"
    REVIEWER_PHYSICIAN = "reviewer_physician"
    SUPERVISOR = "supervisor"
    CONTRACT_MANAGER = "contract_manager"
    OPS = "ops"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a person of one or several provider groups, the payer's staff, or the system itself.

    ``current_group`` is the provider group the person chose to work for; every role stays in ``roles``.
    ``staff_roles`` are held by the payer's staff alone.
    """

    kind: ActorKind
    user_id: UUID | None
    name: str
    roles: tuple[tuple[UUID, Role], ...] = ()
    current_group: UUID | None = None
    staff_roles: tuple[StaffRole, ...] = ()

    @property
    def group_ids(self) -> tuple[UUID, ...]:
        """Every provider group the actor belongs to."""
        return tuple(group_id for group_id, _ in self.roles)


SYSTEM = Actor(kind=ActorKind.SYSTEM, user_id=None, name="System")


class Permission(Enum):
    """What can be allowed, as ``resource:action``."""

    def __init__(self, word: str, doc: str) -> None:
        self.word = word
        self.__doc__ = doc

    HOME_READ = "home:read", "Open Home with its tiles and the saved requests."
    CASE_CREATE = "case:create", "Start a request for a member."
    CASE_EDIT = "case:edit", "Change a draft of one's own group."
    CASE_SUBMIT = "case:submit", "Send a draft to the payer."
    CASE_CANCEL = "case:cancel", "Abandon a draft of one's own group."
    CASE_READ = "case:read", "Read a case of one's own group, its summary and its timeline."
    CASE_SEARCH = "case:search", "Find cases by number, dates or member."
    CASE_COPY = "case:copy", "Start a request as a copy of an earlier one."
    CASE_ACT = "case:act", "Ask for something on a submitted case of one's own group: a change, a talk, another look."
    CASE_EXPORT = "case:export", "Take a list of cases away as a file."
    DOCUMENT_ADD = "document:add", "Upload documents to a case of one's own group."
    DOCUMENT_READ = "document:read", "Open a document of a case of one's own group."
    DOCUMENT_DEACTIVATE = "document:deactivate", "Take a document off a draft; it is kept, not shown."
    INFORMATION_ANSWER = "information:answer", "Answer what the payer asked for on a case of one's own group."
    NOTE_ADD = "note:add", "Write a note on a case of one's own group."
    MEMBER_SEARCH = "member:search", "Look a member up by number, or by last name and birth date."
    MEMBER_READ = "member:read", "Open a member's page."
    MEMBER_ADD_TEMPORARY = "member:add_temporary", "Add a member who has no number yet."
    PROVIDER_SEARCH = "provider:search", "Look providers up."
    CODE_SEARCH = "code:search", "Search diagnosis and procedure codes."
    REQUIREMENT_CHECK = "requirement:check", "Ask whether care needs an authorization, and keep the proof."
    PREFERENCE_EDIT = "preference:edit", "Keep one's own favourites."
    GROUP_SWITCH = "group:switch", "Choose which of one's groups to work for."
    GROUP_MANAGE = "group:manage", "Add people to one's group, change their roles, remove them."
    REPORT_READ = "report:read", "Read the reports of one's group."
    MESSAGE_READ = "message:read", "Read the messages of one's group."
    MESSAGE_SEND = "message:send", "Start a message from a case of one's own group, and answer."
    HELP_READ = "help:read", "Read help pages and contacts."
    PROFILE_EDIT = "profile:edit", "Change one's own details."
    SESSION_END = "session:end", "Sign out."
    TERMS_AGREE = "terms:agree", "Agree to the terms of use."
    WORKLIST_READ = "worklist:read", "Open the worklist of submitted requests (staff)."
    REVIEW_READ = "review:read", "Open a request with everything sent for it (staff)."
    REVIEW_WORK = "review:work", "Take a request, ask for information, send it up (staff)."
    REVIEW_DECIDE = "review:decide", "Decide lines as one's level allows (staff)."
    REGISTRATION_DECIDE = "registration:decide", "Decide who may join a provider organization (staff)."
    METRICS_READ = "metrics:read", "Read the public figures of the whole contract (staff)."
    REVIEW_ASSIGN = "review:assign", "Give requests to other reviewers (staff)."
    STAFF_SELF = "staff:self", "See one's own roles here and how long they hold (staff)."
    CONSOLE_SEE = "console:see", "Open the console of all contracts (staff)."
    CONSOLE_CONTRACT = "console:contract", "Draft, publish and roll back contracts (staff)."
    CONSOLE_OPERATE = "console:operate", "Watch and drive what is stuck, across tenants (staff)."
    TENANT_ENTER = "tenant:enter", "Look inside one tenant for a limited time, with a reason (staff)."


_SELF = frozenset({Permission.STAFF_SELF, Permission.SESSION_END})
_WATCHES = _SELF | {Permission.WORKLIST_READ, Permission.REVIEW_READ}
_REVIEWS = _WATCHES | {Permission.REVIEW_WORK, Permission.REVIEW_DECIDE}
_CONSOLE = _SELF | {Permission.CONSOLE_SEE, Permission.TENANT_ENTER}
_MANAGES = _CONSOLE | {Permission.CONSOLE_CONTRACT}
_OPERATES = _CONSOLE | {Permission.CONSOLE_OPERATE, Permission.WORKLIST_READ, Permission.REVIEW_READ}
_SUPERVISES = (
    _WATCHES
    | {Permission.REVIEW_WORK, Permission.REVIEW_ASSIGN}
    | {Permission.METRICS_READ, Permission.REGISTRATION_DECIDE}
)
_STAFF_ONLY = (_REVIEWS | _MANAGES | _OPERATES | _SUPERVISES) - {Permission.SESSION_END}
_EVERYONE = frozenset(Permission) - {Permission.GROUP_MANAGE, Permission.REPORT_READ} - _STAFF_ONLY
_ADMIN = _EVERYONE | {Permission.GROUP_MANAGE}
_WITH_REPORTS = frozenset({Permission.REPORT_READ})

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.GROUP_ADMIN: _ADMIN,
        Role.ADMIN: _ADMIN,
        Role.STAFF: _EVERYONE,
        Role.GROUP_ADMIN_REPORTS: _ADMIN | _WITH_REPORTS,
        Role.ADMIN_REPORTS: _ADMIN | _WITH_REPORTS,
    }
)
"""What each role of a provider group may do in that group (USR-07, USR-08, USR-09, RPT-02)."""

OWN = frozenset({Permission.SESSION_END, Permission.TERMS_AGREE})
"""What a signed-in person may do who belongs to no group yet."""

STAFF_PERMISSIONS: Mapping[StaffRole, frozenset[Permission]] = MappingProxyType(
    {
        StaffRole.REVIEWER_NURSE: _REVIEWS,
        StaffRole.REVIEWER_PHYSICIAN: _REVIEWS,
        StaffRole.SUPERVISOR: _SUPERVISES,
        StaffRole.CONTRACT_MANAGER: _MANAGES,
        StaffRole.OPS: _OPERATES,
    }
)
"""What each role of the payer's staff may do; what a level may decide is the contract's ``review.may``.

A page of the console opens at the console's host only, a page of a tenant inside that tenant only, so ops read a
worklist nowhere but in a tenant they entered.
"""


def may(actor: Actor, permission: Permission, *, group_id: UUID | None = None) -> bool:
    """Whether the actor may do this in the group, or in any of its groups when none is named.

    The system may do everything. A role counts in its own group only (USR-10). Staff of the payer hold no
    provider role, so nothing of a provider's is open to them here, and no provider holds a role of the staff.
    Signing out and the terms are open to whoever is signed in, with or without a group.
    """
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.STAFF:
        return group_id is None and any(permission in STAFF_PERMISSIONS[role] for role in actor.staff_roles)
    if permission in OWN and group_id is None:
        return actor.user_id is not None
    return any(
        permission in ROLE_PERMISSIONS[role]
        for member_of, role in actor.roles
        if group_id is None or member_of == group_id
    )
