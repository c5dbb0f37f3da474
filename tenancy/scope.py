"""A tenant bound to a transaction: the only place that opens connections for tenants and for control.

One Session serves one tenant for life. Every transaction opens with a single message that begins it as the
tenant's role, with the tenant's search path and a time limit; without a tenant there is no transaction.
Must not know any table, any contract or any request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.errors import FeatureNotSupported, InsufficientPrivilege, InvalidParameterValue
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from tenancy.isolation import (
    CONTROL_FAULTS,
    LOGIN_FAULTS,
    LoginReport,
    NoTenantBound,
    TenantAlreadyBound,
    check_statement,
    checked_slug,
    role_of,
    schema_of,
)
from tenancy.revisions import SchemaWatch

_MOST_PASSED = 4096
_passed: set[str] = set()  # statements the guard let pass; SQLAlchemy sends the same few hundred again and again
_PREPARED_AFTER = 2  # runs of a statement in one tenant before a connection keeps its plan
_MOST_PREPARED = 1000  # plans a connection keeps, of all tenants together; the longest unused makes room
_BINDING = "charter_binding"
_WATCH = "charter_watch"
_STATEMENT_TIMEOUT_MS = 15_000
_RECYCLE_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Binding:
    """The one message that opens a transaction, made here and nowhere else."""

    label: str
    message: bytes


def tenant_binding(slug: str, *, timeout_ms: int = _STATEMENT_TIMEOUT_MS) -> Binding:
    """Begin as the tenant's role. CLOSE ALL ends cursors held over from an earlier transaction."""
    return Binding(
        label=checked_slug(slug),
        message=(
            f'CLOSE ALL; BEGIN; SET LOCAL ROLE "{role_of(slug)}"; '
            f'SET LOCAL search_path TO "{schema_of(slug)}", pg_temp; '
            f"SET LOCAL statement_timeout TO {int(timeout_ms)}"
        ).encode(),
    )


def control_binding(*, timeout_ms: int = _STATEMENT_TIMEOUT_MS, is_durable: bool = True) -> Binding:
    """Begin on control as its own login. Not durable: the commit returns before its WAL is flushed."""
    durability = "" if is_durable else "; SET LOCAL synchronous_commit TO off"
    return Binding(
        label="control",
        message=(
            "CLOSE ALL; BEGIN; SET LOCAL search_path TO control, pg_temp; "
            f"SET LOCAL statement_timeout TO {int(timeout_ms)}{durability}"
        ).encode(),
    )


class OneStatementCursor(psycopg.Cursor[Any]):
    """Sends every statement by the extended protocol, where the server refuses a second one behind a ';'.

    Only the message that opens a transaction, marked by the guard, may hold several statements.
    """

    is_opening = False

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=force_extended or not self.is_opening, binary=binary)


class BoundedPool(QueuePool):
    """A small pool; when it is exhausted the caller hears a database error, as for a server that is full."""

    def connect(self) -> PoolProxiedConnection:
        """Check a connection out, or raise the driver's OperationalError when none came free in time."""
        try:
            return super().connect()
        except PoolTimeout as error:
            raise psycopg.OperationalError("no database connection came free in time") from error


def _engine(dsn: str, *, pool_size: int, pool_timeout: float) -> Engine:
    engine = create_engine(
        _sqlalchemy_url(dsn),
        poolclass=BoundedPool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_timeout,
        pool_recycle=_RECYCLE_SECONDS,
        hide_parameters=True,  # what a statement carried may be health data
        use_native_hstore=False,
        connect_args={
            "autocommit": True,  # the binding's own message holds BEGIN
            "prepare_threshold": _PREPARED_AFTER,
            "cursor_factory": OneStatementCursor,
            "connect_timeout": 3,
            "application_name": "charter",
        },
    )
    event.listen(engine, "begin", _open_transaction)
    event.listen(engine, "connect", _keep_plans)
    event.listen(engine, "before_cursor_execute", _guard, retval=True)
    event.listen(engine, "set_connection_execution_options", _refuse_isolation_change)
    event.listen(engine, "checkin", _invalidate_unless_idle)
    event.listen(engine, "handle_error", _tell_no_values)
    event.listen(engine, "handle_error", _give_up_old_plans)
    return engine


def _sqlalchemy_url(dsn: str) -> str:
    scheme, separator, rest = dsn.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError("a database address starts with postgresql://")
    return f"postgresql+psycopg://{rest}"


