"""The differences between the three states, key by key as section 14 of the guides' inventory lists them."""

from datetime import date

import pytest

from tenancy.contract import Contract
from tenancy.loader import ContractShelf
from tenancy.vocabulary import (
    AccountField,
    ActionChannel,
    ActionKind,
    Asker,
    CaseField,
    Category,
    CodeKind,
    DisclaimerStyle,
    Factor,
    Feature,
    LineField,
    MemberField,
    Outcome,
    PortalUse,
    Presentation,
    ProviderRole,
    ResetStep,
    Role,
    SectionName,
    SignInStyle,
    SpanUnit,
    Word,
)

SLUGS = {"C": "colorado", "M": "mississippi", "W": "west_virginia"}
TEN_PLACES = {
    "Ambulatory Surgical Center": "24",
    "Dialysis Center": "65",
    "Home": "12",
    "Inpatient Hospital": "21",
    "Inpatient Rehab Center": "61",
    "Office": "11",
    "Outpatient Hospital": "22",
    "Outpatient Rehab Center": "62",
    "Skilled Nursing Facility": "31",
    "Transportation": "41",
}
FILE_TYPES = ("doc", "docx", "jpg", "jpeg", "mdi", "pdf", "tif", "tiff", "xls", "xlsx", "xps")


@pytest.fixture(scope="module")
def colorado(shelf: ContractShelf) -> Contract:
    return shelf.good["colorado"].contract


@pytest.fixture(scope="module")
def mississippi(shelf: ContractShelf) -> Contract:
    return shelf.good["mississippi"].contract


@pytest.fixture(scope="module")
def west_virginia(shelf: ContractShelf) -> Contract:
    return shelf.good["west_virginia"].contract


@pytest.fixture(scope="module")
def every(colorado: Contract, mississippi: Contract, west_virginia: Contract) -> tuple[Contract, ...]:
    return colorado, mississippi, west_virginia


# ---------------------------------------------------------------- section 14, key by key


def test_names_and_codes(colorado: Contract, mississippi: Contract, west_virginia: Contract) -> None:
    assert (colorado.identity.code, colorado.identity.display) == ("CO UM", "Colorado")
    assert (mississippi.identity.code, mississippi.identity.display) == ("MS State UM", "MS State Employees")
    assert (west_virginia.identity.code, west_virginia.identity.display) == ("WV UM", "West Virginia Medicaid")
    assert [each.identity.case_type for each in (colorado, mississippi, west_virginia)] == ["UM", "UM", "UM"]
    assert (colorado.identity.client_code, mississippi.identity.client_code) == ("00198", "00194")


def test_client_and_programs(colorado: Contract, mississippi: Contract, west_virginia: Contract) -> None:
    assert colorado.client.name == "Colorado Department of Health Care Policy & Financing"
    programs = " ".join(program.label for program in colorado.client.programs.values())
    assert "Health First Colorado" in programs
    assert "CHP+" in programs
    assert mississippi.client.name == "Department of Finance and Administration"
    labels = [program.label for program in mississippi.client.programs.values()]
    assert labels == ["State and School Employees' Health Insurance Plan"]
    assert west_virginia.client.name == "West Virginia Medicaid"


def test_local_word_for_a_request(every: tuple[Contract, ...]) -> None:
    assert [each.words[Word.REQUEST] for each in every] == ["PAR", "request", "request"]


def test_portal_use(colorado: Contract, mississippi: Contract) -> None:
    assert colorado.portal.use is PortalUse.MANDATORY
    assert mississippi.portal.use is PortalUse.ENCOURAGED


def test_registration_code(every: tuple[Contract, ...]) -> None:
    kinds = [each.registration.code.kind for each in every]
    assert kinds == [CodeKind.MEDICAID_ID, CodeKind.BCBS_ID, CodeKind.MEDICAID_ID]
    assert [each.registration.npi_fallback_to_code for each in every] == [False, True, True]


def test_npi_hint(colorado: Contract) -> None:
    assert "Pay-To" in colorado.registration.npi_hint


def test_go_live_gates(every: tuple[Contract, ...]) -> None:
    assert [each.registration.opens_on for each in every] == [date(2021, 4, 1), None, None]
    assert [each.portal.submission_opens_on for each in every] == [date(2021, 5, 1), None, None]
    assert every[0].support.contacts["customer_service"].opens_on == date(2021, 4, 14)


def test_registration_fields(every: tuple[Contract, ...]) -> None:
    fields = [each.registration.fields for each in every]
    assert [AccountField.PASSWORD in each for each in fields] == [False, False, True]
    assert [AccountField.SECRET_QUESTION in each for each in fields] == [True, False, True]
    assert [each[AccountField.FAX].required for each in fields] == [True, True, False]
    assert all(each[AccountField.EMAIL].confirm and each[AccountField.EMAIL].required for each in fields)


