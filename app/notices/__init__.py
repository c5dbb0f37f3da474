"""Everything that leaves for a person: letters, e-mail, messages."""
