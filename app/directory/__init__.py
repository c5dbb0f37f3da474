"""Members, providers and code sets: whom a request is for, who gives the care, and how it is coded."""
