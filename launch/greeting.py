"""What the demo says once it is up: where everything is, who may sign in, and their codes.

Must not know how any of it was made; it reads ``demo.json``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from launch.places import ROOT, LaunchError, read_json

_CODE_SECONDS = 30
_RULE = "─" * 100


def text(summary: Mapping[str, Any], seconds: float, state: Path) -> str:
    """The page printed when the demo is ready."""
    lines = ["", _RULE, f"Charter is ready after {seconds:.1f} seconds.", ""]
    for slug, tenant in summary["tenants"].items():
        lines += [f"  {tenant.get('name', slug)}", f"  {tenant['url']}"]
        lines += [_user_line(user) for user in tenant["users"]]
        lines += [_member_line(member) for member in tenant.get("members", ())]
        lines += [_unclaimed_line(one) for one in tenant.get("unclaimed", ())]
        lines.append("")
    lines += _staff_lines(summary)
    where = "" if state == ROOT / ".charter" / "demo" else f" --state-dir {state}"
    lines += [
        f"  Mail sent    {summary['mailbox']}",
        f"  Code of a second factor:  ./run code USER{where}",
        f"  Everybody here is invented. Passwords and keys are kept in {state}",
        "  Ctrl-C stops it all.",
        _RULE,
    ]
    return "\n".join(lines)


def _user_line(user: Mapping[str, Any]) -> str:
    secret = user.get("totp_secret")
    factor = f"second factor {secret}" if secret else "second factor by e-mail"
    return f"    {user['username']:<22} {user['role']:<26} password {user['password']:<22} {factor}"


def _staff_lines(summary: Mapping[str, Any]) -> list[str]:
    """The payer's staff, who sign in with an account of the identity provider; its page asks for the name only."""
    staff = summary.get("staff")
    if not staff:
        return []
    people = [f"    {one['username']:<22} {one['role']}" for one in staff["people"]]
    where = [
        "  Staff: reviewers at the addresses above; contract managers and operations at",
        f"  {summary['console']}",
    ]
    return [*where, *people, f"    vouched for by {staff['issuer']}, no password", ""]


def _unclaimed_line(provider: Mapping[str, str]) -> str:
    return f"    to register: {provider['name']}, NPI {provider['npi']}, code {provider['code']}"


def _member_line(member: Mapping[str, str]) -> str:
    return f"    to try: {member['name']}, born {member['birth_date']}, member ID {member['member_number']}"


def codes(state: Path, username: str, *, now: float | None = None) -> str:
    """The codes that the user's authenticator would show, one line a tenant; raises LaunchError for an unknown user."""
    summary = read_json(state / "demo.json")
    if not isinstance(summary, dict):
        raise LaunchError(f"No demo was prepared in {state}.")
    instant = time.time() if now is None else now
    lines = [
        f"{code_at(user['totp_secret'], instant)}  {tenant['url']}  ({_CODE_SECONDS - int(instant) % _CODE_SECONDS} s)"
        for tenant in summary["tenants"].values()
        for user in tenant["users"]
        if user["username"].lower() == username.lower() and user.get("totp_secret")
    ]
    if not lines:
        raise LaunchError(f"No user {username} with an authenticator is in {state / 'demo.json'}.")
    return "\n".join(lines)


def code_at(secret: str, instant: float) -> str:
    """The six digits of RFC 6238 for a base32 secret at a Unix instant."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(instant) // _CODE_SECONDS), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
