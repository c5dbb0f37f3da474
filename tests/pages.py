"""The page client: a browser without a screen that looks at every page it gets.

Every GET asserts one h1, a title that starts with it, valid HTML, no duplicate ids, labelled inputs, ids that
resolve and the form token in each form that posts. A page that differs from one found good in nothing but the form
token and the ids of rows is not looked at again. Must not know any room.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

OpenClient = Callable[[str], FlaskClient]
"""What the fixture ``client`` is: a client at the host of a slug."""

_UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
_REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls")
_TOLERATED = {"unknown-element"}
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]*)">')
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_found_good: set[bytes] = set()


@dataclass(frozen=True)
class Page:
    """A page as it was answered."""

    status: int
    html: str
    headers: Headers

    @cached_property
    def tree(self) -> Element:
        """The elements of the document."""
        return self._read.tree

    @cached_property
    def _read(self) -> _Read:
        return _read(self.html)

    @property
    def heading(self) -> str:
        """The text of the h1."""
        return _text(self._one("h1"))

    @property
    def text(self) -> str:
        """Everything a reader sees, spaces folded."""
        body = self.tree.find("body")
        return _text(body) if body is not None else ""

    def all(self, tag: str) -> list[Element]:
        """Every element of this kind."""
        return list(self.tree.iter(tag))

    def links(self) -> dict[str, str]:
        """Text → address of every link."""
        return {_text(link): link.get("href", "") for link in self.tree.iter("a")}

    def form(self, action: str) -> dict[str, str]:
        """The fields of the form with this action as a browser would send them, without pressing a button."""
        for form in self.tree.iter("form"):
            if form.get("action") == action:
                return dict(_fields(form))
        raise AssertionError(
            f"no form posts to {action}; there are {[form.get('action') for form in self.all('form')]}"
        )

    def token(self) -> str:
        """The form token of the page."""
        found = _TOKEN.search(self.html)
        return found[1] if found else ""

    @property
    def invalid_html(self) -> Iterator[str]:
        """What is not valid HTML, with its line."""
        lines = self.html.split("\n")
        for line, code, values in self._read.errors:
            if code not in _TOLERATED:
                shown = lines[line - 1].strip()[:160] if 0 < line <= len(lines) else ""
                yield f"line {line}: {code} {values or ''} in {shown}"

    def _one(self, tag: str) -> Element:
        found = self.all(tag)
        assert len(found) == 1, f"a page has one {tag}, this one has {len(found)}"
        return found[0]


class Browser:
    """Asks pages of one tenant's host, keeps cookies, sends the form token of the last page it saw."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.address = f"http://{client.environ_base.get('HTTP_HOST', 'localhost')}"
        self.token = ""
        client.application.config["PROPAGATE_EXCEPTIONS"] = True

    def get(self, path: str, *, status: int = 200, **options: Any) -> Page:
        """A page, followed through no redirect, looked at from top to bottom."""
        page = look_at(self._checked(self.client.get(path, base_url=self.address, **options), status))
        self.token = page.token() or self.token
        return page

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, status: int = 303, **options: Any
    ) -> TestResponse:
        """Send a form with the token of the last page."""
        body = {"csrf_token": self.token, **(data or {})}
        answer = self._checked(self.client.post(path, data=body, base_url=self.address, **options), status)
        if answer.status_code >= 400 and answer.mimetype == "text/html":
            self.token = look_at(answer).token() or self.token
        return answer

    def posted_page(self, path: str, data: Mapping[str, Any] | None = None, *, status: int = 422) -> Page:
        """Send a form and look at the page that refuses it."""
        return look_at(self.post(path, data, status=status))

    def follow(self, answer: TestResponse) -> Page:
        """The page a redirect leads to."""
        return self.get(answer.headers["Location"])

    def _checked(self, answer: TestResponse, status: int) -> TestResponse:
        place = answer.headers.get("Location", "")
        assert answer.status_code == status, f"{answer.request.path} answered {answer.status_code} {place}".strip()
        return answer


def look_at(answer: TestResponse) -> Page:
    """Read a page and assert what every page owes; a redirect or a file is read without looking."""
    page = Page(answer.status_code, answer.get_data(as_text=True), answer.headers)
    if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 307, 308):
        kind = _kind(page)
        if kind not in _found_good:
            check(page)
            _found_good.add(kind)
    return page


