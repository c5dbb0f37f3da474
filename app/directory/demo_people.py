"""The people and practices every filled tenant has under the same names, so that tours and journeys can name them.

Their numbers follow the contract's own forms. Must not know the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A made-up person; ``ended_on`` is set where the eligibility has run out, ``program`` counts the contract's."""

    first_name: str
    last_name: str
    sex: str
    birth_date: date
    middle_name: str = ""
    suffix: str = ""
    language: str = "English"
    program: int = 0
    ended_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class DemoProvider:
    """A made-up practice or person; ``kind`` is a key of the synthetic kinds of provider."""

    name: str
    kind: str
    has_fax: bool = True
    has_npi: bool = True
    why: str = ""


DEMO_MEMBERS: tuple[DemoMember, ...] = (
    DemoMember("Avery", "Sandoval", "female", date(1977, 1, 15), why="an adult with nothing special"),
    DemoMember("Rosa", "Núñez-Delgado", "female", date(1948, 7, 3), language="Spanish", why="accents and a hyphen"),
    DemoMember("Patrick", "O'Rourke", "male", date(1961, 8, 15), suffix="Jr.", why="an apostrophe and a suffix"),
    DemoMember("Maya", "Okafor", "female", date(2019, 4, 2), program=1, why="a child"),
    DemoMember("Theo", "Lindqvist", "male", date(2026, 8, 30), why="a newborn"),
    DemoMember("Jordan", "Ellison", "male", date(1990, 12, 15), why="a twin: two people for one name and date"),
    DemoMember("Jamie", "Ellison", "female", date(1990, 12, 15), why="the other twin"),
    DemoMember("Calvin", "Merritt", "male", date(1955, 2, 28), ended_on=date(2026, 6, 30), why="eligibility has ended"),
    DemoMember(
        "Ngọc", "Trần", "female", date(1983, 9, 9), language="Vietnamese", why="letters of another alphabet's kind"
    ),
    DemoMember("Eleanor", "Whitfield", "female", date(1936, 2, 29), middle_name="Ruth", why="old age, a leap day"),
    DemoMember("Samuel", "Begay", "male", date(1968, 11, 11), why="a wheelchair user of the tour"),
    DemoMember("Imani", "Broussard", "female", date(2001, 5, 20), why="a young adult"),
)

DEMO_PROVIDERS: tuple[DemoProvider, ...] = (
    DemoProvider("Cedar Ridge Family Clinic", "clinic", why="the clinic whose staff make requests"),
    DemoProvider("Lakeside Regional Hospital", "hospital", why="admissions"),
    DemoProvider("Summit Mobility and Medical Supply", "equipment", why="equipment; serves what the clinic asks for"),
    DemoProvider("Good Hands Home Health", "home_health", why="care at home"),
    DemoProvider("Daniel Okonkwo", "internal_medicine", why="a physician who attends"),
    DemoProvider("Helena Marsh", "orthopedics", why="a surgeon"),
    DemoProvider("Priya Raman", "pediatrics", why="a physician for children"),
    DemoProvider("Steady Steps Physical Therapy", "therapy_practice", has_fax=False, why="no fax on file"),
    DemoProvider("Orchard Park Nursing and Rehabilitation", "nursing_facility", why="skilled nursing"),
    DemoProvider("Helix Point Genetics Laboratory", "laboratory", why="genetic tests"),
    DemoProvider("Neighborhood Respite House", "respite", has_npi=False, why="an organization that has no NPI"),
)
