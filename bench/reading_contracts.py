"""How fast a request reads a function or a rule of the contract in force. Needs no database.

Prints microseconds a read; ends with 1 over five.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path

from tenancy.in_force import ContractsInForce
from tenancy.loader import load_directory
from tenancy.vocabulary import Feature

ROOT = Path(__file__).resolve().parent.parent / "contracts"
READS, BOUND = 200_000, 5.0


def main() -> int:
    """Print both figures; 1 if one is over its bound."""
    contracts = ContractsInForce(load_directory(ROOT), base_domain="localhost")
    slug, group = next(iter(contracts)), uuid.uuid4()
    function = _microseconds(lambda: contracts.for_group(slug, group).contract.features.get(Feature.COPY, False))
    rule = _microseconds(lambda: contracts[slug].contract.rights.get("reconsideration"))
    print(f"reading a function for a group: {function:.2f} µs, a rule: {rule:.2f} µs (bound {BOUND:.0f} µs)")
    return 1 if max(function, rule) > BOUND else 0


def _microseconds(read: object) -> float:
    assert callable(read)
    began = time.process_time()
    for _ in range(READS):
        read()
    return (time.process_time() - began) / READS * 1e6


if __name__ == "__main__":
    raise SystemExit(main())
