"""What submitting costs: the service's whole act against the same rows written by plain psycopg in one transaction.

Prints the ratio of the two rates, interleaved in one run, one writer. Limit: at least 0.4.
"""

from __future__ import annotations

import secrets
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from app.cases import draft_codes, drafts, submission
from app.cases.draft_codes import Picked
from app.cases.drafts import Seen, Start
from app.cases.models import Case, Request
from app.cases.submission import Confirmed
from app.storage.db import Databases
from launch import postgres
from launch.children import Children
from launch.places import ROOT
from tenancy.isolation import schema_of
from tenancy.loader import LoadedContract, load_contract
from tenancy.scope import ControlDatabase, TenantDatabase
from tenancy.vocabulary import Category, CodeSystem, SectionName
from tests.databases import Clone
from tests.rooms.cases.people import NOW, World, a_world, some_codes

SLUG = "mississippi"
ROUNDS = 300
WARM_UP = 40
LIMIT = 0.4
CLOCKS = ("standard",)
"""The clocks that run for the request of this bench; a submission keeps a row for each."""


def main() -> None:
    """Measure on a database of its own and print the ratio."""
    # a server that flushes, as the portal's own does: what both sides wait for is part of what they cost
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        server = postgres.start(children, Path(folder), password=secrets.token_urlsafe(24))
        clone = Clone.made(server.dsn, "bench_submit")
        try:
            ratio = _run(clone)
        finally:
            clone.drop()
            postgres.remove_cluster(Path(folder))
    print(f"submit: {ratio:.2f} × the rate of the same rows by plain psycopg (limit {LIMIT})")
    if ratio < LIMIT:
        sys.exit(1)


def _run(clone: Clone) -> float:
    databases = Databases(app=TenantDatabase(clone.dsns.app), control=ControlDatabase(clone.dsns.control))
    loaded = load_contract(ROOT / "contracts" / f"{SLUG}.yaml")
    with databases.control.session() as control, databases.app.session(SLUG) as session:
        some_codes(control)
        world = a_world(session)
    turns = ROUNDS + WARM_UP
    by_service = [_draft(databases, loaded, world) for _ in range(turns)]
    by_hand = [_draft(databases, loaded, world) for _ in range(turns)]
    with psycopg.connect(clone.dsns.superuser) as plain:
        plain.execute(f'SET search_path TO "{schema_of(SLUG)}"'.encode())
        plain.commit()
        plain.prepare_threshold = 1
        times = _interleaved(
            lambda draft: _submit(databases, loaded, world, draft),
            by_service,
            lambda draft: _write(plain, draft),
            by_hand,
        )
    _same_rows(databases, by_service[0], by_hand[0])
    databases.close()
    return times[1] / times[0]


