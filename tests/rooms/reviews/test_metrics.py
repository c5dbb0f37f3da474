"""The nine public figures, recomputed from the timeline of the cases by other means; who may read them; the file."""

from __future__ import annotations

import csv
import io
import random
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from app.cases.clock_models import RequestDeadline
from app.cases.models import Case, CaseEvent, Request
from app.cases.synthetic import Owner, fill_cases
from app.directory.models import Provider
from app.domain.access import Actor
from app.domain.errors import Forbidden, Invalid
from app.reviews.metrics import Period, group_figures, public_figures, shown_time
from app.reviews.models import Determination
from app.reviews.synthetic import fill_determinations
from tests.pages import Browser
from tests.rooms.cases.people import NOW
from tests.rooms.reviews.conftest import Sent

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tenancy.loader import ContractShelf
    from tenancy.scope import TenantSession

Seat = Callable[[str, Actor], "FlaskClient"]
FIRST = datetime.fromisoformat("2026-01-01T06:00:00+00:00")
"""Midnight in Mississippi, as the first day begins."""
WORDS = {"approve": "line_approved", "modify": "line_modified", "deny": "line_denied", "void": "line_voided"}
PERIOD = Period(date(2026, 1, 1), date(2026, 6, 30))


def many(sent: Sent, count: int) -> None:
    """Decided requests with every kind of course, each told in determinations and in the timeline."""
    dice = random.Random(7)
    case = sent.case()
    with sent.session() as session:
        for number in range(count):
            one_request(session, case, number, dice)
        session.commit()


def one_request(session: TenantSession, like: Case, number: int, dice: random.Random) -> None:
    sent_at = FIRST + timedelta(minutes=dice.randrange(0, 300 * 24 * 60))
    decided_at = sent_at + timedelta(seconds=dice.randrange(60, 12 * 86_400))
    case_id, request_id = uuid4(), uuid4()
    copied = ("category", "group_id", "member_id", "created_by", "created_by_name", "created_at", "modified_by")
    values = {name: getattr(like, name) for name in (*copied, "modified_by_name", "modified_at", "release")}
    session.execute(
        insert(Case).values(id=case_id, number=f"M{number}", status="submitted", submitted_at=sent_at, **values)
    )
    urgency = dice.choice(["standard", "standard", "expedited", None])
    session.execute(
        insert(Request).values(
            id=request_id, case_id=case_id, sequence=1, status="completed", urgency=urgency,
            submitted_at=sent_at, decided_at=decided_at,
        )
    )  # fmt: skip
    tell(session, case_id, request_id, "case_submitted", sent_at, detail=urgency or "standard")
    lines = [None, *(uuid4() for _ in range(dice.randrange(0, 3)))]  # the stay, and lines
    first = [dice.choice(["approve", "approve", "approve", "deny", "modify", "void"]) for _ in lines]
    for line_id, decision in zip(lines, first, strict=True):
        decide(session, case_id, request_id, line_id, decision, "initial", decided_at)
    if dice.random() < 0.3:
        session.execute(
            insert(RequestDeadline).values(
                id=uuid4(), request_id=request_id, rule="standard", release="r", calendar="c", terms={}, citation="c",
                reason="r", started_at=sent_at, due_at=decided_at, state="met", extended_at=sent_at,
            )
        )  # fmt: skip
        tell(session, case_id, request_id, "deadline_extended", sent_at + timedelta(seconds=5))
    if {"deny", "modify"} & set(first) and dice.random() < 0.6:
        again = decided_at + timedelta(days=dice.randrange(1, 40))
        turn = dice.choice(["reconsideration", "reconsideration", "appeal", "peer_to_peer"])
        for line_id, decision in zip(lines, first, strict=True):
            if decision == "approve":
                decide(session, case_id, request_id, line_id, "approve", turn, again)
            if decision in {"deny", "modify"}:
                later = dice.choice(["approve", "deny", "deny", "modify", "modify"])
                decide(session, case_id, request_id, line_id, later, turn, again, units=dice.randrange(0, 3))


