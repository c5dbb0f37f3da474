"""The provider guide and the portal's help: what a contract says, told to those who work under it."""
