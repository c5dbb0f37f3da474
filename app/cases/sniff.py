"""Judges an uploaded file by its content: which kind it is, and whether it may be kept at all.

Knows file formats only: no request, no database, no contract. A file is never opened in a program, its
entries are only counted, measured and looked at; no XML parser ever sees them.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import olefile

CHUNK = 64 * 1024
MAX_ENTRIES = 1_000
MAX_RATIO = 100
MAX_NAME = 180
LARGEST_DIRECTORY = 4 * 1024 * 1024

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "tif": "image/tiff",
    "mdi": "image/vnd.ms-modi",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xps": "application/vnd.ms-xpsdocument",
}
SAME_KIND: Mapping[str, str] = {"jpeg": "jpg", "tiff": "tif"}
# fmt: off
ACTIVE = frozenset(
    {
        "ade", "adp", "app", "asp", "aspx", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "docm", "dotm",
        "exe", "gadget", "hta", "htm", "html", "ins", "iso", "jar", "js", "jse", "lnk", "mjs", "msc", "msi",
        "msp", "php", "pif", "pl", "ps1", "py", "rb", "reg", "scr", "sct", "sh", "shtml", "svg", "swf", "url",
        "vb", "vbe", "vbs", "ws", "wsf", "wsh", "xhtml", "xlsm", "xml",
    }
)
# fmt: on
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

EMPTY = "This file is empty. Choose the file again, or save it anew and then choose it."
TOO_BIG = "This file is larger than {limit} MB. Split it, or scan it at a lower resolution, and upload the parts."
BAD_NAME = "This file's name has characters that cannot be kept. Rename it with letters, digits, spaces and dashes."
LONG_NAME = "This file's name is too long. Give it a name of at most 180 characters."
NO_ENDING = "This file's name has no ending such as .pdf. Rename it so that its ending says what it is."
WRONG_ENDING = "Files ending in .{ending} cannot be accepted. Save it as one of: {allowed}."
HIDDEN_ENDING = "This file's name hides a second ending, .{ending}. Rename it with one ending only."
MISLABELLED = "This file is named .{ending} but its content is something else. Save it again as a real {ending} file."
UNREADABLE = "This file is damaged or was cut off. Open it, save it again, and upload the new copy."
ENCRYPTED = (
    "This file is protected by a password. Save a copy without the password and upload that; we encrypt every file."
)
BOMB = "This file unpacks to far more than its size. Save it again in the program it came from."
ENTRIES = "This file is made of too many parts. Save it again in the program it came from, or print it to PDF."
MACROS = "This file contains macros. Save a copy without macros, or print it to PDF, and upload that."
ACTIVE_XML = "This file contains instructions that could load other files. Print it to PDF and upload that."


class Refused(ValueError):
    """A file that cannot be kept; the text is the sentence shown beside the file."""


CHECKS: Mapping[str, str] = {
    MISLABELLED: "mislabelled",
    HIDDEN_ENDING: "hidden_ending",
    UNREADABLE: "unreadable",
    ENCRYPTED: "encrypted",
    MACROS: "macros",
    ENTRIES: "too_many_entries",
    BOMB: "unpacks_too_large",
    ACTIVE_XML: "active_content",
}
"""Checks of a file's content by what they say; the others look at its name and size."""


def failed_check(refusal: Refused) -> str:
    """Which check of the content a file failed; empty where its name, kind or size was wrong."""
    said = str(refusal)
    return next((name for text, name in CHECKS.items() if said.startswith(text.partition("{")[0])), "")


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes under judgement and the ending they claim."""

    stream: BinaryIO
    size: int
    ending: str

    def mislabelled(self) -> Refused:
        """The refusal of content that is not what the name says."""
        return Refused(MISLABELLED.format(ending=self.ending))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a kept file is."""

    file_name: str
    kind: str
    media_type: str
    size: int


