"""The payer's reviewers: worklist, determinations, information requests, and what runs by itself."""
