"""A tenant's whole hand-over in one folder: the dump, the files in the clear, and a manifest that proves both.

Must not know what a document is: the caller says which files there should be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from app.storage.files import FileStore
from tenancy.handover import dump_schema, sha256_of

MANIFEST = "manifest.json"


class HandoverBroken(RuntimeError):
    """The folder is not what the manifest, or the database, says it should be."""


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file the database speaks of, with the hash it was stored under."""

    case_id: UUID
    document_id: UUID
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Handover:
    """What was handed over."""

    folder: Path
    tables: int
    rows: int
    files: int


def export_tenant(
    dsn_migrate: str,
    slug: str,
    folder: Path,
    *,
    store: FileStore,
    expected: Iterable[ExpectedFile],
    pg_dump: Path,
    now: datetime,
) -> Handover:
    """Write dump, files and manifest into an empty folder and verify it by reading everything again.

    The folder then holds health data in the clear. Raises HandoverBroken, also when a file the database
    speaks of is missing or differs, and FileExistsError when the folder is not empty.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise FileExistsError("the folder of a hand-over must be empty")
    dump = dump_schema(dsn_migrate, slug, folder / "database.dump", pg_dump=pg_dump)
    files = [_export_file(store, slug, folder, one) for one in expected]
    manifest = {
        "tenant": slug,
        "exported_at": now.isoformat(),
        "schema_revision": dump.revision,
        "rows": dump.rows,
        "files": [{"path": "database.dump", "sha256": dump.sha256, "size": dump.size}, *files],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    verify_export(folder)
    return Handover(folder, len(dump.rows), sum(dump.rows.values()), len(files))


def _export_file(store: FileStore, slug: str, folder: Path, one: ExpectedFile) -> dict[str, object]:
    path = folder / "files" / str(one.case_id) / f"{one.document_id}.{one.version}"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        for piece in store.open(slug, one.case_id, one.document_id, version=one.version):
            digest.update(piece)
            size += target.write(piece)
    if digest.hexdigest() != one.sha256:
        raise HandoverBroken(f"file {one.document_id} is not what was uploaded")
    return {"path": str(path.relative_to(folder)), "sha256": one.sha256, "size": size}


def verify_export(folder: Path) -> int:
    """Read every file of a hand-over again and return how many hold; raises HandoverBroken for the first that fails."""
    manifest = json.loads((folder / MANIFEST).read_text())
    for entry in manifest["files"]:
        path = folder / entry["path"]
        if not path.is_file() or path.stat().st_size != entry["size"] or sha256_of(path) != entry["sha256"]:
            raise HandoverBroken(f"{entry['path']} is not what the manifest says")
    named = {MANIFEST, *(entry["path"] for entry in manifest["files"])}
    if strange := [path for path in folder.rglob("*") if path.is_file() and str(path.relative_to(folder)) not in named]:
        raise HandoverBroken(f"{strange[0].name} is not in the manifest")
    return len(manifest["files"])
