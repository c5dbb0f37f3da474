"""Whether care needs an authorization at all: code lists with versions and dates, and the rules that read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenancy.contract.conditions import Condition
from tenancy.contract.declare import Dated, key
from tenancy.vocabulary import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeListVersion(Dated):
    """One version of a list of codes."""

    published_on: date = key("Day on which providers were told of it.")
    codes: tuple[str, ...] = key("Codes; a beginning of codes ends in a star, such as E02*.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A list of codes that is kept up to date."""

    title: str = key("What users call the list.")
    versions: Mapping[str, CodeListVersion] = key("Its versions; on every day from the first on exactly one holds.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementRule(Dated):
    """What holds for care of some kind; of several rules that fit, the first in order decides."""

    need: Need = key("needed, not_needed or ask.")
    lists: tuple[str, ...] = key("Lists the code must be on, one of them; empty for every code.", default=())
    when: Condition | None = key("Care it belongs to; empty for all.", default=None)
    text: str = key("The answer in plain words.")
    citation: str = key("Law, contract clause or program rule.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Whether care needs an authorization. The day of service decides which rules and lists are in force."""

    title: str = key("Title of the page that answers.")
    lists: Mapping[str, CodeList] = key("Code lists the rules name.")
    rules: Mapping[str, RequirementRule] = key("Rules in order.")
    otherwise: Need = key("What holds where no rule fits: needed or ask, never not_needed.")
    otherwise_text: str = key("That answer in plain words.")
    caution: str = key("What an answer does not promise; printed on every proof.")