def _interleaved(
    service: Callable[[_Draft], None], ours: list[_Draft], hand: Callable[[_Draft], None], theirs: list[_Draft]
) -> tuple[float, float]:
    """Median seconds of each, taken in turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn, drafts_of_turn in enumerate(zip(ours, theirs, strict=True)):
        for place, act in ((0, service), (1, hand)) if turn % 2 else ((1, hand), (0, service)):
            began = time.perf_counter()
            act(drafts_of_turn[place])
            if turn >= WARM_UP:
                taken[place].append(time.perf_counter() - began)
    medians = statistics.median(taken[0]), statistics.median(taken[1])
    print(f"service {medians[0] * 1000:.2f} ms, plain psycopg {medians[1] * 1000:.2f} ms, median of {ROUNDS}")
    return medians


class _Draft:
    """A draft that lacks nothing, with the ids of the rows that submitting changes."""

    def __init__(self, case: Case) -> None:
        self.id, self.version, self.user = case.id, case.version, case.created_by
        self.request: UUID = case.requests[0].id
        self.lines: list[UUID] = [line.id for line in case.requests[0].lines]


def _draft(databases: Databases, loaded: LoadedContract, world: World) -> _Draft:
    act: Any = {"actor": world.actor, "now": NOW}
    contract = loaded.contract
    with databases.app.session(SLUG) as session, databases.control.session() as control:
        begun = Start(Category.OUTPATIENT, world.member, world.clinic, world.provider)
        draft_id = drafts.open_draft(session, loaded, begun, **act).draft_id
        typed = {"service_type": "diabetic_care", "place_of_service": "office"}
        drafts.save_section(session, contract, draft_id, SectionName.SERVICE_DETAILS, typed, seen=Seen(), **act)
        knees = [Picked(CodeSystem.ICD10CM, code) for code in ("M17.11", "M17.12")]
        draft_codes.add_diagnoses(session, control, contract, draft_id, knees, **act)
        picked = [Picked(CodeSystem.HCPCS, code) for code in ("E1399", "E0141")]
        draft_codes.add_procedures(session, control, contract, draft_id, picked, **act)
        case = session.get_one(Case, draft_id)
        answers = {
            "start_on": "11/30/2026",
            "end_on": "12/29/2026",
            "quantity": "1",
            "rate": "9.50",
            "frequency": "once",
        }
        typed = {f"line.{row.id}.{name}": text for row in case.requests[0].lines for name, text in answers.items()}
        drafts.save_section(session, contract, draft_id, SectionName.PROCEDURES, typed, seen=Seen(), **act)
        session.commit()
        return _Draft(case)


def _submit(databases: Databases, loaded: LoadedContract, world: World, draft: _Draft) -> None:
    """What a request does: one Session for the act, one for the number, one commit."""
    confirmed = Confirmed(str(uuid.uuid4()), draft.version, accepted=True)
    with databases.app.session(SLUG) as session, databases.control.session(is_durable=False) as control:
        submission.submit_case(session, control, loaded, draft.id, confirmed, actor=world.actor, now=NOW)
        session.commit()


def _write(plain: psycopg.Connection, draft: _Draft) -> None:
    """The rows that submitting writes, and nothing else, in one transaction."""
    day, sequence = NOW.date(), 0
    with plain.transaction():
        row = plain.execute(
            "INSERT INTO control.case_number_day AS d (day, last) VALUES (%s, 1)"
            " ON CONFLICT (day) DO UPDATE SET last = d.last + 1 RETURNING last",
            (day.replace(year=2031),),
        ).fetchone()
        sequence = row[0] if row else 0
        plain.execute(
            'UPDATE "case" SET number = %s, status = %s, release = %s, submission_key = %s, submission_digest = %s,'
            " submitted_at = %s, submitted_by = %s, modified_by = %s, modified_by_name = %s, modified_at = %s,"
            " disclaimer_version = %s, disclaimer_accepted_at = %s, version = %s WHERE id = %s",
            (f"31{sequence:09d}", "submitted", "r" * 64, str(uuid.uuid4()), "d" * 64, NOW, draft.user, draft.user,
             "Alex", NOW, "v1", NOW, draft.version + 1, draft.id),
        )  # fmt: skip
        plain.execute(
            "UPDATE request SET status = %s, submitted_at = %s, due_at = %s, due_rule = %s, due_reason = %s"
            " WHERE id = %s",
            ("submitted", NOW, NOW, "standard", "7 calendar days from receipt", draft.request),
        )
        for line in draft.lines:
            plain.execute("UPDATE procedure_line SET certify_status = %s WHERE id = %s", ("pending", line))
        plain.execute(
            "INSERT INTO case_event (id, case_id, request_id, kind, happened_at, actor_id, actor_name, detail,"
            " is_shown) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (uuid.uuid4(), draft.id, draft.request, "case_submitted", NOW, draft.user, "Alex", "", True),
        )
        plain.execute(
            "INSERT INTO outbox (id, kind, payload, key, created_at, due_at, state, attempts)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (uuid.uuid4(), "case_received", Jsonb({"case_id": str(draft.id)}), str(uuid.uuid4()), NOW, NOW, "due", 0),
        )
        _start_clocks(plain, draft)
        _tell(plain, draft, sequence)


def _start_clocks(plain: psycopg.Connection, draft: _Draft) -> None:
    """The clocks that begin with the submission."""
    for rule in CLOCKS:
        plain.execute(
            "INSERT INTO request_deadline (id, request_id, rule, release, calendar, terms, citation, reason,"
            " started_at, due_at, state) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (uuid.uuid4(), draft.request, rule, "r" * 64, "2026", Jsonb({"amount": 7, "unit": "calendar_days"}),
             "42 CFR 440.230(e)(1)", "7 calendar days from receipt", NOW, NOW, "running"),
        )  # fmt: skip


def _tell(plain: psycopg.Connection, draft: _Draft, sequence: int) -> None:
    """The trail's event and the head that points at it."""
    plain.execute(
        "INSERT INTO audit_event (id, lane, position, occurred_at, actor_kind, actor_id, actor_name, action,"
        " object_type, object_id, result, detail, previous_hash, hash)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (uuid.uuid4(), 99, sequence, NOW, "provider", draft.user, "Alex", "case:submit", "case", str(draft.id),
         "ok", Jsonb({}), "0" * 64, "1" * 64),
    )  # fmt: skip
    plain.execute("UPDATE audit_head SET position = position WHERE lane = 7")


def _same_rows(databases: Databases, ours: _Draft, theirs: _Draft) -> None:
    """Both ways left a submitted case with a submitted request."""
    with databases.app.session(SLUG) as session:
        for draft in (ours, theirs):
            case, request = session.get_one(Case, draft.id), session.get_one(Request, draft.request)
            if (case.status, request.status, bool(case.number)) != ("submitted", "submitted", True):
                raise SystemExit("a submission left another state than expected")


if __name__ == "__main__":
    main()
