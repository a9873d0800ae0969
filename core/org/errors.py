"""What the organisation refuses."""


class NotAllowed(Exception):
    """A rule of the organisation forbids it; the text says which. `field` names what was typed wrongly, where it is one thing."""

    def __init__(self, text: object = "", *, field: str = "") -> None:
        super().__init__(text)
        self.field = field