def decide(
    session: TenantSession,
    case_id: UUID,
    request_id: UUID,
    line_id: UUID | None,
    word: str,
    turn: str,
    at: datetime,
    units: int = 1,
) -> None:
    session.execute(
        insert(Determination).values(
            id=uuid4(), act_id=uuid4(), request_id=request_id, line_id=line_id, round=turn, decision=word,
            decided_by_name="Somebody", decided_at=at, release="r", units=units if word == "modify" else None,
        )
    )  # fmt: skip
    tell(session, case_id, request_id, WORDS[word], at, line_id=line_id, detail=f"{turn} {units}")


def tell(session: TenantSession, case_id: UUID, request_id: UUID, kind: str, at: datetime, **more: Any) -> None:
    values = {"case_id": case_id, "request_id": request_id, "kind": kind, "happened_at": at, "actor_name": "S"}
    session.execute(insert(CaseEvent).values(id=uuid4(), is_shown=True, **({"detail": ""} | values | more)))


def granted(act: CaseEvent) -> float:
    """How much an act on a line granted: everything, some units, nothing."""
    return {"line_approved": float("inf"), "line_modified": float(act.detail.split()[-1])}.get(act.kind, 0)


def same(one: CaseEvent, other: CaseEvent) -> bool:
    return one.line_id == other.line_id


def recomputed(session: TenantSession, period: Period) -> dict[str, Any]:
    """The figures from the timeline alone, one case at a time, in plain Python."""
    courses: dict[UUID, list[CaseEvent]] = {}
    for event in session.scalars(select(CaseEvent).order_by(CaseEvent.happened_at, CaseEvent.position)):
        if event.request_id:
            courses.setdefault(event.request_id, []).append(event)
    since, until = FIRST, datetime.fromisoformat("2026-07-01T05:00:00+00:00")
    counts: Counter[str] = Counter()
    took: dict[str, list[float]] = {"standard": [], "expedited": []}
    for course in courses.values():
        sent = next((one for one in course if one.kind == "case_submitted"), None)
        acts = [one for one in course if one.kind in WORDS.values()]
        first = [one for one in acts if one.detail.startswith("initial")]
        kinds = {one.kind for one in first} - {"line_voided"}
        if sent is None or not first:
            continue
        urgency, decided_at = sent.detail, max(one.happened_at for one in first)
        later = [one for one in acts if one.detail.startswith(("reconsideration", "appeal"))]
        if later and urgency == "standard" and since <= later[-1].happened_at < until:
            counts["appealed"] += 1
            counts["overturned"] += any(granted(one) > granted(two) for one in later for two in first if same(one, two))
        if not kinds or not since <= decided_at < until:
            continue
        took[urgency].append((decided_at - sent.happened_at).total_seconds())
        counts[urgency] += 1
        counts[f"{urgency} approved"] += kinds == {"line_approved"}
        counts[f"{urgency} denied"] += kinds == {"line_denied"}
        extended = any(one.kind == "deadline_extended" for one in course)
        counts["extended"] += extended and kinds == {"line_approved"}
    return {"counts": counts, "took": took}


def test_the_figures_equal_those_recomputed_from_the_timeline(sent: Sent) -> None:
    many(sent, 300)
    with sent.session() as session:
        figures = public_figures(session, sent.loaded.contract, PERIOD, actor=sent.supervisor, now=FIRST)
        plain = recomputed(session, PERIOD)
    counts, shares = plain["counts"], {one.number: one for one in figures.shares if one.number}
    expected = {
        "2": ("standard approved", "standard"),
        "3": ("standard denied", "standard"),
        "4": ("overturned", "appealed"),
        "6": ("expedited approved", "expedited"),
        "7": ("expedited denied", "expedited"),
    }
    for number, (count, of) in expected.items():
        assert (shares[number].count, shares[number].of) == (counts[count], counts[of]), number
        assert counts[of] > 10, "the made-up requests show nothing"
    assert (shares["5"].count, shares["5"].of) == (counts["extended"], counts["standard"] + counts["expedited"])
    for duration, urgency in zip(figures.durations, ("standard", "expedited"), strict=True):
        took = plain["took"][urgency]
        assert duration.of == len(took)
        assert duration.average is not None
        assert duration.median is not None
        assert duration.average.total_seconds() == pytest.approx(statistics.mean(took), abs=0.01)
        assert duration.median.total_seconds() == pytest.approx(statistics.median(took), abs=0.01)


