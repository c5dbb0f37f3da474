"""Sentences the code says to people, through gettext: English is the key, another language is a catalogue away.

Must not know requests or templates; templates use the same functions as ``_`` and ``ngettext``.
"""

from __future__ import annotations

import gettext as _library

_catalogue = _library.NullTranslations()


def gettext(text: str, /, **values: object) -> str:
    """The sentence in the reader's language, with ``%(name)s`` filled in."""
    told = _catalogue.gettext(text)
    return told % values if values else told


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The sentence for this number of things; ``%(num)s`` is the number."""
    return _catalogue.ngettext(one, many, number) % {"num": number, **values}


def pgettext(context: str, text: str, /, **values: object) -> str:
    """As ``gettext`` where one English word needs several translations."""
    told = _catalogue.pgettext(context, text)
    return told % values if values else told


def npgettext(context: str, one: str, many: str, number: int, /, **values: object) -> str:
    """As ``ngettext`` where one English word needs several translations."""
    return _catalogue.npgettext(context, one, many, number) % {"num": number, **values}


_ = gettext

ERROR_PAGES: dict[int, tuple[str, str]] = {
    400: (
        _("We could not read that request"),
        _("The page may have been open for a long time, or the address was changed. Go back, reload and try again."),
    ),
    401: (_("Please sign in"), _("Your session has ended. Sign in and try again. What was saved is still there.")),
    403: (
        _("You may not open this"),
        _("Your role in this group does not allow it. Ask an administrator of your group if you need it."),
    ),
    404: (
        _("We could not find that page"),
        _("The address may be mistyped, or the record belongs to a group you do not work for. Check the number."),
    ),
    405: (_("That page cannot be used this way"), _("Go back and use the buttons on the page.")),
    409: (
        _("Somebody changed this meanwhile"),
        _("Reload the page to see how it stands now, then make your change again."),
    ),
    410: (
        _("This portal is closed"),
        _("Nothing is kept or taken here. Your program's letters and e-mails say where requests go now."),
    ),
    413: (
        _("That was too large to send"),
        _("Send smaller files, or fewer at once. What you saved before is still there."),
    ),
    421: (
        _("There is no portal at this address"),
        _("Check the address. Each program has an address of its own; your program's letters and e-mails name it."),
    ),
    422: (_("Something needs to be corrected"), _("Go back and correct what is named here. Nothing was changed.")),
    500: (
        _("Something went wrong on our side"),
        _("It has been recorded. What you saved before is still there. Try again in a few minutes."),
    ),
    503: (
        _("The portal is away for a moment"),
        _("Nothing you sent just now was saved. Wait a few seconds, then try again. Earlier changes are still there."),
    ),
}
"""Title and advice of each error page, by status."""
