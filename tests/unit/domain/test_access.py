"""Who may do what: the table of roles, written out once more by its effect."""

from uuid import UUID

import pytest

from app.domain.access import (
    OWN,
    ROLE_PERMISSIONS,
    STAFF_PERMISSIONS,
    SYSTEM,
    Actor,
    ActorKind,
    Permission,
    StaffRole,
    may,
)
from tenancy.vocabulary import Role

PINE, OAK = UUID(int=1), UUID(int=2)
ADMINS = {Role.GROUP_ADMIN, Role.ADMIN, Role.GROUP_ADMIN_REPORTS, Role.ADMIN_REPORTS}
REVIEWERS = {StaffRole.REVIEWER_NURSE, StaffRole.REVIEWER_PHYSICIAN, StaffRole.SUPERVISOR}
CONSOLE = {StaffRole.CONTRACT_MANAGER, StaffRole.OPS}
STAFF_ONLY = {
    Permission.WORKLIST_READ: REVIEWERS | {StaffRole.OPS},
    Permission.REVIEW_READ: REVIEWERS | {StaffRole.OPS},
    Permission.STAFF_SELF: set(StaffRole),
    Permission.CONSOLE_SEE: CONSOLE,
    Permission.CONSOLE_CONTRACT: {StaffRole.CONTRACT_MANAGER},
    Permission.CONSOLE_OPERATE: {StaffRole.OPS},
    Permission.TENANT_ENTER: CONSOLE,
    Permission.REVIEW_WORK: {StaffRole.REVIEWER_NURSE, StaffRole.REVIEWER_PHYSICIAN, StaffRole.SUPERVISOR},
    Permission.REVIEW_DECIDE: {StaffRole.REVIEWER_NURSE, StaffRole.REVIEWER_PHYSICIAN},
    Permission.REVIEW_ASSIGN: {StaffRole.SUPERVISOR},
    Permission.METRICS_READ: {StaffRole.SUPERVISOR},
    Permission.REGISTRATION_DECIDE: {StaffRole.SUPERVISOR},
}
WITH_REPORTS = {Role.GROUP_ADMIN_REPORTS, Role.ADMIN_REPORTS}


def person(*roles: tuple[UUID, Role], kind: ActorKind = ActorKind.PROVIDER) -> Actor:
    return Actor(kind=kind, user_id=UUID(int=9), name="Ada", roles=roles)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_guide_says(role: Role, permission: Permission) -> None:
    expected = {Permission.GROUP_MANAGE: role in ADMINS, Permission.REPORT_READ: role in WITH_REPORTS}
    expected |= dict.fromkeys(STAFF_ONLY, False)
    actor = person((PINE, role))
    assert may(actor, permission) is may(actor, permission, group_id=PINE) is expected.get(permission, True)


def test_a_role_counts_in_its_own_group_only() -> None:
    actor = person((PINE, Role.ADMIN), (OAK, Role.STAFF))
    assert may(actor, Permission.GROUP_MANAGE)
    assert may(actor, Permission.GROUP_MANAGE, group_id=PINE)
    assert not may(actor, Permission.GROUP_MANAGE, group_id=OAK)
    assert not may(actor, Permission.CASE_READ, group_id=UUID(int=3))
    assert actor.group_ids == (PINE, OAK)


@pytest.mark.parametrize("permission", Permission)
def test_the_system_may_do_everything_and_a_person_without_a_role_nothing(permission: Permission) -> None:
    assert may(SYSTEM, permission)
    assert may(SYSTEM, permission, group_id=PINE)
    assert may(person(), permission) is (permission in OWN)
    assert not may(person(kind=ActorKind.STAFF), permission)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", StaffRole)
def test_a_role_of_the_staff_opens_the_reviewers_side_and_nothing_of_a_provider(
    role: StaffRole, permission: Permission
) -> None:
    own = STAFF_ONLY | {Permission.SESSION_END: set(StaffRole)}
    actor = Actor(ActorKind.STAFF, UUID(int=9), "Nora", staff_roles=(role,))
    assert may(actor, permission) is (role in own.get(permission, set()))
    assert not may(actor, permission, group_id=PINE)


def test_every_role_is_in_the_table_and_every_permission_says_what_it_is() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(STAFF_PERMISSIONS) == set(StaffRole)
    words = [permission.word for permission in Permission]
    assert len(set(words)) == len(words)
    for permission in Permission:
        resource, _, action = permission.word.partition(":")
        assert permission.name == f"{resource}_{action}".upper()
        assert (permission.__doc__ or "").endswith(".")
