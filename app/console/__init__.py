"""Contract managers and operators: what they may do to tenants, contracts and boards."""
