"""What the organisation refuses."""


class NotAllowed(Exception):
    """A rule of the organisation forbids it; the text says which."""
