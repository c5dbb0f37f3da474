"""What an uploaded file is, judged by its content; each refusal is a sentence."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases import sniff
from tests.rooms.cases import files

ALLOWED = ("doc", "docx", "jpg", "jpeg", "mdi", "pdf", "tif", "tiff", "xls", "xlsx", "xps")


def judged(name: str, content: bytes, *, megabytes: int = 4) -> sniff.Verdict:
    return sniff.judge(name, io.BytesIO(content), allowed=ALLOWED, max_megabytes=megabytes)


def refusal(name: str, content: bytes, *, megabytes: int = 4) -> str:
    with pytest.raises(sniff.Refused) as told:
        judged(name, content, megabytes=megabytes)
    return str(told.value)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("order.pdf", files.PDF, "application/pdf"),
        ("Order 2.PDF", files.PDF, "application/pdf"),
        ("Dr. Smith letter 2026.01.pdf", files.PDF, "application/pdf"),
        ("letter.docx.pdf", files.PDF, "application/pdf"),
        ("photo.jpg", files.JPG, "image/jpeg"),
        ("photo.jpeg", files.JPG, "image/jpeg"),
        ("fax.tif", files.TIF, "image/tiff"),
        ("fax.tiff", b"MM\x00*\x00\x00\x00\x08" + b"\x00" * 32, "image/tiff"),
        ("scan.mdi", files.MDI, "image/vnd.ms-modi"),
        ("old.doc", files.word_document(), "application/msword"),
        ("old.xls", files.old_workbook(), "application/vnd.ms-excel"),
        ("new.docx", files.package(files.WORD), sniff.MEDIA_TYPES["docx"]),
        ("new.xlsx", files.package(files.SHEET), sniff.MEDIA_TYPES["xlsx"]),
        ("print.xps", files.package(files.XPS), "application/vnd.ms-xpsdocument"),
    ],
)
def test_every_allowed_kind_is_kept(name: str, content: bytes, media_type: str) -> None:
    assert judged(name, content).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("order.pdf", b"", sniff.EMPTY),
        ("order.pdf", b"hello", sniff.MISLABELLED.format(ending="pdf")),
        ("order.pdf", files.EICAR, sniff.MISLABELLED.format(ending="pdf")),
        ("order.pdf", files.JPG, sniff.MISLABELLED.format(ending="pdf")),
        ("order.pdf", files.PDF[:40], sniff.UNREADABLE),
        ("order.pdf", files.ENCRYPTED_PDF, sniff.ENCRYPTED),
        ("order.pdf", files.HIDDEN_ENCRYPTED_PDF, sniff.ENCRYPTED),
        ("photo.jpg", files.PDF, sniff.MISLABELLED.format(ending="jpg")),
        ("photo.jpg", files.JPG[:-2], sniff.UNREADABLE),
        ("fax.tif", files.JPG, sniff.MISLABELLED.format(ending="tif")),
        ("fax.tif", b"II*\x00\xff\xff\xff\x7f" + b"\x00" * 8, sniff.UNREADABLE),
        ("fax.tif", b"II\x00\x00\x08\x00\x00\x00" + b"\x00" * 8, sniff.MISLABELLED.format(ending="tif")),
        ("scan.mdi", files.TIF, sniff.MISLABELLED.format(ending="mdi")),
        ("scan.mdi", b"EP*\x00", sniff.UNREADABLE),
        ("old.doc", files.old_workbook(), sniff.MISLABELLED.format(ending="doc")),
        ("old.doc", b"{\\rtf1 text}", sniff.MISLABELLED.format(ending="doc")),
        ("old.doc", files.word_document(is_encrypted=True), sniff.ENCRYPTED),
        ("old.doc", files.word_document(Macros=b"x"), sniff.MACROS),
        ("old.doc", files.word_document()[:700], sniff.UNREADABLE),
        ("old.xls", files.word_document(), sniff.MISLABELLED.format(ending="xls")),
        ("old.xls", files.old_workbook(is_encrypted=True), sniff.ENCRYPTED),
        ("new.docx", files.encrypted_office(), sniff.ENCRYPTED),
        ("new.docx", files.word_document(), sniff.MISLABELLED.format(ending="docx")),
        ("new.docx", files.package(files.SHEET), sniff.MISLABELLED.format(ending="docx")),
        ("new.docx", files.zipped({"notes.txt": b"x"}), sniff.MISLABELLED.format(ending="docx")),
        ("new.docx", files.PDF, sniff.MISLABELLED.format(ending="docx")),
        ("new.docx", files.with_password(files.package(files.WORD)), sniff.ENCRYPTED),
        ("new.docx", files.package(files.MACRO), sniff.MACROS),
        ("new.docx", files.package(files.WORD, **{"word/vbaProject.bin": b"x"}), sniff.MACROS),
        ("new.docx", files.package(files.WORD, **{"../../etc/passwd": b"x"}), sniff.UNREADABLE),
        ("new.docx", files.package(files.WORD, **{"/absolute": b"x"}), sniff.UNREADABLE),
        ("new.docx", files.package(files.WORD, **{"bomb.xml": b"\x00" * 3_000_000}), sniff.BOMB),
        ("new.docx", files.package(files.WORD)[:-30], sniff.UNREADABLE),
        ("new.docx", files.package(files.WORD, **{"a.xml": files.REACHING_XML}), sniff.ACTIVE_XML),
        ("new.docx", files.package(files.WORD, **{f"{n}.xml": b"x" for n in range(1000)}), sniff.ENTRIES),
    ],
)  # fmt: skip
def test_it_refuses_with_a_sentence(name: str, content: bytes, sentence: str) -> None:
    assert refusal(name, content) == sentence


def test_it_refuses_a_part_whose_size_lies() -> None:
    content = bytearray(files.package(files.WORD, **{"big.xml": bytes(range(256)) * 64}))
    place = content.rfind(b"PK\x01\x02", 0, content.rfind(b"big.xml"))
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert refusal("new.docx", bytes(content)) == sniff.UNREADABLE


@pytest.mark.parametrize(
    "name",
    [
        "a\x00b.pdf",
        "invoice\u202egpj.pdf",
        "../order.pdf",
        "C:\\fakepath\\order.pdf",
        ".pdf",
        "",
        "a\nb.pdf",
        "a<b>.pdf",
    ],
)
def test_it_refuses_names_that_mislead(name: str) -> None:
    assert refusal(name, files.PDF) == sniff.BAD_NAME


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("order", sniff.NO_ENDING),
        ("order.", sniff.NO_ENDING),
        ("order.exe", sniff.WRONG_ENDING.format(ending="exe", allowed=", ".join(ALLOWED))),
        ("order.pdf.exe", sniff.WRONG_ENDING.format(ending="exe", allowed=", ".join(ALLOWED))),
        ("order.exe.pdf", sniff.HIDDEN_ENDING.format(ending="exe")),
        ("order.html.pdf", sniff.HIDDEN_ENDING.format(ending="html")),
        (f"{'x' * 200}.pdf", sniff.LONG_NAME),
    ],
)
def test_it_refuses_endings_that_mislead(name: str, sentence: str) -> None:
    assert refusal(name, files.PDF) == sentence


def test_the_limit_is_the_last_byte_that_is_kept() -> None:
    limit = 1024 * 1024
    body = files.PDF[:20] + b" " * (limit - len(files.PDF)) + files.PDF[20:]
    assert judged("a.pdf", body, megabytes=1).size == limit
    longer = files.PDF[:20] + b" " + body[20:]
    assert refusal("a.pdf", longer, megabytes=1) == sniff.TOO_BIG.format(limit=1)


def test_a_long_text_that_shrinks_well_is_still_within_the_ratio() -> None:
    text = zlib.compress(bytes(range(256)) * 512)
    assert judged("new.docx", files.package(files.WORD, **{"word/media/1.bin": text})).kind == "docx"


@given(st.sampled_from(ALLOWED), st.binary(min_size=1, max_size=2000))
def test_no_content_makes_it_fail_in_any_other_way(ending: str, content: bytes) -> None:
    heads = {
        "docx": b"PK\x03\x04",
        "xlsx": b"PK\x03\x04",
        "xps": b"PK\x03\x04",
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    }
    try:
        judged(f"a.{ending}", heads.get(ending, b"") + content)
    except sniff.Refused as refused:
        said = str(refused)
    else:
        said = "kept"
    assert said
