"""Audit, outbox, files, numbers, worker."""
