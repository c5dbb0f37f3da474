"""The host map is closed: an exact host of a contract in force, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.resolver import AmbiguousHost, HostMap, UnknownHost

HOSTS = HostMap({"made_up": "made-up", "other": "other"}, base_domain="portal.example")


@pytest.mark.parametrize(
    "host",
    ["made-up.portal.example", "made-up.portal.example:8000", "MADE-UP.Portal.Example", "made-up.portal.example:1"],
)
def test_it_finds_the_tenant_of_its_exact_host(host: str) -> None:
    assert HOSTS.resolve(host) == "made_up"


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "portal.example",
        "made-up",
        "made_up.portal.example",
        "made-up.portal.example.",
        "made-up.portal.example.:80",
        ".made-up.portal.example",
        "x.made-up.portal.example",
        "made-up.portal.example.evil.example",
        "evil.example#made-up.portal.example",
        "made-up.portal.example/",
        "http://made-up.portal.example",
        "user@made-up.portal.example",
        "made-up.portal.example@evil.example",
        "made-up.portal.example:",
        "made-up.portal.example:0",
        "made-up.portal.example:65536",
        "made-up.portal.example:80:80",
        "made-up.portal.example:８０",
        "made-up.portal.example,other.portal.example",
        "made-up.portal.example other.portal.example",
        "made-up.portal.example\r\nX: y",
        "made-up.portal.example\x00",
        "made‑up.portal.example",
        "127.0.0.1",
        "[::1]",
        "mail.portal.example",
    ],
)
def test_it_refuses(host: str) -> None:
    with pytest.raises(UnknownHost):
        HOSTS.resolve(host)


@given(st.text())
def test_it_never_finds_a_tenant_at_a_host_it_was_not_given(host: str) -> None:
    try:
        slug = HOSTS.resolve(host)
    except UnknownHost:
        return
    assert host.lower().split(":")[0] == HOSTS.hosts[slug]


@pytest.mark.parametrize(
    "subdomains", [{"a": "same", "b": "same"}, {"a": "mail"}, {"a": "two.labels"}, {"a": ""}, {"a": "-a"}, {"a": "a_b"}]
)
def test_it_refuses_a_map_in_which_a_subdomain_is_taken_reserved_or_malformed(subdomains: dict[str, str]) -> None:
    with pytest.raises(AmbiguousHost):
        HostMap(subdomains, base_domain="portal.example")


def test_it_lists_the_hosts_it_answers_for() -> None:
    assert dict(HOSTS.hosts) == {"made_up": "made-up.portal.example", "other": "other.portal.example"}
