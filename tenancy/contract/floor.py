"""The platform's floor: the credential policy no contract may go under. One file, not a state's."""

from dataclasses import dataclass

from tenancy.contract.declare import key


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Limits every contract is held to. What a file leaves out is as the platform has it."""

    password_minimum: int = key(
        "Shortest password where a second factor is asked at every sign-in.", default=8, minimum=8
    )
    password_minimum_alone: int = key("Shortest password where no second factor is asked.", default=15, minimum=15)
    password_maximum: int = key("Code points of the longest password taken.", default=256, minimum=64, maximum=256)
    password_classes_below: int = key("Length from which no kinds of characters are asked.", default=15, minimum=8)
    lockout_attempts_most: int = key("Most failures before an account locks.", default=10, minimum=1)
    lockout_minutes_least: int = key("Fewest minutes a first lock lasts.", default=15, minimum=1)
    lockout_minutes_longest: int = key("Minutes a lock is never longer than.", default=60, minimum=1)
    idle_minutes_most: int = key("Most minutes without activity before the sign-off warning.", default=30, minimum=1)
    countdown_minutes_least: int = key("Fewest minutes the warning counts down.", default=2, minimum=1)
    link_minutes_most: int = key("Most minutes an enrolment link works.", default=1440, minimum=1)
    code_minutes_most: int = key("Most minutes a one-time code works.", default=10, minimum=1, maximum=10)
    code_digits_least: int = key("Fewest digits of a one-time code.", default=6, minimum=6)
    code_tries_most: int = key("Most wrong tries before a code is burnt.", default=5, minimum=1, maximum=5)
    remember_hours_most: int = key("Most hours a device is remembered.", default=12, minimum=1, maximum=12)
