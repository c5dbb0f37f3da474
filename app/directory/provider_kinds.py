"""The kinds of provider a synthetic directory has, in our own words, with the public taxonomy codes."""

from __future__ import annotations

from dataclasses import dataclass

from app.directory.folding import folded

INDIVIDUAL, ORGANIZATION = "individual", "organization"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider: who it is, what it does, its taxonomy code, and how often it occurs."""

    entity: str
    type: str
    specialty: str
    taxonomy: str
    words: tuple[str, ...] = ()
    weight: int = 1


def _person(kind: str, specialty: str, taxonomy: str, weight: int) -> Kind:
    return Kind(INDIVIDUAL, kind, specialty, taxonomy, weight=weight)


def _practice(kind: str, specialty: str, taxonomy: str, words: str, weight: int) -> Kind:
    return Kind(ORGANIZATION, kind, specialty, taxonomy, tuple(words.split("|")), weight)


KINDS: dict[str, Kind] = {
    "family_medicine": _person("Physicians", "Family Medicine", "207Q00000X", 14),
    "internal_medicine": _person("Physicians", "Internal Medicine", "207R00000X", 12),
    "pediatrics": _person("Physicians", "Pediatrics", "208000000X", 9),
    "obstetrics": _person("Physicians", "Obstetrics and Gynecology", "207V00000X", 6),
    "surgery": _person("Physicians", "Surgery", "208600000X", 5),
    "orthopedics": _person("Physicians", "Orthopedic Surgery", "207X00000X", 5),
    "cardiology": _person("Physicians", "Cardiology", "207RC0000X", 4),
    "oncology": _person("Physicians", "Oncology", "207RX0202X", 3),
    "gastroenterology": _person("Physicians", "Gastroenterology", "207RG0100X", 3),
    "neurology": _person("Physicians", "Neurology", "2084N0400X", 3),
    "psychiatry": _person("Physicians", "Psychiatry", "2084P0800X", 4),
    "radiology": _person("Physicians", "Radiology", "2085R0202X", 3),
    "rehabilitation_medicine": _person("Physicians", "Physical Medicine and Rehabilitation", "208100000X", 2),
    "genetics": _person("Physicians", "Clinical Genetics", "207SG0201X", 1),
    "nurse_practitioner": _person("Nurse Practitioners", "Family", "363LF0000X", 12),
    "physician_assistant": _person("Physician Assistants", "Medical", "363A00000X", 7),
    "physical_therapist": _person("Therapists", "Physical Therapy", "225100000X", 6),
    "occupational_therapist": _person("Therapists", "Occupational Therapy", "225X00000X", 4),
    "speech_therapist": _person("Therapists", "Speech-Language Pathology", "235Z00000X", 3),
    "clinic": _practice(
        "Clinics", "Primary Care", "261QP2300X", "Family Clinic|Primary Care|Community Health Center", 14
    ),
    "hospital": _practice(
        "Hospitals", "General Acute Care", "282N00000X", "Regional Hospital|Medical Center|Memorial Hospital", 5
    ),
    "rehabilitation_hospital": _practice("Hospitals", "Rehabilitation", "283X00000X", "Rehabilitation Hospital", 1),
    "long_term_hospital": _practice("Hospitals", "Long-Term Acute Care", "282E00000X", "Specialty Hospital", 1),
    "surgery_center": _practice(
        "Facilities", "Ambulatory Surgery", "261QA1903X", "Surgery Center|Outpatient Surgery", 3
    ),
    "dialysis": _practice("Facilities", "Dialysis", "261QE0700X", "Kidney Care|Dialysis Center", 3),
    "nursing_facility": _practice(
        "Facilities", "Skilled Nursing", "314000000X", "Care Center|Nursing and Rehabilitation", 6
    ),
    "respite": _practice("Facilities", "Respite Care", "385H00000X", "Respite House", 1),
    "home_health": _practice("Agencies", "Home Health", "251E00000X", "Home Health|Home Care|Visiting Nurses", 7),
    "hospice": _practice("Agencies", "Hospice", "251G00000X", "Hospice", 3),
    "infusion": _practice("Agencies", "Home Infusion", "251F00000X", "Infusion Services", 2),
    "equipment": _practice(
        "Suppliers", "Durable Medical Equipment", "332B00000X", "Medical Supply|Home Medical|Mobility", 8
    ),
    "laboratory": _practice("Laboratories", "Clinical Laboratory", "291U00000X", "Laboratory|Diagnostics", 3),
    "therapy_practice": _practice(
        "Therapists", "Therapy Practice", "261QP2000X", "Physical Therapy|Therapy Associates", 6
    ),
    "transport": _practice("Transportation", "Non-Emergency Transport", "343900000X", "Medical Transport", 2),
}

_GROUPS = {
    "103": "Behavioral Health",
    "104": "Behavioral Health",
    "106": "Behavioral Health",
    "111": "Chiropractors",
    "122": "Dentists",
    "152": "Optometrists",
    "163": "Nurses",
    "164": "Nurses",
    "183": "Pharmacists",
    "204": "Physicians",
    "207": "Physicians",
    "208": "Physicians",
    "209": "Physicians",
    "213": "Podiatrists",
    "225": "Therapists",
    "231": "Therapists",
    "235": "Therapists",
    "251": "Agencies",
    "261": "Clinics",
    "273": "Hospitals",
    "282": "Hospitals",
    "283": "Hospitals",
    "291": "Laboratories",
    "310": "Facilities",
    "313": "Facilities",
    "314": "Facilities",
    "332": "Suppliers",
    "333": "Pharmacies",
    "335": "Suppliers",
    "341": "Transportation",
    "343": "Transportation",
    "344": "Transportation",
    "363": "Nurse Practitioners and Physician Assistants",
    "385": "Facilities",
}
"""Our names for the first three signs of a taxonomy code."""

_BY_TAXONOMY = {kind.taxonomy: kind for kind in KINDS.values()}


def kind_of_taxonomy(code: str) -> tuple[str, str]:
    """What a taxonomy code means here: provider type and specialty; empty where we have no word of our own."""
    known = _BY_TAXONOMY.get(code)
    return (known.type, known.specialty) if known else (_GROUPS.get(code[:3], ""), "")


def provider_search_text(name: str) -> str:
    """A provider's name as searches read it: folded words, each after a space."""
    return f" {folded(name)}"