def test_user_names_never_change(every: tuple[Contract, ...]) -> None:
    assert all(each.registration.username_immutable for each in every)


def test_sign_in(every: tuple[Contract, ...]) -> None:
    styles = [each.sign_in.style for each in every]
    assert styles == [SignInStyle.ONE_LOGIN, SignInStyle.PHONE_EMAIL, SignInStyle.USERNAME_PASSWORD]
    assert [each.sign_in.remember_workday for each in every] == [True, True, False]
    assert [each.sign_in.lockout_attempts for each in every] == [3, 3, 3]


def test_second_factor(every: tuple[Contract, ...]) -> None:
    assert all(each.factors.required for each in every)
    assert [(each.factors.link_life.amount, each.factors.link_life.unit) for each in every] == [
        (20, SpanUnit.MINUTES)
    ] * 3
    assert all({Factor.EMAIL, Factor.SMS, Factor.VOICE} <= set(each.factors.offered) for each in every)
    assert {(each.factors.phone_digits, each.factors.phone_extensions, each.factors.code_digits) for each in every} == {
        (10, False, 6)
    }


def test_password_rules(every: tuple[Contract, ...]) -> None:
    rules = [each.sign_in.password for each in every]
    assert {(each.minimum, each.documented_maximum) for each in rules} == {(8, 16)}
    assert all(each.upper and each.lower and each.digit and each.special for each in rules)


def test_password_reset(every: tuple[Contract, ...]) -> None:
    assert [ResetStep.SECRET_QUESTION in each.sign_in.reset for each in every] == [True, False, True]
    assert all(ResetStep.FACTOR in each.sign_in.reset for each in every)


def test_presentation(every: tuple[Contract, ...]) -> None:
    assert [each.intake.presentation for each in every] == [
        Presentation.STEPS,
        Presentation.SECTIONS,
        Presentation.SECTIONS,
    ]


def test_temporary_members(colorado: Contract, mississippi: Contract) -> None:
    assert colorado.features[Feature.TEMPORARY_MEMBER]
    assert mississippi.features[Feature.TEMPORARY_MEMBER]
    assert list(colorado.members.temporary_fields) == list(MemberField)
    required = {field.value for field, rule in colorado.members.temporary_fields.items() if rule.required}
    assert required == {
        "first_name", "last_name", "sex", "birth_date",
        "address_1", "city", "country", "state", "county", "postal_code",
    }  # fmt: skip


def test_duplicate_review(colorado: Contract, mississippi: Contract) -> None:
    assert colorado.features[Feature.DUPLICATE_REVIEW]
    assert not mississippi.features[Feature.DUPLICATE_REVIEW]


def test_provider_fax(colorado: Contract, mississippi: Contract) -> None:
    assert any(rule.fax_required for rule in colorado.intake.providers)
    assert not any(rule.fax_required for rule in mississippi.intake.providers)


def test_attending_physician(every: tuple[Contract, ...]) -> None:
    for each in every:
        rules = [rule for rule in each.intake.providers if rule.role is ProviderRole.ATTENDING]
        assert [rule.required for rule in rules] == [False]
        assert each.features[Feature.ATTENDING_PHYSICIAN]


def test_modifiers(colorado: Contract, mississippi: Contract) -> None:
    assert colorado.features[Feature.MODIFIERS]
    assert LineField.MODIFIERS in colorado.intake.outpatient_line
    assert not mississippi.features[Feature.MODIFIERS]
    assert LineField.MODIFIERS not in mississippi.intake.outpatient_line


def test_questionnaires_are_required_where_the_guide_says_so(every: tuple[Contract, ...]) -> None:
    colorado, mississippi, west_virginia = every
    assert all(form.required for form in colorado.questionnaires.values())
    assert not any(form.required for form in mississippi.questionnaires.values())
    assert all(form.required for form in west_virginia.questionnaires.values())


def test_disclaimer(colorado: Contract, mississippi: Contract) -> None:
    assert [each.style for each in colorado.intake.disclaimers.values()] == [DisclaimerStyle.DIALOG]
    assert [each.accept_label for each in colorado.intake.disclaimers.values()] == ["Agree"]
    assert [each.style for each in mississippi.intake.disclaimers.values()] == [DisclaimerStyle.CHECKBOX]


