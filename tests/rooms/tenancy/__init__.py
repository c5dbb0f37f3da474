"""That nothing crosses a tenant: the nine proofs, provisioning and what stands around them."""
