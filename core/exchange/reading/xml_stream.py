"""The one way in which XML is parsed here: in pieces, DOCTYPE refused before by Archive, every fault a refusal."""

from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile


class XmlEvents(Protocol):
    """Follows the tags of a stream."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


class XmlStream:
    """Feeds pieces of an XML part to a follower; whatever is no XML in a known coding is UnreadableFile "damaged"."""

    def __init__(self, events: XmlEvents, part: str) -> None:
        self._part = part
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = events.start
        self._parser.EndElementHandler = events.end
        self._parser.CharacterDataHandler = events.text

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise UnreadableFile("damaged", part=self._part) from error

    def feed_all(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self.feed(piece)
        self.feed(b"", last=True)


def cut_before(chunks: Iterable[bytes], mark: bytes) -> Iterator[bytes]:
    """The stream cut only before a tag, so that none of its elements is torn apart; the head stays with the first ones."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(mark)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > limits.MAX_ROW_BYTES:
            raise UnreadableFile("damaged", part="row")
    yield rest