def _kind(page: Page) -> bytes:
    """The same for pages that differ in the form token and in ids of rows only; which ids are equal still counts."""
    met: dict[str, str] = {}
    text = _UUID.sub(lambda found: met.setdefault(found[0], f"id {len(met)}"), page.html)
    token = page.token()
    return sha256((text.replace(token, "token") if token else text).encode()).digest()


@dataclass(frozen=True, slots=True)
class _Read:
    tree: Element
    errors: Sequence[tuple[int, str, Any]]


def _read(html: str) -> _Read:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return _Read(tree, [(line, code, values) for (line, _), code, values in parser.errors])


def parse(html: str) -> Element:
    """The tree of a document."""
    return _read(html).tree


def check(page: Page) -> None:
    """Assert what every page owes."""
    faults = [
        *page.invalid_html,
        *_headings(page),
        *_ids(page.tree),
        *_unlabelled(page.tree),
        *_without_token(page.tree),
        *_inline(page.tree),
        *_unwarned(page.tree),
    ]
    assert not faults, "\n".join(faults)


def _headings(page: Page) -> Iterator[str]:
    h1, titles = page.all("h1"), page.all("title")
    if len(h1) != 1:
        yield f"a page has one h1, this one has {len(h1)}"
    elif not _text(h1[0]):
        yield "the h1 is empty"
    elif not _text(titles[0]).startswith(_text(h1[0])):
        yield f"the title {_text(titles[0])!r} does not start with the h1 {_text(h1[0])!r}"


def _ids(tree: Element) -> Iterator[str]:
    counts = Counter(found for element in tree.iter() if (found := element.get("id")) is not None)
    yield from (f"the id {name} is there {times} times" for name, times in counts.items() if times > 1)
    for element in tree.iter():
        for reference in _REFERENCES:
            for name in element.get(reference, "").split():
                if name not in counts:
                    yield f"{reference} of <{element.tag}> names {name}, which is not there"
        name = element.get("href", "")
        if element.tag == "a" and len(name) > 1 and name.startswith("#") and name[1:] not in counts:
            yield f"a link leads to {name}, which is not there"


def _unlabelled(tree: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {id(field) for label in tree.iter("label") for field in label.iter()}
    for tag in ("input", "select", "textarea"):
        for field in tree.iter(tag):
            if field.get("type", "text") in _UNLABELLED or id(field) in inside:
                continue
            if field.get("id") not in labelled and not field.get("aria-label") and not field.get("aria-labelledby"):
                yield f"<{tag} name={field.get('name')}> has no label"


def _without_token(tree: Element) -> Iterator[str]:
    for form in tree.iter("form"):
        if form.get("method", "get").lower() == "post" and "csrf_token" not in dict(_fields(form)):
            yield f"the form that posts to {form.get('action')} has no token"


def _inline(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if (
            element.get("style") is not None
            or (element.tag == "style")
            or any(name.startswith("on") for name in element.attrib)
        ):
            yield f"<{element.tag}> is styled or scripted inline, which the content policy refuses"
        if element.tag == "script" and not element.get("src"):
            yield "a script stands inline, which the content policy refuses"


def _unwarned(tree: Element) -> Iterator[str]:
    """The idle warning stands on every page for somebody signed in, with the script that opens it."""
    scripts = [script.get("src", "") for script in tree.iter("script")]
    has_dialog = any(element.get("id") == "idle" for element in tree.iter("dialog"))
    if has_dialog and not any("/idle.js" in source for source in scripts):
        yield "nobody is warned before the idle sign-off: the page has the dialog without its script"


def _fields(form: Element) -> Iterator[tuple[str, str]]:
    for field in form.iter():
        name, kind = field.get("name"), field.get("type", "text")
        if not name or field.tag == "button" or kind in {"submit", "button", "file"}:
            continue
        if field.tag == "input" and (kind not in {"radio", "checkbox"} or field.get("checked") is not None):
            yield name, field.get("value", "on" if kind in {"radio", "checkbox"} else "")
        elif field.tag == "textarea":
            yield name, "".join(field.itertext())
        elif field.tag == "select":
            chosen = [option for option in field.iter("option") if option.get("selected") is not None]
            first = chosen or list(field.iter("option"))[:1]
            if first:
                yield name, first[0].get("value", _text(first[0]))


def _text(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
