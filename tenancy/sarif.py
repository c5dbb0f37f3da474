"""The report of a check as SARIF 2.1.0, which editors and code hosts show beside the lines. Pure.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tenancy.faults import Fault
from tenancy.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(faults: Iterable[Fault]) -> dict[str, Any]:
    """One run of the check: every fault with its place, and the rules that were broken, each described once."""
    found = sorted(set(faults))
    codes = sorted({fault.code for fault in found})
    rules = [{"id": code, "shortDescription": {"text": RULES.get(code, code)}} for code in codes]
    driver = {"name": "charter contract check", "rules": rules}
    results = [_result(fault, codes.index(fault.code)) for fault in found]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(fault: Fault, rule: int) -> dict[str, Any]:
    said = " ".join(part for part in (fault.reason, fault.suggestion, fault.citation) if part)
    region = {"startLine": fault.line, "startColumn": fault.column}
    place = {"artifactLocation": {"uri": fault.file}, "region": region}
    return {
        "ruleId": fault.code,
        "ruleIndex": rule,
        "level": "error" if fault.is_error else "warning",
        "message": {"text": said},
        "locations": [{"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": fault.path}]}],
    }
