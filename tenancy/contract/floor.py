"""The platform's floor: the credential policy no contract may go under without a waiver. One file, not a state's."""

from dataclasses import dataclass

from tenancy.contract.declare import key


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Limits every contract is compared with; what lies beyond them is reported by the check."""

    password_minimum: int = key("Shortest password where a second factor is asked at every sign-in.", minimum=1)
    password_minimum_alone: int = key("Shortest password where no second factor is asked.", minimum=1)
    lockout_attempts_most: int = key("Most failures before an account locks.", minimum=1)
    lockout_minutes_least: int = key("Fewest minutes a first lock lasts.", minimum=1)
    idle_minutes_most: int = key("Most minutes without activity before the sign-off warning.", minimum=1)
    countdown_minutes_least: int = key("Fewest minutes the warning counts down.", minimum=1)
    link_minutes_most: int = key("Most minutes an enrolment link works.", minimum=1)
    code_digits_least: int = key("Fewest digits of a one-time code.", minimum=1)
