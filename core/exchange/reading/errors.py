"""The one refusal of a whole file; the words for each code are in `messages.py`."""


class UnreadableFile(Exception):
    """A file that is not read at all: `.code` says why, `.params` what a person needs to mend it (sheet, limit)."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
