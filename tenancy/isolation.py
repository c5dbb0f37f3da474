"""What keeps tenants apart: the names of their roles, the guard on statements, the login's own poverty.

Must not know any table, any contract or any request; it speaks of schemas, roles and SQL text only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
_OWNER_SUFFIX = "_owner"


class IsolationError(RuntimeError):
    """Something tried to act outside the one tenant it was given."""


class NoTenantBound(IsolationError):
    """A query was about to run with no tenant bound to its transaction."""


class TenantAlreadyBound(IsolationError):
    """A Session was asked to serve a second tenant; a Session serves one for life."""


class StatementRefused(IsolationError):
    """The guard found SQL the application never needs and an attacker would."""


class LoginTooStrong(IsolationError):
    """A login of the portal could reach more than it has to."""


class BadSlug(ValueError):
    """The text is no tenant slug: lower-case letters, digits and underscores, at most 40 characters."""


def checked_slug(slug: str) -> str:
    """Return the slug if it is one; every SQL name is built from a checked slug only.

    Raises BadSlug, also for a slug ending in ``_owner``: its role would be another tenant's owner role.
    """
    if not _SLUG.fullmatch(slug) or slug.endswith(_OWNER_SUFFIX):
        raise BadSlug("a tenant slug is lower-case letters, digits and underscores, and does not end in _owner")
    return slug


def schema_of(slug: str) -> str:
    """The schema that holds everything of the tenant."""
    return f"t_{checked_slug(slug)}"


def role_of(slug: str) -> str:
    """The role a transaction of the tenant runs as: USAGE on its schema and DML on its tables."""
    return f"t_{checked_slug(slug)}"


def owner_of(slug: str) -> str:
    """The role that owns the tenant's schema; migrations, export and purge run as it."""
    return f"t_{checked_slug(slug)}{_OWNER_SUFFIX}"


# ---------------------------------------------------------------- the guard on statements

_QUOTED = re.compile(
    r"""
    (?P<comment> --|/\*)
    | [eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | \$(?P<tag>[A-Za-z_]?\w*)\$.*?\$(?P=tag)\$
    """,
    re.VERBOSE | re.DOTALL,
)
_FIRST_WORDS = ("select", "insert", "update", "delete", "with", "values", "merge", "savepoint", "release", "rollback")
_ROLLBACK = re.compile(r"rollback\s+to\s+savepoint\b", re.IGNORECASE)
_INTO = re.compile(r"(?<!\binsert)(?<!\bmerge)\s+into\b", re.IGNORECASE)
_FORBIDDEN = re.compile(
    r"""\b(?:
        set_config | ts_stat | pg_notify | pg_sleep\w* | pg_terminate_backend | pg_cancel_backend
        | (?:query|table|schema|database|cursor)_to_xml\w* | xpath_table
        | dblink\w* | lo_\w+ | loread | lowrite | pg_read_\w+ | pg_ls_\w+ | pg_stat_file | pg_logical_\w+
        | pg_(?:try_)?advisory_(?:lock|unlock)\w* | pg_export_snapshot | pg_prepared_\w+
    )["\s]*\(""",
    re.VERBOSE | re.IGNORECASE,
)


def refusal(statement: str) -> str | None:
    """Why the application may not send this statement, or None when it may.

    The application reads and writes rows; it never changes role, setting, schema or session. So the list of
    first words is closed, one message holds one statement, and functions that run text as SQL or reach
    beyond the schema are refused by name. The database refuses the same by grants: this is the second floor.
    """
    if any(match["comment"] for match in _QUOTED.finditer(statement)):
        return "comments"
    bare = _QUOTED.sub("''", statement).strip().rstrip(";").strip()
    first = bare.lstrip("( \n\t").split(None, 1)[0].lower() if bare else ""
    if first.split("(")[0] not in _FIRST_WORDS:
        return first.upper() or "an empty statement"
    if first == "rollback" and not _ROLLBACK.match(bare):
        return "ROLLBACK"
    return _refused_inside(bare, first)


def _refused_inside(bare: str, first: str) -> str | None:
    if ";" in bare:
        return "a second statement"
    if first in {"select", "with", "values"} and _INTO.search(bare):
        return "SELECT INTO"
    found = _FORBIDDEN.search(bare)
    return found.group(0).rstrip('(" ').lower() if found else None


def check_statement(statement: str) -> None:
    """Raise StatementRefused when the guard refuses the statement; the text itself is never repeated."""
    reason = refusal(statement)
    if reason is not None:
        raise StatementRefused(f"the application may not send this to the database: {reason[:40]}")


# ---------------------------------------------------------------- the login's own poverty

_UNION = "\nUNION ALL\n"

_ATTRIBUTES = """
SELECT CASE
         WHEN r.rolsuper THEN 'is a superuser'
         WHEN r.rolinherit THEN 'inherits the rights of its roles'
         WHEN r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
         THEN 'has attributes of an operator'
       END AS fault
  FROM pg_roles r WHERE r.rolname = session_user
"""

_DATABASE_RIGHTS = """
SELECT 'may do more than connect to the database'
 WHERE has_database_privilege(session_user, current_database(), 'CREATE')
    OR has_database_privilege(session_user, current_database(), 'TEMP')
"""

LOGIN_FAULTS = _UNION.join(
    (
        _ATTRIBUTES,
        """
SELECT 'owns or is granted something: ' || d.classid::regclass::text
  FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
 WHERE r.rolname = session_user AND d.refclassid = 'pg_authid'::regclass AND d.deptype IN ('o', 'a')
   AND d.classid NOT IN ('pg_database'::regclass, 'pg_auth_members'::regclass)
   AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
""",
        """
SELECT 'is a member of ' || g.rolname
  FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
 WHERE r.rolname = session_user AND (g.rolname !~ '^t_[a-z]' OR g.rolname ~ '_owner$' OR m.admin_option)
""",
        _DATABASE_RIGHTS,
        """
SELECT 'may use schema ' || n.nspname FROM pg_namespace n
 WHERE n.nspname !~ '^(pg_|information_schema$)' AND has_schema_privilege(session_user, n.oid, 'USAGE, CREATE')
""",
    )
)
"""What the application's login must not be: it becomes the tenants' roles and is nothing by itself."""

CONTROL_FAULTS = _UNION.join(
    (
        _ATTRIBUTES,
        """
SELECT 'owns something: ' || d.classid::regclass::text
  FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
 WHERE r.rolname = session_user AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
   AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
""",
        """
SELECT 'is a member of ' || g.rolname
  FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
 WHERE r.rolname = session_user
""",
        _DATABASE_RIGHTS,
        """
SELECT 'may use schema ' || n.nspname FROM pg_namespace n
 WHERE n.nspname !~ '^(pg_|information_schema$)'
   AND (has_schema_privilege(session_user, n.oid, 'CREATE')
        OR n.nspname <> 'control' AND has_schema_privilege(session_user, n.oid, 'USAGE'))
""",
    )
)
"""What the control login must not be: it reads and writes rows of schema ``control`` and is no tenant's role."""


@dataclass(frozen=True, slots=True)
class LoginReport:
    """What the catalogue says against a login; empty means it reaches no more than it has to."""

    faults: tuple[str, ...]
    whose: str = "application's"

    def must_be_clean(self) -> None:
        """Raise LoginTooStrong, naming every fault, unless the login is as poor as it has to be."""
        if self.faults:
            raise LoginTooStrong(f"refusing to serve, the {self.whose} login {'; '.join(self.faults)}")
