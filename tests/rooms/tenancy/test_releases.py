from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tenancy.contract.declare import Span
from tenancy.contract.people import Waiver
from tenancy.in_force import ContractsInForce
from tenancy.loader import ContractShelf, LoadedContract
from tenancy.release import release_of
from tenancy.releases import (
    NeverPublished,
    NewerRelease,
    NotOpen,
    ReleaseRefused,
    ReleaseUnknown,
    SamePerson,
    WaiverOver,
    approve,
    get_release,
    get_sources,
    has_tenant,
    is_same_person,
    list_proposals,
    list_publications,
    propose,
    record_releases,
    release_at,
    roll_back,
    withdraw,
)
from tenancy.scope import ControlSession
from tenancy.toggles import Switch, ToggleRefused, list_toggles, switch, undo
from tenancy.vocabulary import Feature, SpanUnit, Waivable

SLUG = "mississippi"
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Control = ControlSession


def changed(loaded: LoadedContract, days: int) -> LoadedContract:
    """The same contract with another window for a reconsideration."""
    right = replace(loaded.contract.rights["reconsideration"], window=Span(amount=days, unit=SpanUnit.CALENDAR_DAYS))
    rights = MappingProxyType({**loaded.contract.rights, "reconsideration": right})
    contract = replace(loaded.contract, rights=rights)
    return replace(loaded, contract=contract, release=release_of(contract))


@pytest.fixture
def on_file(shelf: ContractShelf) -> LoadedContract:
    return shelf.good[SLUG]


@pytest.fixture
def control(control_session: ControlSession, shelf: ContractShelf) -> ControlSession:
    record_releases(control_session, shelf.good, now=NOW - timedelta(days=30))
    return control_session


def published(control: Control, loaded: LoadedContract, now: datetime = NOW, **keys: Any) -> str:
    proposal = propose(control, loaded, author="Ann", reason="The guide changed.", now=now, **keys)
    approve(control, proposal.id, approver="Ben", now=now)
    return loaded.release


def in_force(control: Control, shelf: ContractShelf, now: datetime) -> ContractsInForce:
    contracts = ContractsInForce(shelf, base_domain="localhost")
    contracts.refresh(control, now)
    return contracts