def judge(file_name: str, stream: BinaryIO, *, allowed: Iterable[str], max_megabytes: int) -> Verdict:
    """What the file is, by content (inventory DOC-01, DOC-02, DOC-04; trust S11).

    ``allowed`` are endings in lower case; 1 MB is 1,048,576 bytes. The stream must be seekable and is left
    at its start. Raises Refused with a sentence for the person who chose the file.
    """
    endings = tuple(allowed)
    ending = _checked_ending(file_name, endings)
    size = measured(stream, max_megabytes)
    kind = SAME_KIND.get(ending, ending)
    try:
        _CHECKS[kind](Upload(stream, size, ending))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, IndexError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(UNREADABLE) from error
    finally:
        stream.seek(0)
    return Verdict(unicodedata.normalize("NFC", file_name).strip(), kind, MEDIA_TYPES[kind], size)


def measured(stream: BinaryIO, max_megabytes: int) -> int:
    """The size in bytes, read in chunks and stopped at the limit. Raises Refused when empty or too big."""
    limit, size = max_megabytes * 1024 * 1024, 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            stream.seek(0)
            raise Refused(TOO_BIG.format(limit=max_megabytes))
    stream.seek(0)
    if size == 0:
        raise Refused(EMPTY)
    return size


def _checked_ending(file_name: str, allowed: tuple[str, ...]) -> str:
    name = unicodedata.normalize("NFC", file_name).strip()
    if not name or any(_is_bad(character) for character in name) or name.startswith("."):
        raise Refused(BAD_NAME)
    if len(name) > MAX_NAME:
        raise Refused(LONG_NAME)
    stem, *endings = [part.strip().lower() for part in name.split(".")]
    if not stem or not endings or not endings[-1]:
        raise Refused(NO_ENDING)
    if endings[-1] not in allowed or SAME_KIND.get(endings[-1], endings[-1]) not in MEDIA_TYPES:
        raise Refused(WRONG_ENDING.format(ending=endings[-1][:10], allowed=", ".join(allowed)))
    for inner in endings[:-1]:
        if inner in ACTIVE:
            raise Refused(HIDDEN_ENDING.format(ending=inner))
    return endings[-1]


def _is_bad(character: str) -> bool:
    is_unprintable = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}
    return is_unprintable or character in BIDI or character in '/\\<>:"|?*'


# ---------------------------------------------------------------- pictures and PDF

_ENCRYPT_NAME = rb"/" + b"".join(rb"(?:%c|#%02x|#%02X)" % (letter, letter, letter) for letter in b"Encrypt")
_ENCRYPT = re.compile(_ENCRYPT_NAME + rb"\s*(?:\d+\s+\d+\s+R|<<)")


def _pdf(file: Upload) -> None:
    if not file.stream.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        raise file.mislabelled()
    if b"%%EOF" not in _tail(file.stream, file.size, 4096):
        raise Refused(UNREADABLE)
    if _is_found(file.stream, _ENCRYPT):
        raise Refused(ENCRYPTED)


def _jpg(file: Upload) -> None:
    if file.stream.read(3) != b"\xff\xd8\xff":
        raise file.mislabelled()
    if not _is_found(file.stream, re.compile(rb"\xff\xd9")):
        raise Refused(UNREADABLE)


def _tif(file: Upload) -> None:
    head = file.stream.read(16)
    order = {b"II": "little", b"MM": "big"}.get(head[:2])
    if order is None:
        raise file.mislabelled()
    little = order == "little"
    magic = int.from_bytes(head[2:4], "little" if little else "big")
    if magic not in {42, 43}:
        raise file.mislabelled()
    offset = head[4:8] if magic == 42 else head[8:16]
    if not 8 <= int.from_bytes(offset, "little" if little else "big") < file.size:
        raise Refused(UNREADABLE)


def _mdi(file: Upload) -> None:
    if file.stream.read(4) != b"EP*\x00":
        raise file.mislabelled()
    if file.size < 16:
        raise Refused(UNREADABLE)


def _tail(stream: BinaryIO, size: int, length: int) -> bytes:
    stream.seek(max(0, size - length))
    return stream.read(length)


def _is_found(stream: BinaryIO, pattern: re.Pattern[bytes]) -> bool:
    stream.seek(0)
    kept = b""
    while chunk := stream.read(CHUNK):
        if pattern.search(kept + chunk):
            return True
        kept = (kept + chunk)[-256:]
    return False


