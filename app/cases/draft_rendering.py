"""What the templates of a draft ask for: links of findings, steps, runs of sections, values in words. Knows no rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import url_for

from app.cases.blueprints import draft_blueprint
from app.cases.page_values import DraftPage, FieldView, SectionView
from app.cases.starting import StartPage
from app.web.request import contract

FIRST_REQUEST = "R01"


@dataclass(frozen=True, slots=True)
class LinkedFinding:
    """A finding as the panel shows it."""

    href: str
    text: str
    section: str
    severity: str


@dataclass(frozen=True, slots=True)
class StepItem:
    """One step of the indicator."""

    key: str
    title: str
    href: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring sections under one heading."""

    name: str
    sections: Sequence[SectionView]


@draft_blueprint.app_template_global()
def linked(draft: DraftPage) -> list[LinkedFinding]:
    """What is missing, each with the address of the field that mends it, in the order of the page."""
    found: list[LinkedFinding] = []
    for one in draft.findings:
        if one.questionnaire:
            href = url_for("cases.questionnaire", draft_id=draft.id, name=one.questionnaire)
        elif draft.is_stepwise:
            href = url_for("cases.step", draft_id=draft.id, section=one.section_name, _anchor=one.anchor)
        else:
            href = f"#{one.anchor}"
        found.append(LinkedFinding(href, one.text, one.section, one.severity))
    return found


@draft_blueprint.app_template_global()
def step_items(draft: DraftPage) -> list[StepItem]:
    """The steps of a draft; every one can be opened, in any order. An extension was begun without the first."""
    begun = StepItem("parameters", contract().intake.wording.start_title, None, "complete")
    steps = [
        StepItem(
            key=one.name,
            title=one.title,
            href=url_for("cases.step", draft_id=draft.id, section=one.name),
            state=one.state if one.state in ("complete", "needs") else "",
        )
        for one in draft.sections
    ]
    return [begun, *steps] if draft.request_label == FIRST_REQUEST else steps


@draft_blueprint.app_template_filter()
def groupby_run(sections: Sequence[SectionView], _attribute: str = "group") -> list[Run]:
    """Sections in runs of one heading."""
    return [Run(name, list(run)) for name, run in groupby(sections, key=lambda one: one.group)]


@draft_blueprint.app_template_global()
def shown_values(fields: Sequence[FieldView]) -> list[tuple[str, str]]:
    """Labels and values in words, for reading."""
    return [(one.label, _in_words(one)) for one in fields]


def _in_words(one: FieldView) -> str:
    if one.entry == "money" and one.text:
        return f"${one.text}"
    return dict(one.choices).get(one.text, one.text)


@draft_blueprint.app_template_global()
def start_steps(page: StartPage) -> list[StepItem]:
    """The steps before the draft exists; those after it cannot be opened yet (CR2-02)."""
    intake = contract().intake
    done = "complete" if page.form.stage != "parameters" else ""
    first = StepItem("parameters", intake.wording.start_title, None, done)
    return [first, *(StepItem(rule.section.value, rule.title, None, "") for rule in intake.sections)]
