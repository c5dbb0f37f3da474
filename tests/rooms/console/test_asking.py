from __future__ import annotations

from tests.people import Town
from tests.rooms.console.conftest import SLUG, Console
from tests.rooms.console.test_releasing import approve, proposed


def test_any_effective_value_is_explained_down_to_file_and_line(console: Console) -> None:
    page = console.browser.get(f"/console/contracts/{SLUG}/explain?path=rights.peer_to_peer.window")
    assert "1 business day" in page.text
    assert f"contracts/{SLUG}.yaml:438" in page.text
    page = console.browser.get(f"/console/contracts/{SLUG}/explain?path=session.idle_minutes")
    assert "contracts/base/common.yaml:" in page.text


def test_a_published_release_is_explained_from_the_files_it_was_read_from(console: Console, town: Town) -> None:
    address = proposed(console)
    console.sit_down("Paul Hobbs")
    approve(console, address)
    page = console.browser.get(f"/console/contracts/{SLUG}/explain?path=rights.peer_to_peer.window")
    assert "45 business days" in page.text
    assert f"contracts/{SLUG}.yaml:438" in page.text


def test_a_function_that_is_switched_says_by_whom(console: Console, town: Town) -> None:
    path = f"/console/contracts/{SLUG}/functions"
    console.browser.get(path)
    asked = {"feature": "copy", "state": "off", "whom": "everybody", "when": "now", "reason": "Guide", "sure": "yes"}
    console.browser.post(path, asked)
    page = console.browser.get(f"/console/contracts/{SLUG}/explain?path=features.copy")
    assert "by Carla Jensen" in page.text
    assert "no" in page.text


def test_a_path_nothing_stands_at_says_what_was_meant(console: Console) -> None:
    page = console.browser.get(f"/console/contracts/{SLUG}/explain?path=rights.peer_to_peer.windw")
    assert "Did you mean 'window'?" in page.text


def test_a_search_says_of_every_contract_whether_it_speaks_of_the_words(console: Console) -> None:
    page = console.browser.get("/console/search?words=fax")
    assert page.text.count("places") >= 3
    assert "nowhere" in console.browser.get("/console/search?words=unicorn").text
    console.browser.get("/console/search?words=%3Cscript%3E")


def test_two_contracts_stand_side_by_side(console: Console) -> None:
    page = console.browser.get("/console/compare?one=colorado&other=mississippi&part=rights")
    assert "business day" in page.text
    everything = console.browser.get("/console/compare?one=colorado&other=mississippi&part=rights&all=yes")
    assert len(everything.html) > len(page.html)
    assert "They say the same" in console.browser.get("/console/compare?one=colorado&other=colorado").text
    console.browser.get("/console/compare?one=atlantis&other=colorado")
    console.browser.get("/console/compare")
