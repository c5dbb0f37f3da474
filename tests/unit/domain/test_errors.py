"""Refusals carry what a page needs to say: a message for people, a code for machines, nothing else."""

import pytest

from app.domain.errors import Closed, Conflict, DomainError, FieldFault, Forbidden, Invalid, NotFound, Unavailable


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DomainError("No."), "refused"),
        (NotFound(), "not_found"),
        (Invalid((FieldFault("x", "Enter x."),)), "invalid"),
        (Conflict("Somebody was quicker."), "conflict"),
        (Forbidden(), "forbidden"),
        (Closed("It is over."), "closed"),
        (Unavailable(), "unavailable"),
    ],
)
def test_every_refusal_has_a_sentence_and_a_code(error: DomainError, code: str) -> None:
    assert error.code == code
    assert error.message == str(error)
    assert error.message.endswith(".")


def test_a_refusal_keeps_what_its_page_shows() -> None:
    fault = FieldFault("x", "Enter x.")
    assert Invalid((fault,)).faults == (fault,)
    assert Invalid((fault,), "Look again.").message == "Look again."
    assert Conflict("Changed.", {"x": "1"}).current == {"x": "1"}
    assert Conflict("Changed.").current is None
    assert Unavailable(retry_after=30).retry_after == 30
    assert Unavailable().retry_after == 5
