"""Who may open which page: one line for each route. A route without a line here fails the build.

To add a page, add its endpoint to the line that fits, or a line of its own:

    **rows("reports.index_csv", WITH_REPORTS),                a page that names no object
    **rows("cases.draft cases.save", EVERYONE, "group's"),    its objects belong to a group: of others they are 404
    **rows("casebook.consumer", EVERYONE, "tenant's"),        its objects belong to everybody of the tenant

``staff`` are the roles of the payer's staff it opens for. A method that differs has a line: ``GET:casebook.find``.
What a variable in an address stands for is in ``world.py``: add it there when it is new, with an object that the page
opens for its owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.access import StaffRole
from tenancy.vocabulary import Role

NOBODY: frozenset[Role] = frozenset()
EVERYONE = frozenset(Role)
ADMINS = EVERYONE - {Role.STAFF}
WITH_REPORTS = frozenset({Role.GROUP_ADMIN_REPORTS, Role.ADMIN_REPORTS})
STAFF = frozenset(StaffRole)
REVIEWERS = frozenset({StaffRole.REVIEWER_NURSE, StaffRole.REVIEWER_PHYSICIAN})
WORKERS = REVIEWERS | {StaffRole.SUPERVISOR}
READERS = WORKERS | {StaffRole.OPS}
NO_STAFF: frozenset[StaffRole] = frozenset()
SUPERVISORS = frozenset({StaffRole.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Row:
    """The verdict on a route: the roles it opens for, here and on the payer's side, and whose its objects are."""

    roles: frozenset[Role]
    belongs: str = ""
    staff: frozenset[StaffRole] = NO_STAFF


def rows(
    endpoints: str,
    roles: frozenset[Role],
    belongs: str = "",
    *,
    staff: frozenset[StaffRole] = NO_STAFF,
) -> dict[str, Row]:
    """One verdict for several endpoints."""
    return dict.fromkeys(endpoints.split(), Row(roles, belongs, staff))


