"""Encrypted files on disk: one key per tenant, one derived key per file, nothing readable without the database.

A file is AES-256-GCM in pieces of 1 MiB, each bound to slug, case, document, version, its place and whether it
is the last. Must not know what a document is or who may read one.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import DomainError, NotFound, Unavailable
from tenancy.isolation import checked_slug

PIECE = 1 << 20
ORPHAN_AGE_SECONDS = 300.0
_MAGIC = b"CHF1"
_PREFIX = 7
_TAG = 16


class FileTooLarge(DomainError):
    """More bytes came than the contract allows."""

    code = "file_too_large"


class FileEmpty(DomainError):
    """The file holds no byte."""

    code = "file_empty"


class FileNotStored(Unavailable):
    """The bytes could not be made durable (disk full, short write, failed read-back); nothing was kept."""

    code = "file_not_stored"


class FileDamaged(RuntimeError):
    """What lies on disk is not what was stored there under this name."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was durably stored: the hash and the number of the bytes that were sent."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class FileName:
    """The whole name of a stored file; every piece is bound to it."""

    slug: str
    case_id: UUID
    document_id: UUID
    version: int = 1

    @property
    def associated(self) -> bytes:
        """The data every piece is authenticated with."""
        return f"{self.slug}|{self.case_id}|{self.document_id}|{self.version}".encode()


class FileStore:
    """Files of all tenants under one folder; the key of a tenant comes from ``key_for(slug)``."""

    def __init__(self, directory: Path, key_for: Callable[[str], bytes]) -> None:
        self._directory = directory
        self._key_for = key_for

    def put(
        self, slug: str, case_id: UUID, document_id: UUID, stream: BinaryIO, max_bytes: int, *, version: int = 1
    ) -> StoredFile:
        """Store the stream and return its hash and size once the bytes on disk read back to the same hash.

        Written aside, flushed, read back, then renamed into place. Raises FileTooLarge as soon as byte
        ``max_bytes + 1`` arrives, FileEmpty, and FileNotStored when the disk does not hold what was sent.
        """
        name = FileName(checked_slug(slug), case_id, document_id, version)
        target = self._path(name)
        aside = target.with_name(f".aside-{uuid.uuid4()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            stored = self._write(aside, name, stream, max_bytes)
            self._must_read_back(aside, name, stored)
            aside.rename(target)
            _flush_directory(target.parent)
        except (OSError, FileDamaged) as error:
            raise FileNotStored("The file could not be kept just now. Please upload it again.") from error
        finally:
            aside.unlink(missing_ok=True)
        return stored

    def open(self, slug: str, case_id: UUID, document_id: UUID, *, version: int = 1) -> Iterator[bytes]:
        """The file's bytes in pieces, each authenticated before it is given out.

        Raises NotFound when there is no such file, FileDamaged when it is not what was stored.
        """
        name = FileName(checked_slug(slug), case_id, document_id, version)
        path = self._path(name)
        if not path.is_file():
            raise NotFound("The file is not there any more.")
        return self._read(path, name)

    def read(self, slug: str, case_id: UUID, document_id: UUID, *, version: int = 1) -> bytes:
        """The whole file at once; raises as ``open``."""
        return b"".join(self.open(slug, case_id, document_id, version=version))

    def collect_orphans(self, slug: str, known: Callable[[Collection[UUID]], Collection[UUID]]) -> int:
        """Remove files no row speaks of (and unfinished ones) once they are five minutes old; how many.

        ``known`` gets document ids and answers with those a row exists for.
        """
        before = time.time() - ORPHAN_AGE_SECONDS
        old = [path for path in (self._directory / checked_slug(slug)).glob("*/*") if path.stat().st_mtime < before]
        documents = {path: UUID(path.name.partition(".")[0]) for path in old if not path.name.startswith(".aside-")}
        kept = set(known(set(documents.values()))) if documents else set()
        gone = [path for path in old if documents.get(path) not in kept]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def folder_of(self, slug: str) -> Path:
        """The folder that holds every file of the tenant, for hand-over and purge."""
        return self._directory / checked_slug(slug)

    def _path(self, name: FileName) -> Path:
        return self._directory / name.slug / str(name.case_id) / f"{name.document_id}.{name.version}"

    def _cipher(self, name: FileName) -> AESGCM:
        derived = HKDF(SHA256(), 32, salt=name.document_id.bytes, info=b"charter file").derive(self._key_for(name.slug))
        return AESGCM(derived)

    def _write(self, path: Path, name: FileName, stream: BinaryIO, max_bytes: int) -> StoredFile:
        cipher, prefix, digest, size = self._cipher(name), os.urandom(_PREFIX), hashlib.sha256(), 0
        with _descriptor(path) as descriptor:
            _write_all(descriptor, _MAGIC + prefix)
            for number, (piece, is_last) in enumerate(_pieces(stream)):
                size += len(piece)
                if size > max_bytes:
                    raise FileTooLarge(f"The file is larger than the {max_bytes // PIECE} MB allowed.")
                if not size:
                    raise FileEmpty("The file is empty.")
                digest.update(piece)
                sealed = cipher.encrypt(_nonce(prefix, number, is_last), piece, name.associated)
                _write_all(descriptor, sealed)
            os.fsync(descriptor)
        return StoredFile(digest.hexdigest(), size)

    def _must_read_back(self, path: Path, name: FileName, stored: StoredFile) -> None:
        digest, size = hashlib.sha256(), 0
        for piece in self._read(path, name):
            digest.update(piece)
            size += len(piece)
        if StoredFile(digest.hexdigest(), size) != stored:
            raise FileDamaged("the bytes on disk are not the bytes that were sent")

    def _read(self, path: Path, name: FileName) -> Iterator[bytes]:
        cipher = self._cipher(name)
        with path.open("rb") as source:
            opening = source.read(len(_MAGIC) + _PREFIX)
            if opening[: len(_MAGIC)] != _MAGIC or len(opening) != len(_MAGIC) + _PREFIX:
                raise FileDamaged("this is no stored file")
            for number, (sealed, is_last) in enumerate(_pieces(source, PIECE + _TAG)):
                nonce = _nonce(opening[len(_MAGIC) :], number, is_last)
                try:
                    yield cipher.decrypt(nonce, sealed, name.associated)
                except InvalidTag:
                    raise FileDamaged("the file was changed, cut or belongs elsewhere") from None


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, is_last)


def _pieces(stream: BinaryIO, size: int = PIECE) -> Iterator[tuple[bytes, bool]]:
    """Full pieces and whether each is the last; an empty stream is one empty last piece."""
    piece = _read_full(stream, size)
    while True:
        following = _read_full(stream, size) if len(piece) == size else b""
        yield piece, not following
        if not following:
            return
        piece = following


def _read_full(stream: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


@contextmanager
def _descriptor(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        written = os.write(descriptor, rest)
        if written <= 0:
            raise OSError("the disk took no more bytes")
        rest = rest[written:]


def _flush_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
