"""Rows, files, audit and outbox: everything durable, and nothing that knows a page or a rule of the trade."""
