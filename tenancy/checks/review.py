"""The reviewers: who may decide what, for which reasons, and what is asked for when something is missing. Pure."""

from collections.abc import Iterator

from tenancy.checks.problem import Check, Path, Problem
from tenancy.contract import Contract
from tenancy.contract.aftercare import CertifyReason
from tenancy.faults import did_you_mean
from tenancy.vocabulary import Decision, Expiry, Outcome, ReviewerLevel, Severity, Silence, SpanUnit

ADVERSE = frozenset({Decision.DENY, Decision.MODIFY})
EXPIRING = {Expiry.DEEMED_APPROVED: Decision.APPROVE, Expiry.VOID: Decision.VOID}
REASONED = (Decision.APPROVE, Decision.MODIFY, Decision.DENY, Decision.VOID)


def review(contract: Contract) -> Iterator[Problem]:
    """Somebody can approve and deny; only a physician denies or grants less than was asked."""
    for level, decisions in contract.review.may.items():
        for index, decision in enumerate(decisions):
            if decision in (Decision.DENY, Decision.MODIFY) and level is not ReviewerLevel.PHYSICIAN:
                reason = f"a {level} may not {decision}: that takes a physician's expertise."
                path = ("review", "may", level, str(index))
                yield Problem(path, "REVIEW-DENIAL", reason, "Remove it.", "42 CFR 438.210(b)(3)")
    for needed in (Decision.APPROVE, Decision.DENY):
        if not any(needed in decisions for decisions in contract.review.may.values()):
            yield Problem(("review", "may"), "REVIEW-NOBODY", f"nobody may {needed}.", at_key=True)


def demands(contract: Contract) -> Iterator[Problem]:
    """Whoever is demanded for a decision may take it."""
    levels = list(ReviewerLevel)
    for name, demand in contract.review.demands.items():
        able = levels[levels.index(demand.level) :]
        for index, decision in enumerate(demand.decisions):
            if not any(decision in contract.review.may.get(level, ()) for level in able):
                path = ("review", "demands", name, "decisions", str(index))
                yield Problem(path, "REVIEW-NOBODY", f"no {demand.level} or above may {decision}.")


def reasons(contract: Contract) -> Iterator[Problem]:
    """Every decision has a reason, and a reason for less than was asked says which kind of decision that is."""
    for name, reason in contract.review.reasons.items():
        path = ("review", "reasons", name)
        if not reason.decisions:
            yield Problem((*path, "decisions"), "REASON-UNUSED", "no decision could ever be given with this reason.")
        is_adverse = bool(ADVERSE & set(reason.decisions))
        if is_adverse and reason.outcome in (None, Outcome.ANY):
            why = "it stands for less than was asked, but not for which kind of outcome: no right would open."
            yield Problem(path, "REASON-OUTCOME", why, "Add outcome.", "42 CFR 431.80(a)", at_key=True)
        if reason.outcome is not None and not is_adverse:
            why = "an outcome belongs to a reason for less than was asked."
            yield Problem((*path, "outcome"), "REASON-OUTCOME", why)
    for decision in REASONED:
        if not _reasons_for(contract, decision):
            yield Problem(
                ("review", "reasons"), "REASON-NONE", f"no reason may be given for '{decision}'.", at_key=True
            )


def _reasons_for(contract: Contract, decision: Decision) -> list[CertifyReason]:
    return [reason for reason in contract.review.reasons.values() if decision in reason.decisions]


def information(contract: Contract) -> Iterator[Problem]:
    """There is something to ask for and time to answer; a request is not closed for silence without a warning."""
    rule, path = contract.review.information, ("review", "information")
    if rule.window.amount == 0:
        yield Problem((*path, "window", "amount"), "SPAN-ZERO", "a period of 0 is over before it starts.")
    if not rule.items:
        yield Problem((*path, "items"), "INFORMATION-EMPTY", "there is nothing to tick when asking for information.")
    if rule.on_silence is Silence.WAIT and any(clock.pauses_for_information for clock in contract.clocks.values()):
        why = "a clock that stands still while information is awaited would never run again."
        yield Problem((*path, "on_silence"), "INFORMATION-STUCK", why, severity=Severity.WARNING)


def auto_approvals(contract: Contract) -> Iterator[Problem]:
    """A rule that approves names a reason an approval may be given with."""
    for name, rule in contract.review.auto_approvals.items():
        path = ("review", "auto_approvals", name, "reason")
        yield from _fitting(contract, rule.reason, Decision.APPROVE, path)


def expiry(contract: Contract) -> Iterator[Problem]:
    """Whatever decides by itself when a time is over names a reason for it."""
    for name, clock in contract.clocks.items():
        decision = EXPIRING.get(clock.on_expiry)
        if decision is not None:
            yield from _fitting(contract, clock.expiry_reason, decision, ("clocks", name, "expiry_reason"))
    rule = contract.review.information
    if rule.on_silence is Silence.VOID:
        path = ("review", "information", "silence_reason")
        yield from _fitting(contract, rule.silence_reason, Decision.VOID, path)


def _fitting(contract: Contract, name: str, decision: Decision, path: Path) -> Iterator[Problem]:
    known = {key for key, reason in contract.review.reasons.items() if decision in reason.decisions}
    if not name:
        yield Problem(path[:-1], "REF-REASON", f"'{path[-1]}' names no reason to {decision}.", at_key=True)
    elif name not in known:
        yield Problem(path, "REF-REASON", f"'{name}' is no reason to {decision}.", did_you_mean(name, known))


def extensions(contract: Contract) -> Iterator[Problem]:
    """A deadline is extended by a whole number of units, and one that counts days is not extended by hours."""
    for name, clock in contract.clocks.items():
        path = ("clocks", name, "extension")
        if clock.extension is not None and clock.extension.amount == 0:
            yield Problem((*path, "amount"), "SPAN-ZERO", "a period of 0 is over before it starts.")
    if contract.review.due_soon.unit not in (SpanUnit.HOURS, SpanUnit.MINUTES, SpanUnit.CALENDAR_DAYS):
        reason = f"'{contract.review.due_soon.unit}' cannot be counted backwards from a deadline."
        yield Problem(("review", "due_soon", "unit"), "SPAN-UNIT", reason, "Use hours or calendar_days.")


CHECKS: tuple[Check, ...] = (review, demands, reasons, information, auto_approvals, expiry, extensions)