def test_two_people_publish_a_release_and_everybody_serves_it(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    new = changed(on_file, 45)
    proposal = propose(control, new, author="Ann", reason="New guide", now=NOW, sources={"a.yaml": "x"})
    assert list_proposals(control, SLUG) == (proposal,)
    assert in_force(control, shelf, NOW)[SLUG].release == on_file.release
    done = approve(control, proposal.id, approver="Ben", now=NOW)
    assert (done.author, done.approver, done.replaces) == ("Ann", "Ben", on_file.release)
    assert list_proposals(control) == ()
    served = in_force(control, shelf, NOW)[SLUG]
    assert served.release == new.release
    assert served.contract == new.contract
    assert get_sources(control, SLUG, new.release) == {"a.yaml": "x"}


def test_nobody_approves_what_they_wrote(control: Control, on_file: LoadedContract) -> None:
    proposal = propose(control, changed(on_file, 45), author="Ann", reason="New guide", now=NOW)
    for name in ("Ann", " ann "):
        with pytest.raises(SamePerson, match="a second person"):
            approve(control, proposal.id, approver=name, now=NOW)
    assert is_same_person("ANN", "ann")


def test_a_tenant_is_there_until_it_is_purged(control: Control, on_file: LoadedContract) -> None:
    assert has_tenant(control, on_file.slug)
    assert not has_tenant(control, "nowhere")
    control.execute(text("UPDATE control.tenant SET purged_at = now() WHERE slug = :slug"), {"slug": on_file.slug})
    assert not has_tenant(control, on_file.slug)


def test_a_proposal_is_decided_once(control: Control, on_file: LoadedContract) -> None:
    first = propose(control, changed(on_file, 45), author="Ann", reason="New guide", now=NOW)
    withdraw(control, first.id, by="Ann", now=NOW)
    with pytest.raises(NotOpen, match="decided already"):
        approve(control, first.id, approver="Ben", now=NOW)
    with pytest.raises(NotOpen, match="no such"):
        approve(control, uuid4(), approver="Ben", now=NOW)


def test_publishing_over_a_newer_release_is_refused_with_the_difference(
    control: Control, on_file: LoadedContract
) -> None:
    mine = propose(control, changed(on_file, 45), author="Ann", reason="New guide", now=NOW)
    published(control, changed(on_file, 20))
    with pytest.raises(NewerRelease, match=r"30 calendar days, is now 20 calendar days") as refused:
        approve(control, mine.id, approver="Ben", now=NOW)
    assert [change.dotted for change in refused.value.changes] == ["rights.reconsideration.window"]
    with pytest.raises(NewerRelease, match="by Ann and Ben"):
        propose(control, changed(on_file, 60), author="Cy", reason="x", now=NOW, base=on_file.release)


def test_a_waiver_that_is_over_blocks_publishing_and_nothing_else(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    waiver = Waiver(reason="Until passkeys are rolled out.", owner="Product", until=NOW.date() - timedelta(days=1))
    contract = replace(on_file.contract, waivers=MappingProxyType({Waivable.EMAIL_FACTOR: waiver}))
    proposal = propose(
        control, replace(on_file, contract=contract, release=release_of(contract)), author="Ann", reason="x", now=NOW
    )
    with pytest.raises(WaiverOver, match=r"email_factor \(Product, 11/22/2026\)"):
        approve(control, proposal.id, approver="Ben", now=NOW)
    assert in_force(control, shelf, NOW)[SLUG].release == on_file.release


def test_a_release_says_who_why_and_when(control: Control, on_file: LoadedContract) -> None:
    for keys in ({"author": " "}, {"reason": ""}, {"effective_at": NOW - MINUTE}):
        with pytest.raises(ReleaseRefused):
            propose(control, changed(on_file, 45), **{"author": "Ann", "reason": "x", "now": NOW, **keys})  # type: ignore[arg-type]
    with pytest.raises(ReleaseRefused, match="nothing would change"):
        propose(control, on_file, author="Ann", reason="x", now=NOW)


def test_a_scheduled_release_may_be_brought_forward_and_not_put_off(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    new = changed(on_file, 45)
    published(control, new, effective_at=NOW + timedelta(days=7))
    assert in_force(control, shelf, NOW)[SLUG].release == on_file.release
    for days in (7, 8):
        with pytest.raises(ReleaseRefused, match="nothing would change"):
            propose(control, new, author="Ann", reason="x", now=NOW, effective_at=NOW + timedelta(days=days))
    published(control, new)
    assert in_force(control, shelf, NOW)[SLUG].release == new.release


def test_a_scheduled_release_comes_into_force_at_its_instant(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    later = published(control, changed(on_file, 45), effective_at=NOW + timedelta(days=1))
    contracts = in_force(control, shelf, NOW)
    assert contracts[SLUG].release == on_file.release
    assert contracts.refresh(control, NOW + timedelta(hours=23)) == ()
    assert contracts.refresh(control, NOW + timedelta(days=1)) == (SLUG,)
    assert contracts[SLUG].release == later


def test_a_later_publication_replaces_what_was_only_scheduled(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    published(control, changed(on_file, 45), effective_at=NOW + timedelta(days=1))
    sooner = published(control, changed(on_file, 20))
    assert in_force(control, shelf, NOW + timedelta(days=2))[SLUG].release == sooner


def test_one_person_goes_back_to_a_release_that_was_in_force(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    bad = published(control, changed(on_file, 1))
    back = roll_back(control, SLUG, by="Cy", reason="Window was wrong", now=NOW + MINUTE)
    assert (back.hash, back.kind, back.replaces) == (on_file.release, "rolled_back", bad)
    assert in_force(control, shelf, NOW + MINUTE)[SLUG].release == on_file.release
    assert roll_back(control, SLUG, by="Cy", reason="No", to=bad[:12], now=NOW + 2 * MINUTE).hash == bad
    assert [one.kind for one in list_publications(control, SLUG)] == [
        "rolled_back",
        "rolled_back",
        "published",
        "installed",
    ]


@pytest.mark.parametrize("to", ["", "abc", "f" * 64])
def test_nobody_goes_back_to_what_never_was(control: Control, to: str) -> None:
    with pytest.raises(NeverPublished):
        roll_back(control, SLUG, by="Cy", reason="x", now=NOW, to=to)


def test_an_old_release_stays_readable_for_the_cases_it_belongs_to(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    published(control, changed(on_file, 45))
    contracts = in_force(control, shelf, NOW)
    old = contracts.release(control, SLUG, on_file.release)
    assert old.contract.rights["reconsideration"] == on_file.contract.rights["reconsideration"]
    assert contracts.release(control, SLUG, on_file.release) is old
    assert get_release(control, SLUG, on_file.release) == on_file.contract
    with pytest.raises(ReleaseUnknown):
        contracts.release(control, SLUG, "0" * 64)
    with pytest.raises(ReleaseUnknown):
        get_sources(control, SLUG, "0" * 64)


def test_what_was_in_force_at_an_instant_is_known(control: Control, on_file: LoadedContract) -> None:
    new = published(control, changed(on_file, 45))
    before, after = release_at(control, SLUG, NOW - MINUTE), release_at(control, SLUG, NOW)
    assert before is not None
    assert after is not None
    assert (before.hash, after.hash) == (on_file.release, new)
    assert release_at(control, SLUG, NOW - timedelta(days=60)) is None


def test_once_two_people_published_the_folder_no_longer_decides(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    new = published(control, changed(on_file, 45))
    assert record_releases(control, shelf.good, now=NOW + MINUTE) == ()
    assert in_force(control, shelf, NOW + MINUTE)[SLUG].release == new


def test_a_bad_file_leaves_the_last_good_release_in_force(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    without = ContractShelf(
        MappingProxyType({slug: one for slug, one in shelf.good.items() if slug != SLUG}), MappingProxyType({})
    )
    contracts = in_force(control, without, NOW)
    assert contracts[SLUG].contract == on_file.contract
    assert contracts.hosts.resolve("mississippi.localhost") == SLUG
    assert set(contracts) == set(shelf.good)
    assert len(contracts) == len(shelf.good)


def tampered(control: Control, slug: str) -> None:
    """A release in force whose content is not what its name says."""
    values = {"slug": slug, "hash": "f" * 64, "now": NOW}
    control.execute(text("INSERT INTO control.release VALUES (:slug, :hash, '{}', CAST('{}' AS jsonb), :now)"), values)
    control.execute(
        text(
            "INSERT INTO control.publication (slug, hash, kind, author, reason, effective_at, recorded_at)"
            " VALUES (:slug, :hash, 'rolled_back', 'x', 'y', :now, :now)"
        ),
        values,
    )


@pytest.mark.parametrize("slug", [SLUG, "oregon"])
def test_a_release_whose_content_was_tampered_with_is_not_served(
    control: Control, shelf: ContractShelf, on_file: LoadedContract, slug: str
) -> None:
    tampered(control, slug)
    contracts = in_force(control, shelf, NOW)
    assert set(contracts) == set(shelf.good)
    assert contracts[SLUG].release == on_file.release
    assert "is not what its name says" in contracts.faults[slug]


def test_a_toggle_is_in_force_for_its_time_and_taken_back_in_one_step(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    wanted = Switch(
        slug=SLUG, feature=Feature.CASE_SUMMARY, is_on=False, starts_at=NOW + MINUTE, ends_at=NOW + 3 * MINUTE
    )
    made = switch(control, on_file.contract, wanted, by="Mae", reason="Printer trouble", now=NOW)
    contracts = in_force(control, shelf, NOW)
    seen = []
    for minute in range(4):
        contracts.refresh(control, NOW + minute * MINUTE)
        seen.append(contracts[SLUG].contract.features[Feature.CASE_SUMMARY])
    assert seen == [True, False, False, True]
    contracts.refresh(control, NOW + 2 * MINUTE)
    undo(control, SLUG, made.number, by="Mae", reason="Works again", now=NOW + 2 * MINUTE)
    contracts.refresh(control, NOW + 2 * MINUTE)
    assert contracts[SLUG].contract.features[Feature.CASE_SUMMARY]
    assert contracts.published(SLUG) is shelf.good[SLUG]
    assert [one.undoes for one in contracts.toggles(SLUG)] == [None, made.number]


@pytest.mark.parametrize(
    ("wanted", "why", "said"),
    [
        ({"feature": Feature.QUESTIONNAIRES}, "A trial", "‘questionnaires’ cannot be switched off.*\n- QUESTION-OFF"),
        ({}, " ", "Say who does this and why"),
        ({"ends_at": NOW}, "A trial", "would end before it starts"),
        ({"share": 100}, "A trial", "1 to 99 percent"),
    ],
)
def test_a_switch_that_the_contract_or_sense_forbids_is_refused(
    control: Control, shelf: ContractShelf, wanted: dict[str, Any], why: str, said: str
) -> None:
    asked = Switch(slug="colorado", **{"feature": Feature.CASE_SUMMARY, "is_on": False, **wanted})
    with pytest.raises(ToggleRefused, match=said):
        switch(control, shelf.good["colorado"].contract, asked, by="Mae", reason=why, now=NOW)
    assert list_toggles(control, "colorado") == ()


def test_a_switch_that_is_not_there_cannot_be_taken_back(control: Control) -> None:
    with pytest.raises(ToggleRefused, match="no such switch"):
        undo(control, SLUG, 1, by="Mae", reason="No", now=NOW)


def test_a_process_forgets_what_it_has_kept_longest(
    control: Control, shelf: ContractShelf, on_file: LoadedContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenancy.in_force.MOST_KEPT", 1)
    first = published(control, changed(on_file, 45))
    published(control, changed(on_file, 20))
    contracts = in_force(control, shelf, NOW)
    old = contracts.release(control, SLUG, first)
    again = contracts.release(control, SLUG, on_file.release)
    assert contracts.release(control, SLUG, on_file.release) is again
    assert contracts.release(control, SLUG, first) is not old
    for feature in (Feature.CASE_SUMMARY, Feature.COPY):
        switch(
            control, on_file.contract, Switch(slug=SLUG, feature=feature, is_on=False), by="Mae", reason="x", now=NOW
        )
        contracts.refresh(control, NOW)
    contracts.refresh(control, NOW)
    assert not contracts[SLUG].contract.features[Feature.COPY]


def test_a_toggle_for_one_group_is_seen_by_that_group_only(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    ours, theirs = uuid4(), uuid4()
    wanted = Switch(slug=SLUG, feature=Feature.CASE_SUMMARY, is_on=False, groups=frozenset({ours}))
    switch(control, on_file.contract, wanted, by="Mae", reason="A trial", now=NOW)
    contracts = in_force(control, shelf, NOW)
    features: Mapping[Any, bool] = {
        group: contracts.for_group(SLUG, group).contract.features[Feature.CASE_SUMMARY]
        for group in (ours, theirs, None)
    }
    assert features == {ours: False, theirs: True, None: True}
    assert contracts.for_group(SLUG, ours) is contracts.for_group(SLUG, ours)
    assert contracts.for_group("colorado", ours) is contracts["colorado"]


def test_a_new_state_published_is_served_at_its_own_host_without_a_file(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    contract = replace(on_file.contract, identity=replace(on_file.contract.identity, subdomain="oregon"))
    published(control, replace(on_file, slug="oregon", contract=contract, release=release_of(contract)))
    contracts = in_force(control, shelf, NOW)
    assert contracts.hosts.resolve("oregon.localhost") == "oregon"
    assert contracts.preview("oregon") is None


def test_a_newcomer_that_claims_anothers_host_is_left_out(
    control: Control, shelf: ContractShelf, on_file: LoadedContract
) -> None:
    published(control, replace(on_file, slug="another"))
    contracts = in_force(control, shelf, NOW)
    assert "another" not in contracts
    assert "taken" in contracts.faults["another"]
    assert contracts.hosts.resolve("mississippi.localhost") == SLUG


@pytest.fixture
def preview_row(control: Control) -> Callable[[LoadedContract], None]:
    def add(loaded: LoadedContract, content: str = "") -> None:
        from tenancy.release import canonical_text

        control.execute(
            text("INSERT INTO control.preview VALUES (:slug, :tenant, :hash, :content, 'Ann', :now, :ends, true)"),
            {
                "slug": "west_coast",
                "tenant": "preview_west_coast",
                "hash": loaded.release,
                "content": content or canonical_text(loaded.contract),
                "now": NOW,
                "ends": NOW + timedelta(hours=8),
            },
        )

    return add


def test_a_preview_lives_at_its_own_address_until_it_expires(
    control: Control, shelf: ContractShelf, on_file: LoadedContract, preview_row: Callable[..., None]
) -> None:
    preview_row(changed(on_file, 45))
    contracts = in_force(control, shelf, NOW)
    assert contracts.hosts.resolve("west-coast.preview.localhost:8000") == "preview_west_coast"
    note = contracts.preview("preview_west_coast")
    assert note is not None
    assert note.slug == "west_coast"
    contracts.refresh(control, NOW + timedelta(hours=8))
    assert "preview_west_coast" not in contracts


def test_a_preview_that_cannot_be_read_is_left_out(
    control: Control, shelf: ContractShelf, on_file: LoadedContract, preview_row: Callable[..., None]
) -> None:
    preview_row(on_file, "{}")
    contracts = in_force(control, shelf, NOW)
    assert "preview_west_coast" in contracts.faults
