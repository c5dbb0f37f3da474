"""The cases room: drafts, submission, search, home, the case page."""