def test_services_of_the_mississippi_guide(mississippi: Contract) -> None:
    services = mississippi.catalogue.services.values()
    outpatient = [each.label for each in services if Category.OUTPATIENT in each.categories]
    inpatient = [each.label for each in services if Category.INPATIENT in each.categories]
    assert outpatient == [
        "Home Health",
        "Home IV Therapy",
        "Hospice",
        "Medical Consultation - Outpatient",
        "Outpatient Surgery",
        "Diabetic Care",
    ]
    assert inpatient == [
        "Hospice - IP Hospital",
        "Inpatient Surgery",
        "Inpatient Hospital",
        "Inpatient Rehab",
        "LTAC",
        "Medical Consultation - Inpatient",
        "Residential Treatment Facility",
        "Skilled Nursing Facility",
        "Transplant",
    ]
    assert mississippi.catalogue.services["inpatient_hospital"].code == "06"


def test_places_and_admission_sources_of_the_mississippi_guide(mississippi: Contract) -> None:
    assert {place.label: place.pos for place in mississippi.catalogue.places.values()} == TEN_PLACES
    assert list(mississippi.catalogue.lists["admission_sources"].values()) == ["Elective", "Emergency"]


def test_services_seen_on_colorado_cases(colorado: Contract) -> None:
    labels = {service.label for service in colorado.catalogue.services.values()}
    assert {"DME", "Vision Care", "Medical / Surgical"} <= labels


def test_documents(every: tuple[Contract, ...]) -> None:
    assert [each.documents.max_megabytes for each in every] == [4, 4, 4]
    assert [each.documents.extensions for each in every] == [FILE_TYPES] * 3
    assert all("physician_order" in each.catalogue.lists["document_types"] for each in every)


def test_channel_of_requests_after_submission(colorado: Contract, mississippi: Contract) -> None:
    assert colorado.actions.channel is ActionChannel.FORMS
    assert mississippi.actions.channel is ActionChannel.NOTES
    offered = set(colorado.actions.kinds)
    assert {
        ActionKind.ADDITIONAL_CLINICAL,
        ActionKind.REVISION,
        ActionKind.RECONSIDERATION,
        ActionKind.PEER_TO_PEER,
    } <= offered


def test_peer_to_peer(colorado: Contract, mississippi: Contract) -> None:
    local, other = mississippi.rights["peer_to_peer"], colorado.rights["peer_to_peer"]
    assert local.window is not None
    assert (local.window.amount, local.window.unit) == (1, SpanUnit.BUSINESS_DAYS)
    assert (local.minimum_slots, other.minimum_slots) == (3, 3)
    assert other.window is None
    assert local.after == (Outcome.ADVERSE_MEDICAL,)
    assert other.after == (Outcome.ANY,)


def test_reconsideration(colorado: Contract, mississippi: Contract) -> None:
    local = mississippi.rights["reconsideration"]
    assert local.window is not None
    assert (local.window.amount, local.window.unit) == (30, SpanUnit.CALENDAR_DAYS)
    assert local.documents_required
    assert colorado.rights["reconsideration"].window is None


def test_external_appeal(mississippi: Contract) -> None:
    appeal = mississippi.rights["external_appeal"]
    assert set(appeal.who) == {
        Asker.MEMBER,
        Asker.MEMBER_REPRESENTATIVE,
        Asker.ATTENDING_PHYSICIAN,
        Asker.PROVIDER,
        Asker.FACILITY_REPRESENTATIVE,
    }
    assert set(appeal.exhaust_first) == {"reconsideration", "peer_to_peer"}
    assert appeal.form == "Request for External Appeal"
    assert appeal.address[-2:] == ("P.O. Box 24208", "Jackson, MS 39225-4208")


def test_fair_hearing_belongs_to_the_medicaid_contracts(every: tuple[Contract, ...]) -> None:
    assert ["fair_hearing" in each.rights for each in every] == [True, False, True]
    assert ["external_appeal" in each.rights for each in every] == [False, True, False]


def test_revision_limits(colorado: Contract) -> None:
    assert colorado.actions.revision.blocked_when_expired
    assert len(colorado.actions.revision.once_billed) == 3


def test_reports(colorado: Contract, mississippi: Contract) -> None:
    assert colorado.reports.provider_reports
    assert not mississippi.reports.provider_reports
    assert mississippi.reports.none_text


def test_session_times(every: tuple[Contract, ...]) -> None:
    assert {(each.session.idle_minutes, each.session.countdown_minutes) for each in every} == {(15, 2)}


SUPPORT = {
    "C": {
        "coproviderregistration@kepro.com",
        "coproviderissue@acentra.com",
        "(720) 689-6340",
        "https://hcpf.colorado.gov/par",
        "hcpf_um@state.co.us",
    },
    "M": {"MSUM@kepro.com", "888.801.1910", "https://MississippiSHP.kepro.com"},
    "W": {"wvmedicalservices@kepro.com", "800.346.8272", "http://www.wvaso.kepro.com"},
}


