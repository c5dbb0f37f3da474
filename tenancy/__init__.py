"""What a tenant is, which contract is in force for it, and that nothing crosses it. Never imports app."""