VERDICTS: Mapping[str, Row] = {
    **rows("casebook.home casebook.search casebook.consumers", EVERYONE),
    **rows("casebook.find", EVERYONE, "group's"),
    **rows("GET:casebook.find", EVERYONE),  # leads to the search
    **rows("casebook.export_home casebook.export_search", EVERYONE),
    **rows("casebook.case casebook.summary casebook.add_note", EVERYONE, "group's"),
    **rows("casebook.letter", EVERYONE, "group's"),
    **rows("casebook.add_documents cases.copy", EVERYONE, "group's"),
    **rows("casebook.consumer casebook.export_member", EVERYONE, "tenant's"),
    **rows("cases.start cases.go_on cases.pick_member", EVERYONE),
    **rows("cases.draft cases.step cases.save cases.pieces cases.submit cases.disclaimer", EVERYONE, "group's"),
    **rows(
        "cases.cancel cases.confirm_cancel cases.add_note cases.keep_note cases.upload cases.move", EVERYONE, "group's"
    ),
    **rows("cases.add_codes cases.order_diagnoses cases.provider", EVERYONE, "group's"),
    **rows("cases.choose_provider", EVERYONE, "group's"),
    **rows("cases.keep_code", EVERYONE, "group's"),
    **rows("cases.questionnaire cases.answer", EVERYONE, "group's"),
    **rows("cases.remove_procedure", EVERYONE, "group's"),
    **rows("cases.document cases.deactivate_document", EVERYONE, "group's"),
    **rows("messages.center", EVERYONE, staff=READERS),
    **rows("messages.thread messages.mark_read", EVERYONE, "group's", staff=READERS),
    **rows("messages.reply", EVERYONE, "group's", staff=WORKERS),
    **rows("casebook.case_messages", EVERYONE, "group's"),
    **rows("casebook.send_message", EVERYONE, "group's"),
    **rows("reviews.case_messages", NOBODY, "tenant's", staff=READERS),
    **rows("reviews.send_message", NOBODY, "tenant's", staff=WORKERS),
    **rows("reports.index", EVERYONE),
    **rows("reports.index_csv", WITH_REPORTS),
    **rows("reports.public reports.public_csv", NOBODY, staff=SUPERVISORS),
    **rows("requirement.index requirement.lists", EVERYONE),
    **rows("requirement.ask", EVERYONE),
    **rows("requirement.proof", EVERYONE, "group's"),
    **rows("cases.find_codes", EVERYONE),
    **rows("directory.search_codes directory.search_providers", EVERYONE),
    **rows("setup.groups setup.review people.users", ADMINS),
    **rows("further.find further.look further.confirm", ADMINS),
    **rows("closing.ask", ADMINS, "group's"),
    **rows("closing.remove", ADMINS, "group's"),
    **rows("closing.restore", ADMINS, "group's"),
    **rows("requests.list_all", ADMINS),
    **rows("requests.decide", ADMINS, "group's"),
    **rows("requests.for_staff", NOBODY, staff=SUPERVISORS),
    **rows("requests.decide_for_staff", NOBODY, "tenant's", staff=SUPERVISORS),
    **rows("terms.read terms.agree", EVERYONE),
    **rows("requests.waiting", EVERYONE, staff=STAFF),
    **rows("setup.group setup.add people.new people.create", ADMINS, "group's"),
    **rows("setup.change setup.remove people.user people.edit", ADMINS, "group's"),
    **rows("people.deactivate people.reactivate people.reset", ADMINS, "group's"),
    **rows("people.resend", ADMINS, "group's"),
    **rows("profile.show profile.save profile.email profile.ask_email profile.confirm_email", EVERYONE),
    **rows("profile.password profile.change_password", EVERYONE),
    **rows("preferences.index preferences.codes preferences.providers preferences.notices", EVERYONE),
    **rows("preferences.keep_code", EVERYONE),
    **rows("preferences.keep_provider", EVERYONE, "tenant's"),
    **rows("accounts.switch_group", EVERYONE, "group's"),
    **rows("accounts.sign_out sessions.alive sessions.left", EVERYONE, staff=STAFF),
    **rows("sessions.security sessions.sign_out_everywhere", EVERYONE),
    **rows("factors.confirm factors.confirmed factors.paper factors.renew_paper factors.options", EVERYONE),
    **rows("factors.factor factors.send factors.keep factors.remove", EVERYONE),
    **rows("factors.app_picture factors.keep_passkey", EVERYONE),
    **rows("factors.passkey factors.rename factors.remove_passkey", EVERYONE, "group's"),
    **rows("sessions.end sessions.forget", EVERYONE, "group's"),
    **rows("reviews.action reviews.act_on reviews.extend_stay", EVERYONE, "group's"),
    **rows("reviews.talk reviews.change_talk reviews.calendar", EVERYONE, "group's"),
    **rows("reviews.right reviews.right_form", EVERYONE, "group's"),
    **rows("reviews.information_page reviews.answer", EVERYONE, "group's"),
    **rows("reviews.worklist reviews.save_view", NOBODY, staff=READERS),
    **rows("reviews.drop_view", NOBODY, "person's", staff=READERS),
    **rows("reviews.review reviews.pin reviews.mark_read", NOBODY, "tenant's", staff=READERS),
    **rows("reviews.document", NOBODY, "tenant's", staff=READERS),
    **rows("reviews.take reviews.escalate reviews.extend reviews.ask", NOBODY, "tenant's", staff=WORKERS),
    **rows("reviews.mend_letter reviews.send_letter_again", NOBODY, "tenant's", staff=WORKERS),
    **rows("reviews.withdraw", NOBODY, "tenant's", staff=WORKERS),
    **rows("reviews.assign", NOBODY, "tenant's", staff=frozenset({StaffRole.SUPERVISOR})),
    **rows("reviews.decide", NOBODY, "tenant's", staff=REVIEWERS),
    **rows("reviews.after", NOBODY, staff=READERS),
    **rows("reviews.book_talk reviews.miss_talk", NOBODY, "tenant's", staff=WORKERS),
    **rows("reviews.answer_change reviews.change_codes reviews.add_codes", NOBODY, "tenant's", staff=WORKERS),
    **rows("reviews.end_talk", NOBODY, "tenant's", staff=frozenset({StaffRole.REVIEWER_PHYSICIAN})),
    **rows("help.releases", EVERYONE),
    **rows("staff.front", NOBODY, staff=STAFF),
}