def _open_transaction(connection: Connection) -> None:
    binding = connection.get_execution_options().get(_BINDING)
    if not isinstance(binding, Binding):
        raise NoTenantBound("no tenant is bound: open a Session through its TenantDatabase")
    is_open = _is_opened(connection, binding)
    driver = _driver_of(connection)
    if not is_open:
        _open_again(connection, driver, binding)
    watch = connection.get_execution_options().get(_WATCH)
    if watch is not None and watch.is_due(binding.label):
        _look_at_revision(connection, driver, binding.label, watch)


def _open_again(connection: Connection, driver: psycopg.Connection[Any], binding: Binding) -> None:
    """Once more by way of SQLAlchemy, which tells a lost connection from a refused role and acts on it."""
    try:
        connection.exec_driver_sql(binding.message.decode(), execution_options={"charter_opening": binding})
    except DBAPIError as error:
        watch = connection.get_execution_options().get(_WATCH)
        if watch is None or not isinstance(error.orig, InsufficientPrivilege | InvalidParameterValue):
            raise
        driver.rollback()
        raise watch.missing() from None  # no such role: the tenant was never made, or was purged


def _is_opened(connection: Connection, binding: Binding) -> bool:
    """Whether the server took the opening message.

    The message is also the question whether the server is still there. A pooled connection that has ended since its
    last use is given up for the next one, as often as the pool may hold such: nothing was begun on any of them.
    """
    for _ in range(connection.engine.pool.size() + 1):  # type: ignore[attr-defined]
        if _takes(_driver_of(connection), binding.message):
            return True
        driver = _driver_of(connection)
        if not driver.closed:
            driver.rollback()
            return False
        connection.invalidate()
    return False


def _takes(driver: psycopg.Connection[Any], message: bytes) -> bool:
    try:
        return driver.pgconn.exec_(message).status == ExecStatus.COMMAND_OK
    except psycopg.OperationalError:  # it could not even be sent
        return False


def _driver_of(connection: Connection) -> psycopg.Connection[Any]:
    return connection.connection.driver_connection  # type: ignore[return-value]


def _look_at_revision(connection: Connection, driver: psycopg.Connection[Any], slug: str, watch: SchemaWatch) -> None:
    try:
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except ProgrammingError:  # no such table, or no right to it: the schema is half made or half gone
        revision = None
    try:
        watch.check(slug, revision)
    except Exception:
        driver.rollback()
        raise


def _keep_plans(dbapi_connection: DBAPIConnection, _record: Any) -> None:
    dbapi_connection.prepared_max = _MOST_PREPARED


def _guard(
    _connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, _many: bool
) -> tuple[str, Any]:
    """Check a statement and head it with whom it serves: plans are kept by text, so each tenant has its own."""
    options = context.execution_options
    if options.get("charter_opening") is not None:
        cursor.is_opening = True
        return statement, parameters
    if statement not in _passed:
        check_statement(statement)
        if len(_passed) < _MOST_PASSED:
            _passed.add(statement)
    whom = getattr(options.get(_BINDING), "label", "nobody")
    return f"/* {whom} */ {statement}", parameters


def _refuse_isolation_change(_connection: Connection, options: Mapping[str, Any]) -> None:
    if "isolation_level" in options:
        raise TenantAlreadyBound("a bound connection keeps the isolation level it was opened with")


def _invalidate_unless_idle(dbapi_connection: DBAPIConnection | None, record: Any) -> None:
    if dbapi_connection is None:
        return
    if dbapi_connection.info.transaction_status is not TransactionStatus.IDLE:
        record.invalidate()


def _tell_no_values(context: ExceptionContext) -> None:
    """Leave the code and the names of what was violated: the server's own sentence repeats the values of the row."""
    error, told = context.original_exception, context.sqlalchemy_exception
    if told is None or not isinstance(error, psycopg.DataError | psycopg.IntegrityError):
        return
    names = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    error.args = (" ".join(str(word) for word in (error.sqlstate, *names) if word),)
    told.args = (f"{type(error).__name__}: {error.args[0]}",)


def _give_up_old_plans(context: ExceptionContext) -> None:
    """A plan kept from before a migration has other columns now: its connection, and the pool's others, are renewed."""
    error = context.original_exception
    if isinstance(error, FeatureNotSupported) and error.diag.source_function == "RevalidateCachedQuery":
        context.is_disconnect = True


