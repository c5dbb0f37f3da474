"""One thing that is missing or wrong in a draft. Knows no rule."""

from dataclasses import dataclass
from dataclasses import field as declared

from tenancy.vocabulary import SectionName, Severity


@dataclass(frozen=True, slots=True)
class Missing:
    """A finding: the section it is shown in, the field it is about, what to do, and where a link to it leads.

    ``field`` is a case field's word, or the anchor itself for everything else. The anchor is ``field-<word>`` for case
    fields, ``line-<id>-<word>``, ``stay-<word>``, ``provider-<role>``, ``provider-<role>-fax``, ``questionnaire-<id>``,
    ``document-<rule>`` for one that is wanted, ``document-<id>-type`` for one that is there, ``line-<id>`` for a whole
    line, ``member``, ``disclaimer``, or the name of a section. The message may name a file, so it has no repr.
    """

    section: SectionName
    field: str
    message: str = declared(repr=False)
    severity: Severity = Severity.ERROR
    anchor: str = ""

    def __post_init__(self) -> None:
        if not self.anchor:
            object.__setattr__(self, "anchor", self.field)
