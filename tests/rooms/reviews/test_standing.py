"""Stored statuses are what the events lead to; a row somebody spoiled is told by a command."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import text, update

from app.cases.models import Case, ProcedureLine
from app.cases.standing import walk
from app.cases.synthetic import Owner, fill_cases
from app.cli import main
from app.directory.models import Provider
from app.settings import Settings
from tenancy.vocabulary import Decision
from tests.rooms.cases.people import NOW
from tests.rooms.reviews.after import ask_again, decide, deny
from tests.rooms.reviews.conftest import Sent, later


def check(settings: Settings, slug: str = "mississippi") -> Result:
    environment = {
        "CHARTER_DSN_APP": settings.dsn_app,
        "CHARTER_DSN_CONTROL": settings.dsn_control,
        "CHARTER_MASTER_KEY": "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=",
        "CHARTER_SECRET_KEY": "s" * 40,
        "CHARTER_FILES_DIR": str(settings.files_dir),
        "CHARTER_SMTP_URL": "smtp://127.0.0.1:1",
    }
    return CliRunner().invoke(main, ["cases", "check", slug], env=environment, catch_exceptions=False)


def test_what_was_denied_asked_about_and_granted_stands_as_its_events_say(
    sent: Sent, tmp_path: Path, settings: Settings
) -> None:
    deny(sent)
    ask_again(sent, tmp_path)
    decide(sent, sent.other_physician, Decision.APPROVE, at=later(hours=6), reason="criteria_met")
    done = check(settings)
    assert (done.exit_code, done.output) == (0, "mississippi: 1 cases, every status is what its events lead to\n")


def test_a_spoiled_row_is_told_and_nothing_is_changed(sent: Sent, settings: Settings) -> None:
    deny(sent)
    with sent.session() as session:
        session.execute(update(ProcedureLine).values(certify_status="approved"))
        session.execute(update(Case).where(Case.id == sent.case_id).values(status="submitted"))
        session.commit()
    done = check(settings)
    assert done.exit_code == 1
    assert f"mississippi: {sent.number} case: stored submitted, events say completed [{sent.case_id}]" in done.output
    assert f"{sent.number} line 1 of R01: stored approved, events say denied" in done.output
    assert "mississippi: 1 cases, 2 differ" in done.output
    assert sent.case().status == "submitted"


def test_events_that_cannot_have_happened_are_told(sent: Sent, settings: Settings) -> None:
    with sent.session() as session:
        session.execute(
            text(
                "INSERT INTO case_event (id, case_id, request_id, kind, happened_at, actor_name, detail, is_shown)"
                " VALUES (gen_random_uuid(), :case, :request, 'request_completed', now(), 'x', '', true)"
            ),
            {"case": sent.case_id, "request": sent.request_id},
        )
        session.commit()
    done = check(settings)
    assert done.exit_code == 1
    assert "The request is submitted now, so it cannot be completed." in done.output


def test_made_up_cases_stand_as_their_events_say(sent: Sent) -> None:
    with sent.session() as session, sent.databases.control.session() as control:
        world = sent.world
        owner = Owner(world.clinic, session.get_one(Provider, world.provider), world.actor.user_id, "A")  # type: ignore[arg-type]
        fill_cases(session, control, sent.loaded, [owner], count=80, now=NOW, days=40)
        session.commit()
        walked = list(walk(session))
    assert sum(one.count for one in walked) == 81
    assert [one for each in walked for one in each.differences] == []


def test_an_unknown_tenant_is_refused(settings: Settings) -> None:
    assert check(settings, "nowhere").exit_code == 1
