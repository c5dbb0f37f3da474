"""Services, places and documents: what one names the other holds. Pure."""

from collections.abc import Iterator, Mapping

from tenancy.checks.lists import DOCUMENT_TYPES
from tenancy.checks.problem import Check, Path, Problem
from tenancy.contract import Contract
from tenancy.contract.intake import Service
from tenancy.faults import did_you_mean
from tenancy.vocabulary import Category, Channel, ChannelUse, FileKind, Severity


def services(contract: Contract) -> Iterator[Problem]:
    """A service is asked for in some category, in places that exist and belong to that category."""
    for name, service in contract.catalogue.services.items():
        path = ("catalogue", "services", name)
        if not service.categories:
            yield Problem((*path, "categories"), "CATEGORY-NONE", f"'{name}' could never be asked for.")
        for index, place in enumerate(service.places):
            if place not in contract.catalogue.places:
                hint = did_you_mean(place, contract.catalogue.places)
                yield Problem(
                    (*path, "places", str(index)), "REF-PLACE", f"there is no place of service '{place}'.", hint
                )
        for index, system in enumerate(service.systems):
            if system not in contract.intake.procedures.systems:
                reason = f"'{system}' is none of intake.procedures.systems."
                yield Problem((*path, "systems", str(index)), "CODING-UNFIT", reason)
        yield from _nowhere(contract, service, path)
        yield from _channels(service, path)


def _channels(service: Service, path: Path) -> Iterator[Problem]:
    """Some way is open, not two are the only one, and where the portal is not the first way the users are told."""
    uses = service.channels
    if uses and all(use is ChannelUse.NOT_ALLOWED for use in uses.values()):
        yield Problem((*path, "channels"), "CHANNEL-NONE", "there is no way to ask for it.")
    only = [channel for channel, use in uses.items() if use is ChannelUse.REQUIRED]
    if len(only) > 1:
        reason = f"both '{only[0]}' and '{only[1]}' are required."
        yield Problem((*path, "channels", only[1]), "CHANNEL-TWO", reason, "Make one of them preferred.")
    first = {ChannelUse.REQUIRED, ChannelUse.PREFERRED}
    leads = any(use in first and channel is not Channel.PORTAL for channel, use in uses.items())
    closed = bool(uses) and uses.get(Channel.PORTAL, ChannelUse.NOT_ALLOWED) is ChannelUse.NOT_ALLOWED
    if (leads or closed) and not service.channel_text:
        reason = "the portal is not the first way to ask for it, and nothing says what is."
        yield Problem((*path, "channels"), "CHANNEL-TEXT", reason, "Add channel_text.")


def _nowhere(contract: Contract, service: Service, path: Path) -> Iterator[Problem]:
    known = [contract.catalogue.places[name] for name in service.places if name in contract.catalogue.places]
    for category in service.categories if known else ():
        if not any(not place.categories or category in place.categories for place in known):
            reason = f"none of its places may be used for {category} requests."
            yield Problem((*path, "places"), "PLACE-UNFIT", reason)


def used_categories(contract: Contract) -> Iterator[Problem]:
    """A rule for a category that is not offered is never used."""
    offered = set(contract.intake.categories)
    for name, service in contract.catalogue.services.items():
        yield from _not_offered(service.categories, offered, ("catalogue", "services", name, "categories"))
    for name, place in contract.catalogue.places.items():
        yield from _not_offered(place.categories, offered, ("catalogue", "places", name, "categories"))
    for name, kind in contract.intake.request_types.items():
        yield from _not_offered(kind.categories, offered, ("intake", "request_types", name, "categories"))


def _not_offered(named: tuple[Category, ...], offered: set[Category], path: Path) -> Iterator[Problem]:
    for index, category in enumerate(named):
        if category not in offered:
            reason = f"the category '{category}' is not offered by intake.categories."
            yield Problem((*path, str(index)), "CATEGORY-UNUSED", reason, severity=Severity.WARNING)


def documents(contract: Contract) -> Iterator[Problem]:
    """Files are of kinds the portal can judge; document rules name types that exist."""
    known = [kind.value for kind in FileKind]
    if not contract.documents.extensions:
        yield Problem(("documents", "extensions"), "FILE-KIND", "no file could be uploaded.")
    for index, ending in enumerate(contract.documents.extensions):
        if ending not in known:
            path, hint = ("documents", "extensions", str(index)), did_you_mean(ending.lstrip("."), known)
            yield Problem(path, "FILE-KIND", f"files ending in '{ending}' cannot be judged by their content.", hint)
    types: Mapping[str, str] = contract.catalogue.lists.get(DOCUMENT_TYPES, {})
    for name, rule in contract.documents.rules.items():
        path = ("documents", "rules", name)
        yield from _type(rule.document_type, types, (*path, "document_type"))
        for index, other in enumerate(rule.alternatives):
            yield from _type(other, types, (*path, "alternatives", str(index)))
            if other == rule.document_type:
                reason = f"'{other}' is no alternative to itself."
                yield Problem((*path, "alternatives", str(index)), "DOCUMENT-TWICE", reason)


def _type(name: str, known: Mapping[str, str], path: Path) -> Iterator[Problem]:
    if name not in known:
        yield Problem(path, "REF-DOCUMENT", f"there is no document type '{name}'.", did_you_mean(name, known))


CHECKS: tuple[Check, ...] = (services, used_categories, documents)
