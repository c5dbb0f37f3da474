"""Chapters about what follows: decision times, letters, changes, further steps, help."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from app.domain.clock import STARTS, spoken
from app.domain.effective import those_in_force
from app.domain.wording import counted, listed
from app.guides.blocks import Block, Chapter, Contacts, Fact, Figure, Heading, Reach, Way, facts, items, says, table
from app.guides.conditions import said_when
from app.guides.entering import yes_no
from app.web.messages import gettext as _
from app.web.rendering import date_us, tel
from tenancy.contract import Contract
from tenancy.contract.aftercare import ClockRule, Right
from tenancy.contract.identity import Contact
from tenancy.vocabulary import (
    ActionKind,
    Asker,
    Expiry,
    Feature,
    LateAnswer,
    LetterChannel,
    Navigation,
    Outcome,
    Silence,
    Word,
)

ASKERS: Mapping[Asker, str] = {
    Asker.MEMBER: _("the member"),
    Asker.MEMBER_REPRESENTATIVE: _("somebody who acts for the member"),
    Asker.ORDERING_PROVIDER: _("the ordering provider"),
    Asker.ATTENDING_PHYSICIAN: _("the attending physician"),
    Asker.PROVIDER: _("the provider"),
    Asker.FACILITY_REPRESENTATIVE: _("somebody who acts for the facility"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ADVERSE_MEDICAL: _("a denial for medical reasons"),
    Outcome.ADVERSE_TECHNICAL: _("a denial for other reasons"),
    Outcome.PARTIAL: _("an approval of a part"),
    Outcome.ANY: _("every submitted request"),
}
CHANNELS: Mapping[LetterChannel, str] = {
    LetterChannel.PORTAL: _("in the portal"),
    LetterChannel.FAX: _("by fax"),
    LetterChannel.MAIL: _("by post"),
}
EXPIRES: Mapping[Expiry, str] = {
    Expiry.ESCALATE: _("If it is late, a supervisor takes it over."),
    Expiry.DEEMED_APPROVED: _("If it is late, it counts as approved."),
    Expiry.VOID: _("If it is late, it is closed without a decision."),
}
LATE: Mapping[LateAnswer, str] = {
    LateAnswer.ACCEPT: _("A late answer is still read."),
    LateAnswer.REFUSE: _("A late answer is not taken; send a new request."),
}
SILENT: Mapping[Silence, str] = {
    Silence.RESUME: _("We decide with what we have."),
    Silence.VOID: _("The request is closed without a decision."),
    Silence.WAIT: _("We wait for you."),
}


def after_sending(contract: Contract) -> Chapter:
    """Where a request is found again, what its status means, which mails and letters come."""
    words = contract.words
    told = tuple((words[one], _MEANINGS[one]) for one in _MEANINGS)
    letters = tuple(
        (one.title, listed([CHANNELS[way] for way in one.channels])) for one in contract.letters.kinds.values()
    )
    mails = tuple(one.subject for one in contract.notices.events.values())
    blocks = (
        *says(_("Every %(case)s has a Case ID. Type it into the box at the top of any page.", case=words[Word.CASE])),
        Figure("case", _("A submitted request with its deadline.")),
        *table(_("What a status means"), (_("Status"), _("Meaning")), told),
        Heading(_("E-mails")),
        *says(
            _(
                "An e-mail from %(name)s names the case and never the person or the care.",
                name=contract.notices.sender_name,
            )
        ),
        *items(tuple(dict.fromkeys(mails))),
        *_messages(contract),
        Heading(_("Letters")),
        *says(contract.letters.fax_text),
        *table(_("Letters and how they reach you"), (_("Letter"), _("How")), letters),
    )
    return Chapter("after-sending", _("After you sent it"), blocks)


_MEANINGS: Mapping[Word, str] = {
    Word.UN_SUBMITTED: _("You are still working on it. We have not seen it."),
    Word.SUBMITTED: _("We have it and a reviewer works on it."),
    Word.COMPLETED: _("It is decided. The case shows the outcome of each line."),
}


def _messages(contract: Contract) -> tuple[Block, ...]:
    if not contract.features[Feature.MESSAGES]:
        return ()
    place = next((one.label for one in contract.layout.navigation if one.place is Navigation.MESSAGE_CENTER), "")
    start = _("Write a new message from inside a case. Answers are under “%(place)s”.", place=place) if place else ""
    return (Heading(_("Messages")), *says(start, contract.notices.message_warning))


def decision_times(contract: Contract, on: date) -> Chapter:
    """By when we decide, how days are counted, and how long information may take."""
    hours = _(
        "%(opens)s to %(closes)s",
        opens=clock_time(contract.formats.office_opens),
        closes=clock_time(contract.formats.office_closes),
    )
    rows = tuple(
        Fact(f"clocks.{name}", _title(name), _clock(contract, one)) for name, one in those_in_force(contract.clocks, on)
    )
    zone = contract.catalogue.lists.get("time_zones", {}).get(contract.identity.time_zone)
    blocks = (
        *says(
            _("The case shows the minute by which a decision is due. Where several times apply, the earliest counts.")
        ),
        *facts(*rows),
        Heading(_("How time is counted")),
        *says(_("Business days are Monday to Friday without the holidays of the state.")),
        *says(_("What arrives after the office closes counts as received on the next business day.")),
        *facts(
            Fact("formats.office_closes", _("Office hours"), hours),
            Fact("identity.time_zone", _("Time zone"), zone or contract.identity.time_zone.replace("_", " ")),
        ),
        *_days_off(contract),
        Heading(_("When we need more information")),
        *says(_("The case says what is wanted and by when. Answer there.")),
        *_information(contract),
    )
    return Chapter("decision-times", _("When we decide"), blocks)


def clock_time(value: time) -> str:
    """An hour as ``8:00 AM``."""
    return f"{value.hour % 12 or 12}:{value:%M %p}"


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _clock(contract: Contract, one: ClockRule) -> str:
    told = [
        _(
            "%(length)s from %(start)s, if %(when)s.",
            length=spoken(one.length),
            start=STARTS[one.starts],
            when=said_when(contract, one.when),
        )
    ]
    if one.rolls_forward:
        told.append(_("If the last day is no business day, the next one counts."))
    if one.pauses_for_information:
        told.append(_("The clock stops while we wait for you."))
    if one.extension is not None:
        told.append(_("It can be longer by %(length)s, with a notice.", length=spoken(one.extension)))
    return " ".join((*told, EXPIRES[one.on_expiry], f"({one.citation})"))


def _days_off(contract: Contract) -> tuple[Block, ...]:
    calendar = contract.calendar
    rows = (
        *((date_us(day), _("No business day: %(name)s", name=name)) for day, name in calendar.add.items()),
        *((date_us(day), _("A business day although it is a holiday")) for day in calendar.remove),
        *(
            (date_us(day), _("Closes at %(hour)s", hour=clock_time(hour)))
            for day, hour in calendar.closes_early.items()
        ),
    )
    return table(_("Special days"), (_("Day"), _("What holds")), rows)


def _information(contract: Contract) -> tuple[Block, ...]:
    rule = contract.review.information
    most = counted(rule.most, "time")
    return facts(
        Fact("review.information.window", _("Time to answer"), spoken(rule.window)),
        Fact("review.information.most", _("How often we may ask about one request"), most),
        Fact("review.information.late", _("If you answer later"), LATE[rule.late]),
        Fact("review.information.on_silence", _("If you do not answer"), SILENT[rule.on_silence]),
    )


def changing(contract: Contract) -> Chapter:
    """What can be asked for on a submitted case."""
    kinds, extension = contract.actions.kinds, contract.actions.extension
    rows = tuple(Fact(f"actions.kinds.{kind}", one.label, _action(contract, kind)) for kind, one in kinds.items())
    billed = contract.actions.revision
    blocks: list[Block] = [
        *says(_("Open the case and choose what you need. What is not possible now says why.")),
        *facts(*rows),
    ]
    if ActionKind.REVISION in kinds:
        over = _("An authorization that has ended can no longer be changed.") if billed.blocked_when_expired else ""
        more = _("Type the codes to be added with it: each is decided by itself, as a further request on the case.")
        is_asked = contract.features[Feature.QUESTIONNAIRES]
        asks = _("Where a code has a questionnaire, it opens in the same form.") if is_asked else ""
        blocks += [Heading(kinds[ActionKind.REVISION].label), *says(more, asks, over), *items(billed.once_billed)]
    if ActionKind.EXTENSION in kinds:
        blocks += [Heading(kinds[ActionKind.EXTENSION].label), *says(extension.diagnosis_warning)]
    return Chapter("changing", _("Changing or adding to a case"), tuple(blocks))


def _action(contract: Contract, kind: ActionKind) -> str:
    one = contract.actions.kinds[kind]
    when = said_when(contract, one.offered_when)
    told = [one.text, _("Only if %(when)s.", when=when) if when else ""]
    told += [_("A document must come with it.")] if one.documents_required else []
    return " ".join(part for part in told if part)


def rights(contract: Contract, on: date) -> Chapter:
    """What is open after a decision, to whom and until when."""
    blocks: list[Block] = list(says(_("The decision names each step that is open to you, with its last moment.")))
    for name, one in those_in_force(contract.rights, on):
        blocks += [Heading(one.label), *says(one.text), *facts(*_right(contract, name, one))]
        blocks += [*says(_("Have ready:")), *items(one.supply)] if one.supply else []
        blocks += [*says(_("Send it to:")), *items(one.address)] if one.address else []
        blocks += says(one.citation)
    return Chapter("rights", _("If you disagree"), tuple(blocks))


def _right(contract: Contract, name: str, one: Right) -> tuple[Fact | None, ...]:
    first = [contract.rights[other].label for other in one.exhaust_first if other in contract.rights]
    window = (
        _("%(length)s from %(start)s", length=spoken(one.window), start=STARTS[one.window_starts])
        if one.window
        else _("no last day is set")
    )
    return (
        Fact(f"rights.{name}.after", _("Open after"), listed([OUTCOMES[outcome] for outcome in one.after], "or")),
        Fact(f"rights.{name}.who", _("Who may ask"), listed([ASKERS[who] for who in one.who], "or")),
        Fact(f"rights.{name}.window", _("Time to ask"), window),
        Fact(f"rights.{name}.most", _("How often for one request"), counted(one.most, "time")),
        Fact(
            f"rights.{name}.minimum_slots",
            _("Dates and times to offer"),
            _("at least %(least)s", least=one.minimum_slots),
        )
        if one.minimum_slots
        else None,
        Fact(f"rights.{name}.documents_required", _("Must a document come with it?"), yes_no(one.documents_required)),
        Fact(f"rights.{name}.exhaust_first", _("Use first"), listed(first, "or")) if first else None,
        Fact(f"rights.{name}.decided_within", _("We answer within"), spoken(one.decided_within))
        if one.decided_within
        else None,
    )


def pages(contract: Contract) -> Chapter:
    """The pages of the navigation, lists, reports and favourites."""
    features = contract.features
    off = {Navigation.MESSAGE_CENTER: Feature.MESSAGES, Navigation.PREFERENCES: Feature.PREFERENCES}
    shown = tuple(
        (one.label + (_(" (administrators)") if one.admins_only else ""), _PAGES[one.place])
        for one in contract.layout.navigation
        if one.place not in off or features[off[one.place]]
    )
    limit = contract.preferences.limit
    reports = "" if contract.reports.provider_reports else contract.reports.none_text
    blocks = (
        Figure("home", _("Home, with your requests and what is new.")),
        *table(_("Where things are"), (_("Entry"), _("What is there")), shown),
        *facts(
            Fact("layout.page_size", _("Rows on a page of a list"), str(contract.layout.page_size)),
            Fact("preferences.limit", _("Most favourites of a kind"), str(limit)) if limit else None,
        ),
        *says(reports),
    )
    return Chapter("pages", _("Finding your way"), blocks)


_PAGES: Mapping[Navigation, str] = {
    Navigation.HOME: _("What you have begun, what was sent, and what is new."),
    Navigation.CASES: _("Search for requests by number, dates or person."),
    Navigation.CREATE_CASE: _("Start a request."),
    Navigation.CONSUMERS: _("Look somebody up with eligibility and earlier requests."),
    Navigation.SETUP: _("Your organization and its people."),
    Navigation.MESSAGE_CENTER: _("Messages about your cases."),
    Navigation.REPORTS: _("Reports, for roles that read them."),
    Navigation.PREFERENCES: _("Favourite codes and providers, and which e-mails you want."),
    Navigation.HELP: _("This guide, questions and answers, contacts."),
}


def contacts(contract: Contract) -> Chapter:
    """Whom to ask about what, and where to learn more."""
    training = tuple(Reach(one.text, (Way(one.url, one.url),) if one.url else ()) for one in contract.support.training)
    blocks: tuple[Block, ...] = (
        Contacts(tuple(reach(one) for one in contract.support.contacts.values())),
        *((Heading(_("Training")), Contacts(training)) if training else ()),
    )
    return Chapter("contacts", _("Help and contacts"), blocks)


def reach(contact: Contact) -> Reach:
    """A contact with every way to it."""
    ways = [
        Way(contact.phone, f"tel:{tel(contact.phone)}") if contact.phone else None,
        Way(contact.email, f"mailto:{contact.email}") if contact.email else None,
        Way(contact.url, contact.url) if contact.url else None,
        Way(_("Fax %(number)s", number=contact.fax)) if contact.fax else None,
        Way(", ".join(contact.address)) if contact.address else None,
    ]
    since = _("Since %(day)s", day=date_us(contact.opens_on)) if contact.opens_on else ""
    when = " ".join(part for part in (contact.hours, since) if part)
    return Reach(contact.topic, tuple(way for way in ways if way is not None), when)
