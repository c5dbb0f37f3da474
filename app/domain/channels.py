"""Whether a service may be asked for in the portal, and what is said where another way comes first. Pure."""

from app.domain.draft import Draft
from tenancy.contract import Contract
from tenancy.contract.intake import Service
from tenancy.vocabulary import CaseField, Channel, ChannelUse, Severity


def channel_advice(contract: Contract, draft: Draft) -> tuple[str, Severity] | None:
    """What to say of the way the chosen service is asked for; an error where the portal is not a way at all.

    A service that names no channel is asked for here. Where another channel is required, or the portal is not among
    those allowed, a request cannot be sent here; where another is preferred it can, and its users are told.
    """
    chosen = draft.fields.get(CaseField.SERVICE_TYPE)
    service = contract.catalogue.services.get(chosen) if isinstance(chosen, str) else None
    if service is None or not service.channels:
        return None
    if _is_closed(service):
        return service.channel_text, Severity.ERROR
    others = {use for channel, use in service.channels.items() if channel is not Channel.PORTAL}
    is_first = service.channels[Channel.PORTAL] in (ChannelUse.REQUIRED, ChannelUse.PREFERRED)
    return (service.channel_text, Severity.WARNING) if ChannelUse.PREFERRED in others and not is_first else None


def _is_closed(service: Service) -> bool:
    portal = service.channels.get(Channel.PORTAL, ChannelUse.NOT_ALLOWED)
    only = [channel for channel, use in service.channels.items() if use is ChannelUse.REQUIRED]
    return portal is ChannelUse.NOT_ALLOWED or bool(only and only[0] is not Channel.PORTAL)