class BoundSession(Session):
    """A Session that serves one database scope for life and cannot be used after it was closed."""

    def __init__(self, engine: Engine, label: str) -> None:
        self._engine = engine
        self._label = label
        super().__init__(bind=engine, expire_on_commit=False, close_resets_only=False)

    @property
    def label(self) -> str:
        """The tenant's slug, or ``control``."""
        return self._label

    @property
    def bind(self) -> Engine:
        """The engine this Session was opened on."""
        return self._engine

    @bind.setter
    def bind(self, engine: object) -> None:
        if engine is not self._engine:
            raise TenantAlreadyBound("a Session serves one tenant for life: open another Session")

    def get_bind(self, *_mapper: Any, **arguments: Any) -> Engine:
        """The engine this Session was opened on; naming another one is refused."""
        if arguments.get("bind") not in (None, self._engine):
            raise TenantAlreadyBound("a Session serves one tenant for life: open another Session")
        return self._engine

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """The bound connection; execution options that would bind it elsewhere are refused."""
        if execution_options and _BINDING in execution_options:
            raise TenantAlreadyBound("a Session serves one tenant for life: open another Session")
        return super().connection(bind_arguments, execution_options)


class TenantSession(BoundSession):
    """A Session inside one tenant."""

    @property
    def slug(self) -> str:
        """The tenant this Session serves."""
        return self._label


class ControlSession(BoundSession):
    """A Session inside the schema ``control``: registry, releases, toggles, keys, code sets; no PHI."""


class LoginCheck:
    """Refuses to serve by a login that could reach more than it has to; the catalogue is asked once a process."""

    def __init__(self, whose: str, faults: str) -> None:
        self._whose = whose
        self._faults = faults
        self._is_known = False

    def __call__(self, dbapi_connection: DBAPIConnection, _record: Any) -> None:
        """Raise LoginTooStrong at a connection of such a login."""
        if self._is_known:
            return
        driver: psycopg.Connection[Any] = dbapi_connection  # type: ignore[assignment]
        report = self.report(driver)
        if report.faults:
            driver.close()
        report.must_be_clean()
        self._is_known = True

    def report(self, connection: psycopg.Connection[Any]) -> LoginReport:
        """What the catalogue says against the login of this connection."""
        rows = connection.execute(self._faults.encode()).fetchall()
        return LoginReport(tuple(str(row[0]) for row in rows if row[0] is not None), self._whose)


class TenantDatabase:
    """Opens Sessions for tenants over one small pool of the login that owns nothing."""

    def __init__(
        self, dsn: str, *, pool_size: int = 6, pool_timeout: float = 5.0, watch: SchemaWatch | None = None
    ) -> None:
        """``watch`` refuses tenants whose schema this code cannot serve."""
        self._watch = watch
        self.engine = _engine(dsn, pool_size=pool_size, pool_timeout=pool_timeout)
        self._bound: dict[str, Engine] = {}
        self._login = LoginCheck("application's", LOGIN_FAULTS)
        event.listen(self.engine, "connect", self._login)

    def session(self, slug: str) -> TenantSession:
        """A fresh Session for the tenant, to be closed by ``with``; it connects at its first query."""
        return TenantSession(self._engine_for(slug), slug)

    def _engine_for(self, slug: str) -> Engine:
        bound = self._bound.get(slug)
        if bound is None:
            bound = self.engine.execution_options(**{_BINDING: tenant_binding(slug), _WATCH: self._watch})
            self._bound[slug] = bound
        return bound

    def login_report(self) -> LoginReport:
        """What the catalogue says against the login."""
        with psycopg.connect(_plain_dsn(self.engine), connect_timeout=3) as connection:
            return self._login.report(connection)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


class ControlDatabase:
    """Opens Sessions on schema ``control`` as the control login."""

    def __init__(self, dsn: str, *, pool_size: int = 4, pool_timeout: float = 5.0) -> None:
        self.engine = _engine(dsn, pool_size=pool_size, pool_timeout=pool_timeout)
        self._durable = self.engine.execution_options(**{_BINDING: control_binding()})
        self._quick = self.engine.execution_options(**{_BINDING: control_binding(is_durable=False)})
        event.listen(self.engine, "connect", LoginCheck("control", CONTROL_FAULTS))

    def session(self, *, is_durable: bool = True) -> ControlSession:
        """A fresh Session on control; ``is_durable=False`` leaves the WAL flush to a later commit."""
        return ControlSession(self._durable if is_durable else self._quick, "control")

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _plain_dsn(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
