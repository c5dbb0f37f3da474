"""Each questionnaire comes up for the requests it was written for, under every contract that has it, and no other."""

from collections.abc import Mapping
from datetime import date

import pytest

from app.domain.completeness import missing
from app.domain.draft import Draft, Line, LineValue, MemberFacts, Stay
from app.domain.questionnaire import applicable, questions_of
from tenancy.contract.questions import Question
from tenancy.loader import ContractShelf
from tenancy.vocabulary import CaseField, Category, CodeSystem, LineField, QuestionKind

ON = date(2026, 11, 23)
ADULT, CHILD = date(1970, 1, 15), date(2015, 1, 15)
SLUGS = ("colorado", "mississippi", "west_virginia")
MEDICAID = ("colorado", "west_virginia")

DME = {"service": "dme", "place": "home"}
STAY = {"category": Category.INPATIENT, "place": "inpatient_hospital"}
REQUESTS: Mapping[str, tuple[tuple[str, ...], dict[str, object], set[str]]] = {
    "a walker": (MEDICAID, {**DME, "code": "E0141"}, {"dme_general"}),
    "a manual wheelchair": (MEDICAID, {**DME, "code": "K0003"}, {"dme_wheelchair"}),
    "a power wheelchair for a child": (
        MEDICAID,
        {**DME, "code": "K0823", "born": CHILD},
        {"dme_wheelchair", "early_periodic"},
    ),
    "a hospital bed": (MEDICAID, {**DME, "code": "E0290"}, {"dme_hospital_bed"}),
    "a hospital bed under home health": (
        ("mississippi",),
        {"service": "home_health", "place": "home", "code": "E0290"},
        {"home_health", "dme_hospital_bed"},
    ),
    "an oxygen concentrator": (MEDICAID, {**DME, "code": "E1390"}, {"dme_oxygen"}),
    "home health": (SLUGS, {"service": "home_health", "place": "home", "code": "G0299"}, {"home_health"}),
    "home health for a child": (
        MEDICAID,
        {"service": "home_health", "place": "home", "code": "G0299", "born": CHILD},
        {"home_health", "early_periodic"},
    ),
    "speech therapy for a child": (
        MEDICAID,
        {"service": "speech_therapy", "place": "office", "code": "92507", "born": CHILD},
        {"therapy", "early_periodic"},
    ),
    "physical therapy": (MEDICAID, {"service": "physical_therapy", "place": "office", "code": "97110"}, {"therapy"}),
    "a genetic test": (
        MEDICAID,
        {"service": "genetic_testing", "place": "independent_laboratory", "code": "81162"},
        {"genetic_testing"},
    ),
    "inpatient surgery": (SLUGS, {**STAY, "service": "inpatient_surgery"}, {"inpatient_surgery"}),
    "inpatient rehabilitation": (
        SLUGS,
        {**STAY, "service": "inpatient_rehab", "place": "inpatient_rehab_center"},
        {"inpatient_rehab"},
    ),
    "skilled nursing": (
        SLUGS,
        {**STAY, "service": "skilled_nursing_facility", "place": "skilled_nursing_facility"},
        {"skilled_nursing"},
    ),
    "surgery already done": (
        SLUGS,
        {**STAY, "service": "inpatient_surgery", "kind": "retrospective"},
        {"inpatient_surgery", "retrospective"},
    ),
    "outpatient surgery": (SLUGS, {"service": "outpatient_surgery", "place": "office", "code": "15780"}, set()),
    "an admission": (SLUGS, {**STAY, "service": "inpatient_hospital"}, set()),
}
CASES = [(slug, name) for name, (slugs, _, _) in REQUESTS.items() for slug in slugs]


def draft_of(
    *,
    service: str,
    place: str,
    category: Category = Category.OUTPATIENT,
    code: str = "",
    born: date = ADULT,
    kind: str = "prior_auth",
) -> Draft:
    dates: dict[LineField, LineValue] = {LineField.START_ON: ON, LineField.END_ON: ON, LineField.DURATION: 1}
    return Draft(
        category=category,
        member=MemberFacts(birth_date=born, sex="female", programs=(), is_temporary=False),
        fields={
            CaseField.SERVICE_TYPE: service,
            CaseField.PLACE_OF_SERVICE: place,
            CaseField.REQUEST_TYPE: kind,
            CaseField.URGENCY: "standard",
        },
        stay=Stay(dates) if category is Category.INPATIENT else None,
        lines=(Line("1", CodeSystem.HCPCS, code, values={**dates, LineField.QUANTITY: 1}),) if code else (),
    )


@pytest.mark.parametrize(("slug", "name"), CASES)
def test_a_request_brings_up_its_questionnaires_and_no_other(shelf: ContractShelf, slug: str, name: str) -> None:
    _, given, wanted = REQUESTS[name]
    draft = draft_of(**given)  # type: ignore[arg-type]
    found = {form for form, _ in applicable(shelf.good[slug].contract, draft, on=ON)}
    assert found == wanted


@pytest.mark.parametrize("slug", SLUGS)
def test_every_questionnaire_of_a_contract_is_brought_up_by_some_request(shelf: ContractShelf, slug: str) -> None:
    reached: set[str] = set().union(*(wanted for slugs, _, wanted in REQUESTS.values() if slug in slugs))
    unreached = set(shelf.good[slug].contract.questionnaires) - reached
    assert unreached <= ({"dme_wheelchair", "dme_oxygen"} if slug == "mississippi" else set())


@pytest.mark.parametrize(("slug", "name"), CASES)
def test_the_rules_of_a_contract_can_be_answered_for_every_sample(shelf: ContractShelf, slug: str, name: str) -> None:
    draft = draft_of(**REQUESTS[name][1])  # type: ignore[arg-type]
    found = missing(shelf.good[slug].contract, draft, on=ON)
    assert {each.section.value for each in found} >= {"providers", "diagnoses", "submit"}


@pytest.mark.parametrize("slug", SLUGS)
def test_questionnaires_are_of_a_length_people_can_bear(shelf: ContractShelf, slug: str) -> None:
    counts = {name: len(questions_of(form)) for name, form in shelf.good[slug].contract.questionnaires.items()}
    assert {name: count for name, count in counts.items() if not 8 <= count <= 25} == {}


def test_all_kinds_of_rules_are_used_by_the_questionnaires(shelf: ContractShelf) -> None:
    forms = shelf.good["colorado"].contract.questionnaires.values()
    questions = [question for form in forms for question in questions_of(form).values()]
    assert {question.kind for question in questions} >= set(QuestionKind) - {QuestionKind.PHONE}
    assert any(question.must_be_yes for question in questions)
    assert any(question.shown_when for question in questions)
    assert all(is_short(question) for question in questions)


def is_short(question: Question) -> bool:
    """No sentence of a question is longer than people read in one go."""
    return max(len(sentence.split()) for sentence in question.label.split(". ")) <= 30