# ---------------------------------------------------------------- the older Office formats (OLE)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _doc(file: Upload) -> None:
    with _opened_ole(file) as ole:
        if not ole.exists("WordDocument"):
            raise file.mislabelled()
        head = ole.openstream("WordDocument").read(12)
        if len(head) < 12:
            raise Refused(UNREADABLE)
        if int.from_bytes(head[10:12], "little") & 0x0100:  # FibBase.fEncrypted
            raise Refused(ENCRYPTED)
        _refuse_ole_macros(ole)


def _xls(file: Upload) -> None:
    with _opened_ole(file) as ole:
        book = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        if book is None:
            raise file.mislabelled()
        if _has_filepass(ole.openstream(book)):
            raise Refused(ENCRYPTED)
        _refuse_ole_macros(ole)


def _opened_ole(file: Upload) -> olefile.OleFileIO:
    if file.stream.read(8) != _OLE:
        raise file.mislabelled()
    file.stream.seek(0)
    ole = olefile.OleFileIO(file.stream)
    if ole.exists("EncryptedPackage") or ole.exists("EncryptionInfo"):
        raise Refused(ENCRYPTED)
    return ole


def _refuse_ole_macros(ole: olefile.OleFileIO) -> None:
    if ole.exists("Macros") or ole.exists("_VBA_PROJECT_CUR"):
        raise Refused(MACROS)


def _has_filepass(book: BinaryIO) -> bool:
    """Whether a FILEPASS record (0x002F) stands among the first records, as it does in an encrypted book."""
    for _ in range(64):
        head = book.read(4)
        if len(head) < 4:
            return False
        if int.from_bytes(head[:2], "little") == 0x002F:
            return True
        book.read(int.from_bytes(head[2:], "little"))
    return False


# ---------------------------------------------------------------- packages: docx, xlsx, xps

_MAIN_PART: Mapping[str, tuple[bytes, ...]] = {
    "docx": (b"wordprocessingml.document.main+xml",),
    "xlsx": (b"spreadsheetml.sheet.main+xml",),
    "xps": (b"vnd.ms-package.xps-fixeddocumentsequence+xml",),
}
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def _package(file: Upload) -> None:
    head = file.stream.read(8)
    if head == _OLE:
        file.stream.seek(0)
        _opened_ole(file).close()
        raise file.mislabelled()
    if head[:4] != b"PK\x03\x04":
        raise file.mislabelled()
    with zipfile.ZipFile(file.stream) as package:
        entries = package.infolist()
        _check_entries(entries, file.size)
        _check_types(package, entries, file)
        for entry in entries:
            _check_entry(package, entry)


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Refused(ENTRIES)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused(ENCRYPTED)
    if sum(entry.file_size for entry in entries) > MAX_RATIO * size:
        raise Refused(BOMB)
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in entry.filename:
            raise Refused(UNREADABLE)
        if parts[-1].lower() == "vbaproject.bin":
            raise Refused(MACROS)


def _check_types(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo], file: Upload) -> None:
    found = [entry for entry in entries if entry.filename.lower() == "[content_types].xml"]
    if len(found) != 1 or found[0].file_size > LARGEST_DIRECTORY:
        raise file.mislabelled()
    types = package.read(found[0])
    if b"macroenabled" in types.lower():
        raise Refused(MACROS)
    if not any(part in types for part in _MAIN_PART[file.ending]):
        raise file.mislabelled()


def _check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack the entry without keeping it: the checksum finds damage and sizes that lie."""
    is_markup = entry.filename.lower().endswith((".xml", ".rels", ".fdoc", ".fpage", ".fdseq"))
    with package.open(entry) as part:
        head = part.read(4096)
        if is_markup and _DTD.search(head.replace(b"\x00", b"")):
            raise Refused(ACTIVE_XML)
        while part.read(CHUNK):
            pass


_CHECKS: Mapping[str, Callable[[Upload], None]] = {
    "pdf": _pdf,
    "jpg": _jpg,
    "tif": _tif,
    "mdi": _mdi,
    "doc": _doc,
    "xls": _xls,
    "docx": _package,
    "xlsx": _package,
    "xps": _package,
}
