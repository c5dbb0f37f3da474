"""What ``./run`` does: bring up everything the portal stands on, run it, and leave nothing behind.

Standard library only (the mail sink alone uses a package of the environment it runs in), because this code runs
before anything is installed. Must not import the application.
"""
