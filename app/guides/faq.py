"""Questions people ask, with answers that the contract gives. Knows no page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.guides.blocks import Fact, Guide
from app.web.messages import gettext as _
from tenancy.contract import Contract
from tenancy.vocabulary import Feature, Word


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and its answer; ``chapter`` names where the guide says more."""

    question: str
    answer: str
    chapter: str = ""


def answers(contract: Contract, guide: Guide) -> tuple[Answer, ...]:
    """The contract's own questions first, then those every office asks, answered from the guide's facts."""
    own = tuple(Answer(one.question, one.answer) for one in contract.support.faq.values())
    return (*own, *_entering(contract, guide), *_working(contract, guide))


def _entering(contract: Contract, guide: Guide) -> Iterator[Answer]:
    known = {fact.key: fact for fact in guide.facts()}
    yield Answer(
        _("The link in the e-mail no longer works. What now?"),
        _(
            "It works for %(time)s. Choose “%(label)s” on the sign-in page and ask for a new one at any time. If you"
            " have made a password already, type it there.",
            time=known["factors.link_life"].words,
            label=contract.factors.trouble_label,
        ),
        "registering",
    )
    yield Answer(
        _("We have no %(label)s. Can we register?", label=contract.registration.npi_label),
        known["registration.npi_fallback_to_code"].words,
        "registering",
    )
    if (fixed := known.get("registration.username_immutable")) is not None:
        yield Answer(_("Can I change my user name?"), fixed.words, "registering")
    yield Answer(
        _("Why is my sign-in locked?"),
        _(
            "Sign-in is locked %(tries)s. It opens again by itself: %(time)s",
            tries=known["sign_in.lockout_attempts"].words,
            time=known["sign_in.lockout"].words,
        ),
        "signing-in",
    )
    yield Answer(
        _("I have a new phone. How do I sign in?"),
        _(
            "Sign in with %(way)s and set up the new phone on the security page. If you have none of them, ask an"
            " administrator of your organization to reset your registration.",
            way=_("a code by e-mail, another second step or a recovery code")
            if contract.factors.email_fallback
            else _("another second step or a recovery code"),
        ),
        "signing-in",
    )


def _working(contract: Contract, guide: Guide) -> Iterator[Answer]:
    known, words = {fact.key: fact for fact in guide.facts()}, contract.words
    if contract.features[Feature.TEMPORARY_MEMBER]:
        yield Answer(
            _("We cannot find the %(word)s. What now?", word=words[Word.MEMBER]),
            contract.members.temporary_advice,
            "members",
        )
    yield Answer(
        _("My file is refused. Why?"),
        _(
            "A file may have at most %(size)s and must be one of: %(kinds)s. A locked or damaged one is refused.",
            size=known["documents.max_megabytes"].words,
            kinds=known["documents.extensions"].words,
        ),
        "documents",
    )
    yield Answer(
        _("Can I add something after I sent a %(word)s?", word=words[Word.REQUEST]),
        _("Yes. Open the case; the ways to add or change something are there."),
        "changing",
    )
    for name, right in contract.rights.items():
        fact = known.get(f"rights.{name}.window")
        if fact is not None and right.window is not None:
            yield Answer(
                _("How long do we have to ask for this: %(label)s?", label=right.label), _sentence(fact), "rights"
            )


def _sentence(fact: Fact) -> str:
    return f"{fact.words[:1].upper()}{fact.words[1:]}."
