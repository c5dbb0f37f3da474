"""Chapters about making a request: members, the parts of a draft, documents, questionnaires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from app.domain.effective import those_in_force
from app.domain.requirement import wanted_words
from app.domain.wording import counted, listed
from app.guides.blocks import Block, Chapter, Fact, Figure, Heading, facts, items, says, table
from app.guides.conditions import said_when
from app.guides.entering import yes_no
from app.web.messages import gettext as _
from tenancy.contract import Contract
from tenancy.contract.intake import DocumentRule, FieldRule, ProviderRule, RequestType, Service
from tenancy.vocabulary import (
    CaseField,
    Category,
    Channel,
    ChannelUse,
    Feature,
    LineField,
    Need,
    Presentation,
    ProviderRole,
    Severity,
    WindowStart,
    Word,
)

CHANNELS: Mapping[Channel, str] = {
    Channel.PORTAL: _("this portal"),
    Channel.PHONE: _("telephone"),
    Channel.FAX: _("fax"),
    Channel.MAIL: _("post"),
    Channel.FHIR: _("your own system (%(kind)s)", kind="FHIR"),
    Channel.X12: _("your own system (%(kind)s)", kind="X12"),
}
USES: Mapping[ChannelUse, str] = {
    ChannelUse.REQUIRED: _("the only way"),
    ChannelUse.PREFERRED: _("the best way"),
    ChannelUse.ALLOWED: _("possible"),
    ChannelUse.NOT_ALLOWED: _("not possible"),
}


def members(contract: Contract) -> Chapter:
    """Finding the person a request is for."""
    rules, word = contract.members, contract.words[Word.MEMBER]
    blocks: list[Block] = [
        *says(rules.search_rule, rules.number_hint),
        *says(_("The %(word)s's page shows eligibility and earlier requests.", word=word), rules.duplicate_text),
    ]
    if contract.features[Feature.TEMPORARY_MEMBER]:
        asked = tuple((one.label, yes_no(one.required)) for one in rules.temporary_fields.values())
        blocks += [
            Heading(rules.add_temporary_label),
            *says(rules.temporary_advice, rules.temporary_save_text),
            *table(_("What we ask for"), (_("Field"), _("Must be filled in")), asked),
        ]
    return Chapter("members", _("Finding a %(word)s", word=word), tuple(blocks))


def requirement(contract: Contract, on: date) -> Chapter:
    """Whether care needs an authorization at all."""
    rules, needs = contract.requirement, {
        Need.NEEDED: _("needed"),
        Need.NOT_NEEDED: _("not needed"),
        Need.ASK: _("ask us"),
    }  # fmt: skip
    rows = tuple(
        Fact(f"requirement.rules.{name}", rule.text, needs[rule.need]) for name, rule in those_in_force(rules.rules, on)
    )
    last = Fact("requirement.otherwise", rules.otherwise_text, needs[rules.otherwise])
    blocks = (
        *says(_("Enter a code, a place and a date. The answer comes at once, and you can print it as proof.")),
        *facts(*rows, last),
        *says(rules.caution),
    )
    return Chapter("requirement", rules.title, blocks)


def making(contract: Contract, on: date) -> Chapter:
    """The parts of a draft in their order, and what each of them wants."""
    intake, word = contract.intake, contract.words[Word.REQUEST]
    by_steps = intake.presentation is Presentation.STEPS
    shape = (
        _("A %(word)s is made step by step. A button at the end of each step leads to the next.", word=word)
        if by_steps
        else _("A %(word)s is one page. Its sections open and close.", word=word)
    )
    parts = tuple(f"{one.title}. {one.intro}" if one.intro else one.title for one in intake.sections)
    blocks = (
        *says(shape, _("What you type is saved as you go. A list beside the page says what is still missing.")),
        Figure("request", _("A %(word)s in the making.", word=word)),
        *items(parts, is_ordered=True),
        Heading(intake.wording.category_label),
        *_types(contract, on),
        Heading(_("Fields")),
        *_fields(contract, intake.fields),
        Heading(_("Providers")),
        *_providers(contract, intake.providers),
        *_codes(contract),
        *_services(contract, on),
        *_checks(contract, on),
        *_sending(contract, on),
    )
    return Chapter("requests", _("Making a %(word)s", word=word), blocks)


def _types(contract: Contract, on: date) -> tuple[Block, ...]:
    intake = contract.intake
    rows = [
        Fact(f"intake.request_types.{name}", one.label, _type(contract, one))
        for name, one in those_in_force(intake.request_types, on)
    ]
    urgent = (_("Urgency"), listed(list(intake.urgencies.values()), "or"))
    care = listed(list(intake.categories.values()), "or")
    return (
        *says(_("First choose the kind of care: %(care)s.", care=care)),
        *facts(*rows, Fact("intake.urgencies", *urgent)),
    )


BEFORE = {
    WindowStart.RECEIPT: "The care may have begun at most %(days)s before you send it.",
    WindowStart.ADMISSION: "The care may have begun at most %(days)s before the day of admission.",
    WindowStart.EARLIER_END: "The care may have begun at most %(days)s before the earlier approval ends.",
}
AFTER = {
    WindowStart.RECEIPT: "It may begin at most %(days)s after that day.",
    WindowStart.ADMISSION: "It may begin at most %(days)s after the day of admission.",
    WindowStart.EARLIER_END: "It may begin at most %(days)s after the earlier approval ends.",
}


def _type(contract: Contract, one: RequestType) -> str:
    told = [one.hint] if one.hint else []
    told += [_("Only for: %(care)s.", care=_care(contract, one.categories))] if one.categories else []
    if one.earliest_start_days is not None:
        days = counted(one.earliest_start_days, "day")
        told.append(_(BEFORE[one.window_starts], days=days))
    if one.latest_start_days == 0:
        told.append(_("It may not begin after that day."))
    elif one.latest_start_days is not None:
        days = counted(one.latest_start_days, "day")
        told.append(_(AFTER[one.window_starts], days=days))
    return " ".join(told)


def _care(contract: Contract, categories: Iterable[Category]) -> str:
    return listed([contract.intake.categories[one] for one in categories])


def _fields(contract: Contract, fields: Mapping[CaseField, FieldRule]) -> tuple[Block, ...]:
    return facts(*(Fact(f"intake.fields.{name}", one.label, _needed(contract, one)) for name, one in fields.items()))


def _needed(contract: Contract, one: FieldRule) -> str:
    if one.required:
        told = _("must be filled in")
    elif one.required_when is not None:
        told = _("must be filled in if %(this)s", this=said_when(contract, one.required_when))
    else:
        told = _("may stay empty")
    only = _("%(care)s only", care=_care(contract, one.categories)) if one.categories else ""
    shown = _("shown if %(this)s", this=said_when(contract, one.shown_when)) if one.shown_when else ""
    return ", ".join(part for part in (told, only, shown) if part)


def _providers(contract: Contract, rules: tuple[ProviderRule, ...]) -> tuple[Block, ...]:
    asked = (
        one for one in rules if one.role is not ProviderRole.ATTENDING or contract.features[Feature.ATTENDING_PHYSICIAN]
    )
    return facts(*(Fact(f"intake.providers.{one.role}", one.label, _provider(contract, one)) for one in asked))


def _provider(contract: Contract, one: ProviderRule) -> str:
    told = [_("must be chosen") if one.required else _("may stay empty")]
    told += [_("%(care)s only", care=_care(contract, one.categories))] if one.categories else []
    told += [_("starts as your own")] if one.prefilled else []
    told += [_("a fax number must be known")] if one.fax_required else []
    return ", ".join(told)


def _codes(contract: Contract) -> tuple[Block, ...]:
    intake = contract.intake
    kinds = listed(list(dict.fromkeys(intake.procedures.labels[one] for one in intake.procedures.systems)), "or")
    lines = {Category.INPATIENT: intake.inpatient_line, Category.OUTPATIENT: intake.outpatient_line}
    rows = [
        Fact("intake.diagnoses.maximum", _("Most diagnoses"), str(intake.diagnoses.maximum)),
        Fact("intake.procedures.maximum", _("Most procedure codes"), str(intake.procedures.maximum)),
        *(
            Fact(
                f"intake.procedures.required.{care}",
                _("A procedure code for %(care)s", care=contract.intake.categories[care]),
                _("must be given") if is_needed else _("may be left out"),
            )
            for care, is_needed in intake.procedures.required.items()
        ),
        *(
            Fact(f"intake.{care}_line.{name}", f"{intake.categories[care]}: {one.label}", _needed(contract, one))
            for care, fields in lines.items()
            for name, one in fields.items()
            if name is not LineField.MODIFIERS or contract.features[Feature.MODIFIERS]
        ),
    ]
    return (
        Heading(_("Codes")),
        *says(_("Search by code or by words. Kinds of procedure codes: %(kinds)s.", kinds=kinds)),
        *says(_("The first diagnosis is the main one.")),
        *facts(*rows),
    )


def _services(contract: Contract, on: date) -> tuple[Block, ...]:
    rows = tuple(
        (one.label, _care(contract, one.categories)) for _name, one in those_in_force(contract.catalogue.services, on)
    )
    others = tuple(
        Fact(f"catalogue.services.{name}.channels", one.label, _ways(one))
        for name, one in those_in_force(contract.catalogue.services, on)
        if one.channels
    )
    return (*table(_("What can be asked for"), (_("Service"), _("Care")), rows), *facts(*others))


def _ways(one: Service) -> str:
    """Ways to ask for a service, and what to do where the portal is not one."""
    told = [f"{CHANNELS[way]}: {USES[use]}" for way, use in one.channels.items()]
    return ". ".join(part for part in ("; ".join(told), one.channel_text) if part)


def _checks(contract: Contract, on: date) -> tuple[Block, ...]:
    stops, warns = (
        tuple(one.message for _name, one in those_in_force(contract.intake.checks, on) if one.severity is kind)
        for kind in (Severity.ERROR, Severity.WARNING)
    )
    return (
        *((Heading(_("What stops a %(word)s", word=contract.words[Word.REQUEST])), *items(stops)) if stops else ()),
        *((Heading(_("What the portal warns of")), *items(warns)) if warns else ()),
    )


def _sending(contract: Contract, on: date) -> tuple[Block, ...]:
    wording, agreed = contract.intake.wording, those_in_force(contract.intake.disclaimers, on)
    steps = (
        *(one.text for _name, one in agreed),
        _("Press “%(label)s”. %(said)s", label=wording.submit_label, said=wording.submitted_text),
        _("To give up a draft, choose “%(label)s”.", label=wording.cancel_label),
    )
    kept = counted(contract.intake.draft_days, "day")
    untouched = Fact("intake.draft_days", _("A draft nobody changes is closed after"), kept)
    return (Heading(wording.submit_label), *says(*steps), *facts(untouched))


def questionnaires(contract: Contract, on: date) -> Chapter:
    """Questionnaires and the requests they belong to."""
    rows = tuple(
        Fact(f"questionnaires.{name}", one.title, _asked_when(contract, one.required, said_when(contract, one.when)))
        for name, one in those_in_force(contract.questionnaires, on)
    )
    blocks = (
        *says(
            _("The portal chooses the questionnaires that a request needs. Questions that do not matter stay hidden.")
        ),
        *facts(*rows),
    )
    return Chapter("questionnaires", _("Questionnaires"), blocks)


def _asked_when(contract: Contract, is_required: bool, when: str) -> str:
    word = contract.words[Word.REQUEST]
    told = (
        _("Needed before you can send the %(word)s", word=word) if is_required else _("Offered; answers save questions")
    )
    return _("%(told)s, if %(when)s.", told=told, when=when) if when else f"{told}."


def documents(contract: Contract, on: date) -> Chapter:
    """Files and notes: what may be sent, how large, and what is wanted with which request."""
    rules, notes = contract.documents, contract.notes
    wanted = tuple(
        Fact(f"documents.rules.{name}", wanted_words(one), _wanted(contract, one))
        for name, one in those_in_force(rules.rules, on)
    )
    blocks = (
        Figure("documents", _("Documents of a request, with what is wanted.")),
        *items(rules.advice),
        *facts(
            Fact("documents.extensions", _("Kinds of files"), ", ".join(one.upper() for one in rules.extensions)),
            Fact("documents.max_megabytes", _("Largest file"), _("%(size)s MB", size=rules.max_megabytes)),
            Fact("documents.type_required", _("Must each file have a type?"), yes_no(rules.type_required)),
        ),
        *((Heading(_("Wanted with certain requests")), *facts(*wanted)) if wanted else ()),
        Heading(_("Notes")),
        *says(notes.immutable_text),
        *facts(Fact("notes.max_length", _("Longest note"), _("%(most)s characters", most=f"{notes.max_length:,}"))),
    )
    return Chapter("documents", _("Documents and notes"), blocks)


def _wanted(contract: Contract, one: DocumentRule) -> str:
    told = [
        _asked_when(contract, one.required, said_when(contract, one.when)).replace(
            _("Offered; answers save questions"), _("Helpful")
        )
    ]
    kinds = contract.catalogue.lists.get("document_types", {})
    types = listed([kinds.get(name, name) for name in (one.document_type, *one.alternatives)], "or")
    told.append(_("Type: %(types)s.", types=types))
    told += [_("On the form: %(form)s.", form=one.form)] if one.form else []
    told += [_("Signed by %(who)s.", who=one.signed_by)] if one.signed_by else []
    if one.max_age_days is not None:
        told.append(_("Not older than %(days)s on the day of receipt.", days=counted(one.max_age_days, "day")))
    return " ".join(told)
