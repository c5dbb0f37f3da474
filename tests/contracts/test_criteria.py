"""Every questionnaire gives the reviewer criteria beside its answers, and each is met by what it says."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from app.domain.answers import Answer
from app.domain.draft import Draft, MemberFacts
from app.domain.facts import facts_of
from app.domain.questionnaire import questions_of, worded
from tenancy.contract.questions import Question
from tenancy.loader import ContractShelf
from tenancy.vocabulary import Category

CHILD = Draft(category=Category.OUTPATIENT, member=MemberFacts(date(2015, 1, 15), "female", (), is_temporary=False))
FACTS = facts_of(CHILD, received_on=date(2026, 11, 23))
TRIED: dict[str, Answer] = {"planned": "planned", "tried": ("medicine",)}
SLUGS = ("colorado", "mississippi", "west_virginia")

# questionnaire, question: answers that meet its criterion, answers that do not
JUDGED: Mapping[tuple[str, str], tuple[dict[str, Answer], dict[str, Answer]]] = {
    ("dme_general", "growth"): ({"growth": True, "setting": "rent"}, {"growth": True, "setting": "buy"}),
    ("dme_hospital_bed", "weight"): (
        {"bed_kind": "heavy", "weight": Decimal(400)},
        {"bed_kind": "heavy", "weight": Decimal(200)},
    ),
    ("genetic_testing", "earlier"): ({"earlier": False}, {"earlier": True}),
    ("genetic_testing", "changes"): ({"changes": ("medicine",)}, {"changes": ("nothing",)}),
    ("inpatient_rehab", "therapies"): ({"therapies": ("physical", "speech")}, {"therapies": ("speech", "prosthetics")}),
    ("inpatient_rehab", "hours"): ({"hours": True}, {"hours": False}),
    ("inpatient_surgery", "tried_weeks"): (TRIED | {"tried_weeks": Decimal(6)}, TRIED | {"tried_weeks": Decimal(5)}),
    ("retrospective", "why_late"): ({"why_late": "emergency"}, {"why_late": "mistake"}),
    ("skilled_nursing", "therapy"): ({"nursing": ("iv",), "therapy": False}, {"nursing": ("none",), "therapy": False}),
}


def all_of(questions: Mapping[str, Question]) -> list[Question]:
    return [one for top in questions.values() for one in (top, *all_of(top.questions))]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_questionnaire_of_a_contract_names_criteria_and_judges_some_itself(
    slug: str, shelf: ContractShelf
) -> None:
    for name, questionnaire in shelf.good[slug].contract.questionnaires.items():
        named = [one for one in all_of(questions_of(questionnaire)) if one.criterion]
        assert len(named) >= 3, f"{name} names {len(named)} criteria"
        assert any(one.met_when is not None for one in named), name


@pytest.mark.parametrize(("name", "question"), JUDGED)
def test_a_criterion_is_met_by_what_it_says_and_by_nothing_else(name: str, question: str, shelf: ContractShelf) -> None:
    questionnaire = shelf.good["colorado"].contract.questionnaires[name]
    asked = questions_of(questionnaire)[question]
    for answers, is_met in zip(JUDGED[name, question], (True, False), strict=True):
        found = [one for one in worded(questionnaire, answers, FACTS) if one.criterion == asked.criterion]
        assert [one.is_met for one in found] == [is_met], answers
