from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from launch.places import ROOT
from tenancy.isolation import BadSlug
from tenancy.loader import ContractShelf
from tenancy.previews import (
    NoSuchPreview,
    contract_to_show,
    end_preview,
    is_preview,
    keep_preview,
    list_previews,
    make_ready,
    make_tenant,
    remove_tenant,
    take_down,
    tenant_of,
)
from tenancy.scope import ControlSession
from tenancy.sources import reading_of, sources_of
from tests.databases import Clone

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_a_preview_is_kept_shown_and_taken_down(control_session: ControlSession, shelf: ContractShelf) -> None:
    loaded = replace(shelf.good["mississippi"], slug="oregon")
    for is_ready in (True, False):
        keep_preview(control_session, loaded, by="Ann", now=NOW, until=NOW + timedelta(hours=8), is_ready=is_ready)
    assert [one.is_ready for one in list_previews(control_session)] == [False]
    make_ready(control_session, "oregon")
    (one,) = list_previews(control_session)
    assert (one.slug, one.tenant, one.hash, one.is_ready) == ("oregon", "preview_oregon", loaded.release, True)
    assert contract_to_show(control_session, "oregon") == loaded.contract
    end_preview(control_session, "oregon", now=NOW)
    take_down(control_session, "oregon")
    for gone in (take_down, contract_to_show):
        with pytest.raises(NoSuchPreview):
            gone(control_session, "oregon")
    with pytest.raises(NoSuchPreview):
        end_preview(control_session, "oregon", now=NOW)


def test_a_previews_schema_comes_up_again_after_it_was_removed(clone: Clone) -> None:
    assert make_tenant(clone.dsns.migrate, "oregon")
    assert not make_tenant(clone.dsns.migrate, "oregon")
    from tenancy.handover import purge_tenant

    purge_tenant(clone.dsns.migrate, "preview_oregon")  # as a removal that was cut short leaves it
    assert make_tenant(clone.dsns.migrate, "oregon")
    remove_tenant(clone.dsns.migrate, "oregon")
    assert make_tenant(clone.dsns.migrate, "oregon")
    remove_tenant(clone.dsns.migrate, "oregon")


def test_a_previews_name_tells_what_it_is() -> None:
    assert is_preview(tenant_of("oregon"))
    assert not is_preview("oregon")
    with pytest.raises(BadSlug):
        tenant_of("x" * 40)


def test_a_release_carries_the_files_it_was_read_from(shelf: ContractShelf) -> None:
    sources = sources_of(ROOT / "contracts" / "colorado.yaml")
    assert {"colorado.yaml", "base/common.yaml", "platform/floor.yaml"} <= set(sources)
    reading = reading_of({**sources, "../escaped.yaml": "x: 1"}, "colorado")
    assert reading.loaded is not None
    assert reading.loaded.release == shelf.good["colorado"].release
    origin = reading.loaded.provenance["identity.time_zone"]
    assert origin.file == "contracts/colorado.yaml"
    assert reading_of({}, "colorado").loaded is None
