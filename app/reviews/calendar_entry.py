"""A booked talk as an iCalendar file (RFC 5545). It holds the case number, never anything about the member."""

from __future__ import annotations

from datetime import UTC, datetime

from app.reviews.after_reading import TalkView

LONGEST_LINE = 73


def calendar_entry(talk: TalkView, number: str, operator: str, address: str, *, now: datetime) -> str:
    """The entry; a later edition of the same talk replaces it in a calendar, a cancelled one takes it out.

    ``talk`` is one with a time. Times are in UTC, so that every calendar shows them in its own zone.
    """
    if talk.starts_at is None or talk.ends_at is None:
        raise ValueError("the talk has no time yet")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Charter//Peer-to-Peer//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{talk.id}@charter",
        f"SEQUENCE:{talk.version}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(talk.starts_at)}",
        f"DTEND:{_utc(talk.ends_at)}",
        f"SUMMARY:{_text(f'Peer-to-peer review, case {number}')}",
        f"DESCRIPTION:{_text(f'{operator} calls you. Details: {address}cases/{number}')}",
        "STATUS:CONFIRMED",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Text as the format escapes it (RFC 5545, 3.3.11)."""
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(sign, escaped)
    return value


def _folded(line: str) -> str:
    """A line of at most 75 octets; the rest goes on below, after a blank (RFC 5545, 3.1)."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > LONGEST_LINE:
            pieces.append(piece)
            piece = ""
        piece += sign
    return "\r\n ".join([*pieces, piece])
