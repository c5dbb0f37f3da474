"""Names, address, colours, navigation: does the contract's face fit together? Pure."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from tenancy.checks.problem import Check, Problem
from tenancy.contract import Contract
from tenancy.faults import did_you_mean
from tenancy.vocabulary import Feature, Navigation, Severity

RESERVED = frozenset({"www", "mail", "console", "api", "preview"})
# fmt: off
STATES = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
    "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
    "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI",
})
# fmt: on
READABLE, VISIBLE = 4.5, 3.0
GATED: Mapping[Navigation, Feature] = MappingProxyType(
    {
        Navigation.MESSAGE_CENTER: Feature.MESSAGES,
        Navigation.REPORTS: Feature.REPORTS,
        Navigation.PREFERENCES: Feature.PREFERENCES,
    }
)
ALWAYS = (Navigation.HOME, Navigation.CASES, Navigation.CREATE_CASE)


def names(contract: Contract) -> Iterator[Problem]:
    """The subdomain is free to use, the state exists, the time zone exists."""
    identity = contract.identity
    if identity.subdomain in RESERVED:
        reason = f"'{identity.subdomain}' is kept for the platform."
        yield Problem(("identity", "subdomain"), "SUBDOMAIN-RESERVED", reason)
    if identity.state not in STATES:
        yield Problem(("identity", "state"), "STATE-UNKNOWN", f"'{identity.state}' is not a state's postal code.")
    if not _is_zone(identity.time_zone):
        hint = did_you_mean_zone(identity.time_zone)
        reason = f"time zone '{identity.time_zone}' is unknown."
        yield Problem(("identity", "time_zone"), "ZONE-UNKNOWN", reason, hint)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@cache
def known_zones() -> frozenset[str]:
    """Every time zone of the IANA database; its folders are walked once in a process."""
    return frozenset(available_timezones())


def did_you_mean_zone(name: str) -> str:
    """The nearest IANA zone, compared without regard to case."""
    zones = {zone.lower(): zone for zone in known_zones() if "/" in zone}
    hint = did_you_mean(name, sorted(zones))
    for lower, zone in zones.items():
        hint = hint.replace(f"'{lower}'", f"'{zone}'")
    return hint


def contrast_with_white(colour: str) -> float:
    """Contrast ratio of a colour such as #1a4480 with white, from 1 to 21 (WCAG 2.2, relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def colours(contract: Contract) -> Iterator[Problem]:
    """White text is readable on the main colour; marks in the second one can be seen."""
    main, accent = contrast_with_white(contract.brand.primary), contrast_with_white(contract.brand.accent)
    if main < READABLE:
        reason = f"white text on {contract.brand.primary} has a contrast of {main:.2f}; {READABLE} is the least."
        yield Problem(("brand", "primary"), "BRAND-CONTRAST", reason, "Choose a darker colour.", "WCAG 2.2, 1.4.3")
    if accent < VISIBLE:
        reason = f"marks in {contract.brand.accent} on white have a contrast of {accent:.2f}; {VISIBLE} is the least."
        hint, citation = "Choose a darker colour.", "WCAG 2.2, 1.4.11"
        yield Problem(("brand", "accent"), "BRAND-CONTRAST", reason, hint, citation, Severity.WARNING)


def navigation(contract: Contract) -> Iterator[Problem]:
    """Each place once; those nobody can do without are there; those of a function only where it is switched on."""
    seen: set[Navigation] = set()
    for index, item in enumerate(contract.layout.navigation):
        path = ("layout", "navigation", str(index), "place")
        if item.place in seen:
            yield Problem(path, "NAV-REPEAT", f"'{item.place}' is in the navigation already.")
        seen.add(item.place)
        feature = GATED.get(item.place)
        if feature and not contract.features.get(feature, True):
            yield Problem(path, "NAV-FEATURE", f"'{item.place}' leads nowhere: the function '{feature}' is off.")
    for place in ALWAYS:
        if place not in seen:
            yield Problem(("layout", "navigation"), "NAV-MISSING", f"'{place}' is missing.", at_key=True)
    yield from _unreachable(contract, seen)


def _unreachable(contract: Contract, seen: set[Navigation]) -> Iterator[Problem]:
    for place, feature in GATED.items():
        if contract.features.get(feature) and place not in seen:
            reason = f"the function '{feature}' is on but the navigation has no '{place}'."
            yield Problem(("features", feature), "NAV-FEATURE", reason, severity=Severity.WARNING)
    for index, item in enumerate(contract.layout.navigation):
        if item.place is Navigation.SETUP and not item.admins_only:
            path, reason = ("layout", "navigation", str(index)), "everybody sees the administrators' set-up."
            yield Problem(path, "NAV-ADMINS", reason, "Add admins_only: true.", severity=Severity.WARNING)


CHECKS: tuple[Check, ...] = (names, colours, navigation)
