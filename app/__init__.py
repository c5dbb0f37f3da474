"""Charter: one portal for every state contract."""
