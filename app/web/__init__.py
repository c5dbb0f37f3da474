"""The web floor: what every page needs and no page decides. Knows no room above it."""