@pytest.mark.parametrize("state", SLUGS)
def test_support(shelf: ContractShelf, state: str) -> None:
    contacts = shelf.good[SLUGS[state]].contract.support.contacts.values()
    shown = {text for each in contacts for text in (each.email, each.phone, each.url) if text}
    assert shown == SUPPORT[state]


# ---------------------------------------------------------------- further facts worth a guard


def test_roles_and_the_default_role(every: tuple[Contract, ...]) -> None:
    for each in every:
        assert [rule.label for rule in each.users.roles.values()] == [
            "Provider Group Admin",
            "Provider Admin",
            "Provider Staff Account",
            "Provider Group Admin + Reports",
            "Provider Admin +Reports",
        ]
        assert each.users.default_role is Role.STAFF
        assert all(rule.manages_users == ("Admin" in rule.label) for rule in each.users.roles.values())


def test_navigation_in_order(colorado: Contract, mississippi: Contract) -> None:
    labels = ["Home", "Cases", "Create Case", "Consumers", "Setup", "Message Center", "Reports", "Preferences", "Help"]
    assert [item.label for item in mississippi.layout.navigation] == labels
    assert [item.label for item in colorado.layout.navigation if item.admins_only] == ["Setup"]
    assert colorado.layout.contract_indicator


def test_steps_of_the_colorado_guide_in_order(colorado: Contract) -> None:
    assert [rule.section for rule in colorado.intake.sections] == list(SectionName)
    labels = [rule.next_label for rule in colorado.intake.sections]
    assert labels[1:7] == [
        "Go to Service Details",
        "Go to Diagnosis",
        "Go to Requests",
        "Go to Procedures",
        "Go to Questionnaires",
        "Go to Attachments",
    ]
    assert labels[8] == "Go to Submit"
    assert colorado.intake.wording.to_member_label == "Go To Consumer Information"
    assert colorado.intake.wording.jump_to_submit == "Jump to Submit"


def test_groups_of_the_mississippi_sections(mississippi: Contract) -> None:
    groups = {rule.section: rule.group for rule in mississippi.intake.sections}
    clinical = (SectionName.SERVICE_DETAILS, SectionName.DIAGNOSES, SectionName.PROCEDURES)
    assert {groups[section] for section in clinical} == {"Clinical"}
    assert groups[SectionName.DOCUMENTS] == "Attachments"
    assert groups[SectionName.NOTES] == "Communications"


def test_line_fields_of_the_mississippi_guide(mississippi: Contract) -> None:
    intake = mississippi.intake
    assert list(intake.outpatient_line) == [
        LineField.UNIT_QUALIFIER,
        LineField.START_ON,
        LineField.END_ON,
        LineField.DURATION,
        LineField.QUANTITY,
        LineField.FREQUENCY,
        LineField.RATE,
    ]
    assert list(intake.length_of_stay.fields) == [
        LineField.UNIT_QUALIFIER,
        LineField.START_ON,
        LineField.END_ON,
        LineField.DURATION,
    ]
    assert list(intake.inpatient_line) == [LineField.START_ON, LineField.RATE]
    assert not intake.procedures.required[Category.INPATIENT]


def test_request_types_with_the_retrospective_one_added(every: tuple[Contract, ...]) -> None:
    for each in every:
        kinds = each.intake.request_types
        assert list(kinds) == ["prior_auth", "concurrent", "retrospective"]
        assert not kinds["concurrent"].new_case
        assert kinds["concurrent"].categories == (Category.INPATIENT,)
        assert CaseField.REQUEST_TYPE in each.intake.fields


def test_status_change_mail(mississippi: Contract) -> None:
    assert mississippi.notices.sender == "ATREZZO_DoNotReply@kepro.com"
    subjects = {event.value: note.subject for event, note in mississippi.notices.events.items()}
    assert subjects["status_changed"] == "Atrezzo Case Status Change Alert"


def test_state_clocks_stand_beside_the_federal_ones(every: tuple[Contract, ...]) -> None:
    clocks = [
        {name: (rule.length.amount, rule.length.unit.value) for name, rule in each.clocks.items()} for each in every
    ]
    federal = {"federal_standard": (7, "calendar_days"), "federal_expedited": (72, "hours")}
    assert federal.items() <= clocks[0].items()
    assert federal.items() <= clocks[2].items()
    assert not federal.keys() & clocks[1].keys()
    assert (clocks[2]["state_standard"], clocks[2]["state_urgent"]) == ((5, "business_days"), (2, "business_days"))


def test_palettes_differ_and_are_readable_on_white(every: tuple[Contract, ...]) -> None:
    assert len({each.brand.primary for each in every}) == 3
    assert all(contrast(colour) >= 4.5 for each in every for colour in (each.brand.primary, each.brand.accent))


def contrast(colour: str) -> float:
    """Contrast of a colour with white (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