def test_a_year_without_a_decision_shows_dashes(sent: Sent) -> None:
    with sent.session() as session:
        empty = Period(date(2020, 1, 1), date(2020, 12, 31))
        figures = public_figures(session, sent.loaded.contract, empty, actor=sent.supervisor, now=FIRST)
    assert {one.percent for one in figures.shares} == {"–"}
    assert [shown_time(one.average) for one in figures.durations] == ["–", "–"]


def test_an_impossible_period_and_other_people_are_refused(sent: Sent) -> None:
    with sent.session() as session:
        with pytest.raises(Invalid):
            backwards = Period(date(2026, 2, 1), date(2026, 1, 1))
            public_figures(session, sent.loaded.contract, backwards, actor=sent.supervisor, now=FIRST)
        with pytest.raises(Forbidden):
            public_figures(session, sent.loaded.contract, PERIOD, actor=sent.nurse, now=FIRST)
        with pytest.raises(Forbidden):
            group_figures(session, sent.loaded.contract, PERIOD, actor=sent.world.actor, now=FIRST)


def test_times_are_shown_as_plans_publish_them() -> None:
    assert shown_time(timedelta(days=3, hours=9, minutes=40, seconds=22)) == "3d 9:40:22"


def test_a_supervisor_reads_the_page_and_takes_the_file(sent: Sent, signed_in: Seat) -> None:
    many(sent, 20)
    browser = Browser(signed_in("mississippi", sent.supervisor))
    page = browser.get("/review/metrics?first=01/01/2026&last=12/31/2026")
    for said in (
        "Standard requests approved after appeal",
        "Partial approvals are not among them",
        "Median",
        "Every admission",
    ):
        assert said in page.text, said
    assert "needs no authorization" not in page.text
    assert "as a day that exists" in browser.get("/review/metrics?first=02/30/2026", status=422).text
    file = browser.client.get("/review/metrics.csv?first=2026-01-01&last=2026-12-31", base_url=browser.address)
    rows = list(csv.reader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff"))))
    assert {row[0] for row in rows[1:]} >= {str(number) for number in range(1, 10)}


def test_everybody_finds_reports_and_is_told_where_the_contract_has_none(
    sent: Sent, signed_in: Seat, shelf: ContractShelf
) -> None:
    browser = Browser(signed_in("mississippi", sent.world.actor))
    assert browser.get("/").links()["Reports"] == "/reports"
    assert shelf.good["mississippi"].contract.reports.none_text in browser.get("/reports").text
    browser.get("/reports.csv", status=403)


def test_made_up_cases_of_a_demonstration_are_counted(sent: Sent) -> None:
    with sent.session() as session, sent.databases.control.session() as control:
        world = sent.world
        owner = Owner(world.clinic, session.get_one(Provider, world.provider), world.actor.user_id, "A")  # type: ignore[arg-type]
        fill_cases(session, control, sent.loaded, [owner], count=60, now=NOW, days=40)
        made = fill_determinations(session, sent.loaded)
        session.flush()
        year = Period(date(2026, 1, 1), date(2026, 12, 31))
        figures = public_figures(session, sent.loaded.contract, year, actor=sent.supervisor, now=NOW)
        assert fill_determinations(session, sent.loaded) == 0
    standard = {one.number: one for one in figures.shares}
    assert 0 < standard["2"].of <= made
    assert 0 < standard["2"].count < standard["2"].of
