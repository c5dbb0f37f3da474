"""The contract as frozen objects: what one YAML file says, once loaded. Knows no file and no database."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenancy.contract.aftercare import Actions, Calendar, ClockRule, Letters, Notices, Reports, Review, Right
from tenancy.contract.declare import key
from tenancy.contract.identity import (
    Brand,
    Client,
    Formats,
    Identity,
    Layout,
    Portal,
    SampleData,
    Support,
)
from tenancy.contract.intake import Catalogue, Documents, Intake, Members, Notes
from tenancy.contract.people import (
    Factors,
    Preferences,
    Registration,
    SessionTimes,
    SignIn,
    TermsVersion,
    Users,
    Waiver,
)
from tenancy.contract.questions import Questionnaire
from tenancy.contract.requirement import Requirement
from tenancy.vocabulary import Feature, Waivable, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Everything one state contract says. Every part is present, even if empty."""

    identity: Identity = key("Names, address, time zone.")
    client: Client = key("The payer and its programmes.")
    brand: Brand = key("Look and legal block.")
    portal: Portal = key("What providers are told about the portal.")
    support: Support = key("Contacts, training, help.")
    layout: Layout = key("Navigation, header, lists.")
    formats: Formats = key("Dates and office hours.")
    words: Mapping[Word, str] = key("Local words for things.")
    features: Mapping[Feature, bool] = key("Functions switched on or off.")
    registration: Registration = key("How organizations register.")
    terms: Mapping[str, TermsVersion] = key("Versions of the terms of use.")
    factors: Factors = key("Second factors.")
    sign_in: SignIn = key("Sign-in page, passwords, lock-out.")
    session: SessionTimes = key("Idle sign-off.")
    waivers: Mapping[Waivable, Waiver] = key("Rules under the platform's floor that may stand for a time.")
    users: Users = key("Groups, roles, user forms.")
    preferences: Preferences = key("Favourites.")
    members: Members = key("Finding and adding members.")
    intake: Intake = key("The making of a request.")
    requirement: Requirement = key("Whether care needs an authorization.")
    catalogue: Catalogue = key("Services, places, lists.")
    questionnaires: Mapping[str, Questionnaire] = key("Questionnaires.")
    documents: Documents = key("Uploads and document rules.")
    notes: Notes = key("Notes.")
    calendar: Calendar = key("Business days.")
    clocks: Mapping[str, ClockRule] = key("Decision deadlines.")
    actions: Actions = key("Requests after submission.")
    rights: Mapping[str, Right] = key("Peer-to-peer, reconsideration, appeal, hearing.")
    review: Review = key("Reviewer levels.")
    letters: Letters = key("Determination letters.")
    notices: Notices = key("E-mail and messages.")
    reports: Reports = key("Reports.")
    sample_data: SampleData = key("Shapes of synthetic people.")


__all__ = ["Contract"]
