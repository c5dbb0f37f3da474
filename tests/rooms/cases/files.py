"""Small real files of every kind that may be uploaded, and their wicked relatives."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
ENCRYPTED_PDF = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 5 0 R")
HIDDEN_ENCRYPTED_PDF = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/#45ncry#70t 5 0 R")
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40 + b"\xff\xd9"
TIF = b"II*\x00\x08\x00\x00\x00" + b"\x00" * 32
MDI = b"EP*\x00" + b"\x00" * 32
REACHING_XML = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
XPS = "application/vnd.ms-package.xps-fixeddocumentsequence+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def package(kind: str, **parts: bytes) -> bytes:
    """A zip whose [Content_Types].xml names this kind of main part."""
    types = f'<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="{kind}"/></Types>'.encode()
    return zipped({"[Content_Types].xml": types, "main.xml": b"<document/>", **parts})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_password(archive: bytes) -> bytes:
    """The zip with the bit of encryption set on every entry."""
    content = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file with these streams, each padded to its own sectors."""
    padded = {name: content.ljust(4096, b"\x00") for name, content in streams.items()}
    padded = {name: content.ljust(-(-len(content) // SECTOR) * SECTOR, b"\x00") for name, content in padded.items()}
    directory_sectors = -(-(len(padded) + 1) // 4)
    table = [FAT] + [place + 2 for place in range(directory_sectors - 1)] + [END]
    starts: dict[str, int] = {}
    for name, content in padded.items():
        starts[name], count = len(table), len(content) // SECTOR
        table += [len(table) + 1 + place for place in range(count - 1)] + [END]
    entries = [_entry("Root Entry", 5, END, 0, child=1 if padded else FREE)]
    names = list(padded)
    for place, name in enumerate(names):
        right = place + 2 if place + 1 < len(names) else FREE
        entries.append(_entry(name, 2, starts[name], len(padded[name]), right=right))
    directory = b"".join(entries).ljust(directory_sectors * SECTOR, b"\x00")
    fat = struct.pack("<128I", *(table + [FREE] * (128 - len(table))))
    return _header() + fat + directory + b"".join(padded.values())


def _header() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    return head + struct.pack("<109I", 0, *([FREE] * 108))


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    entry = text.ljust(64, b"\x00") + struct.pack("<HBB", len(text), kind, 1)
    entry += struct.pack("<III", FREE, right, child) + b"\x00" * 36
    return entry + struct.pack("<IQ", start, size)


def word_document(*, is_encrypted: bool = False, **more: bytes) -> bytes:
    """An old Word document."""
    flags = 0x0100 if is_encrypted else 0
    return compound({"WordDocument": b"\xec\xa5" + b"\x00" * 8 + struct.pack("<H", flags), **more})


def old_workbook(*, is_encrypted: bool = False) -> bytes:
    """An old Excel workbook."""
    records = struct.pack("<HH", 0x0809, 4) + b"\x00" * 4
    if is_encrypted:
        records += struct.pack("<HH", 0x002F, 2) + b"\x00\x00"
    return compound({"Workbook": records + struct.pack("<HH", 0x000A, 0)})


def encrypted_office() -> bytes:
    """A new Office document under a password: a compound file around the encrypted package."""
    return compound({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": b"\x00" * 64})
