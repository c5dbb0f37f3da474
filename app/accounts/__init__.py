"""Accounts: people, their provider groups and roles, sign-in, second factors, sessions."""
