"""What one process serves from: every tenant's release in force with its toggles, kept up to date while it runs.

Starts from the contracts' folder; a look at the control plane brings the releases two people published, the switches
over them and the previews. Whatever cannot be read leaves the last good contract in force and the others untouched.
Reading is a look into two dictionaries; nothing is locked, a refresh swaps them whole.
Must not know requests, rooms or threads.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import text

from tenancy.contract import Contract
from tenancy.contract.credentials import clamp
from tenancy.loader import ContractShelf, LoadedContract
from tenancy.releases import INSTALLED, Publication, ReleaseUnknown, get_release
from tenancy.resolver import AmbiguousHost, HostMap
from tenancy.scope import ControlSession
from tenancy.stored import StoredUnreadable, contract_of
from tenancy.toggles import Flips, ToggleChange, flips_at, list_toggles, next_instant, switched
from tenancy.vocabulary import Feature

PREVIEW_LABEL = "preview"
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class PreviewNote:
    """What the banner of a preview says: which draft, from when, until when."""

    slug: str
    release: str
    saved_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Serving:
    """What is in force for one tenant: the release as published, and what is switched over it."""

    base: LoadedContract
    toggles: tuple[ToggleChange, ...] = ()
    preview: PreviewNote | None = None


class ContractsInForce(Mapping[str, LoadedContract]):
    """Slug → the contract in force for everybody. ``for_group`` adds the switches meant for one group."""

    def __init__(self, shelf: ContractShelf, *, base_domain: str) -> None:
        """Serve the folder's good contracts until the first refresh. Raises AmbiguousHost."""
        self.shelf = shelf
        self.faults: Mapping[str, str] = MappingProxyType({})
        self._base_domain = base_domain
        self._serving = {slug: Serving(loaded) for slug, loaded in shelf.good.items()}
        self._shown: dict[str, LoadedContract] = dict(shelf.good)
        self._switched: dict[tuple[str, str, frozenset[tuple[Feature, bool]]], LoadedContract] = {}
        self._kept: dict[tuple[str, str], LoadedContract] = {}
        self._versions: dict[str, int] = {}
        self._next_at: datetime | None = None
        self._at = datetime.min.replace(tzinfo=UTC)
        self.hosts = self._hosts(self._serving)

    def __getitem__(self, slug: str) -> LoadedContract:
        return self._shown[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shown)

    def __len__(self) -> int:
        return len(self._shown)

    def for_group(self, slug: str, group_id: UUID | None) -> LoadedContract:
        """The contract in force with the switches that mean this group. Raises KeyError."""
        serving = self._serving[slug]
        if group_id is None or all(one.is_for_everybody for one in serving.toggles):
            return self._shown[slug]
        return self._with_flips(slug, serving.base, flips_at(serving.toggles, self._at, group_id))

    def published(self, slug: str) -> LoadedContract:
        """The release in force without any switch over it; what a plan and a toggle are compared with."""
        return self._serving[slug].base

    def toggles(self, slug: str) -> tuple[ToggleChange, ...]:
        """The history of the tenant's switches, as of the last refresh."""
        return self._serving[slug].toggles

    def preview(self, slug: str) -> PreviewNote | None:
        """The banner of a preview; None for a real tenant."""
        serving = self._serving.get(slug)
        return serving.preview if serving else None

    def release(self, session: ControlSession, slug: str, release: str) -> LoadedContract:
        """The contract a case was submitted under, however old; kept in memory once read.

        Raises ReleaseUnknown, StoredUnreadable.
        """
        present = self._serving.get(slug)
        if present is not None and present.base.release == release:
            return present.base
        kept = self._kept.get((slug, release))
        return kept or self._keep(slug, release, get_release(session, slug, release))

    def refresh(self, session: ControlSession, now: datetime) -> tuple[str, ...]:
        """Look at the control plane and take over what changed; the slugs whose contract is another now.

        One small query when nothing changed. Database errors are the caller's: what is in force stays.
        """
        versions = {row.slug: row.version for row in session.execute(_VERSIONS)}
        is_due = self._next_at is not None and now >= self._next_at
        if versions == self._versions and not is_due:
            return ()
        faults: dict[str, str] = {}
        found = self._read(session, now, faults)
        changed = tuple(slug for slug in {**self._serving, **found} if not _is_same(self._shown.get(slug), found, slug))
        self._take_over(found, now, faults)
        self._versions = versions
        return changed

    # ------------------------------------------------------------ reading

    def _read(self, session: ControlSession, now: datetime, faults: dict[str, str]) -> dict[str, Serving]:
        publications = [Publication(*row) for row in session.execute(_PUBLICATIONS, {"now": now})]
        toggles: dict[str, list[ToggleChange]] = {}
        for change in list_toggles(session):
            toggles.setdefault(change.slug, []).append(change)
        bases = dict(self.shelf.good)
        for one in publications:
            base = self._published(session, one, faults)
            if base is not None:
                bases[one.slug] = base
        found = {slug: Serving(base, tuple(toggles.get(slug, ()))) for slug, base in bases.items()}
        self._next_at = _soonest(
            next_instant(itertools.chain(*toggles.values()), now),
            session.execute(_NEXT_PUBLICATION, {"now": now}).scalar(),
            session.execute(_NEXT_EXPIRY, {"now": now}).scalar(),
        )
        return {**found, **self._previews(session, now, faults)}

    def _published(self, session: ControlSession, one: Publication, faults: dict[str, str]) -> LoadedContract | None:
        """The contract of a publication; what stands in the folder counts as long as nobody published anything."""
        on_file = self.shelf.good.get(one.slug)
        if on_file is not None and (one.kind == INSTALLED or on_file.release == one.hash):
            return on_file
        try:
            return self.release(session, one.slug, one.hash)
        except (StoredUnreadable, ReleaseUnknown) as error:
            faults[one.slug] = str(error)
            present = self._serving.get(one.slug)
            return present.base if present else None

    def _previews(self, session: ControlSession, now: datetime, faults: dict[str, str]) -> dict[str, Serving]:
        found = {}
        for row in session.execute(_PREVIEWS, {"now": now}):
            kept = self._kept.get((row.tenant, row.hash))
            try:
                loaded = kept or self._keep(row.tenant, row.hash, contract_of(row.content, row.hash))
            except StoredUnreadable as error:
                faults[row.tenant] = str(error)
                continue
            note = PreviewNote(row.slug, row.hash, row.saved_at, row.expires_at)
            found[row.tenant] = Serving(loaded, (), note)
        return found

    def _keep(self, slug: str, release: str, contract: Contract) -> LoadedContract:
        if len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        policy = clamp(contract, self.shelf.floor)
        loaded = LoadedContract(slug, contract, release, MappingProxyType({}), policy)
        self._kept[slug, release] = loaded
        return loaded

    # ------------------------------------------------------------ taking over

    def _take_over(self, found: dict[str, Serving], now: datetime, faults: dict[str, str]) -> None:
        hosts, kept = self._unambiguous(found, faults)
        shown = {slug: self._for_everybody(slug, serving, now) for slug, serving in kept.items()}
        self._at, self._serving, self._shown, self.hosts = now, kept, shown, hosts
        self.faults = MappingProxyType(faults)
        if len(self._switched) > MOST_KEPT:
            self._switched = {}

    def _for_everybody(self, slug: str, serving: Serving, now: datetime) -> LoadedContract:
        return self._with_flips(slug, serving.base, flips_at(serving.toggles, now))

    def _with_flips(self, slug: str, base: LoadedContract, flips: Flips) -> LoadedContract:
        if not flips:
            return base
        key = (slug, base.release, frozenset(flips.items()))
        made = self._switched.get(key)
        if made is None:
            made = self._switched[key] = replace(base, contract=switched(base.contract, flips))
        return made

    def _unambiguous(self, found: dict[str, Serving], faults: dict[str, str]) -> tuple[HostMap, dict[str, Serving]]:
        """The hosts of all; where two claim one, whoever was there first stays and the newcomer is left out."""
        try:
            return self._hosts(found), found
        except AmbiguousHost:
            kept: dict[str, Serving] = {}
            for slug in sorted(found, key=lambda name: (name not in self._serving, name)):
                try:
                    self._hosts({**kept, slug: found[slug]})
                    kept[slug] = found[slug]
                except AmbiguousHost as error:
                    faults[slug] = str(error)
            return self._hosts(kept), kept

    def _hosts(self, serving: Mapping[str, Serving]) -> HostMap:
        labels = {
            slug: f"{one.preview.slug.replace('_', '-')}.{PREVIEW_LABEL}"
            if one.preview
            else one.base.contract.identity.subdomain
            for slug, one in serving.items()
        }
        return HostMap(labels, base_domain=self._base_domain)


def _is_same(shown: LoadedContract | None, found: Mapping[str, Serving], slug: str) -> bool:
    serving = found.get(slug)
    if shown is None or serving is None:
        return False
    return shown.release == serving.base.release and not serving.toggles


def _soonest(*instants: datetime | None) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)


_VERSIONS = text("SELECT slug, version FROM control.contract_version")
_PUBLICATIONS = text(
    "SELECT DISTINCT ON (slug) number, slug, hash, replaces, kind, author, approver, reason, effective_at, recorded_at"
    " FROM control.publication WHERE effective_at <= :now ORDER BY slug, number DESC"
)
_NEXT_PUBLICATION = text("SELECT min(effective_at) FROM control.publication WHERE effective_at > :now")
_PREVIEWS = text(
    "SELECT slug, tenant, hash, content, saved_at, expires_at FROM control.preview WHERE is_ready AND expires_at > :now"
)
_NEXT_EXPIRY = text("SELECT min(expires_at) FROM control.preview WHERE expires_at > :now")
