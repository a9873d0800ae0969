"""The comments of a sheet: those of others stay, ours of before go, new ones are added to the same part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from core.exchange.reading.notes import column_letters
from core.exchange.returning.frame import place_of
from core.exchange.returning.marks import AUTHOR, SAYS
from core.exchange.returning.splicing import Tag, inside, spliced, text, tree
from core.exchange.returning.texts import plain

Cell = tuple[int, int]
EMPTY: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="%s"><authors/><commentList/></comments>'
)
# The author of what stands in for a conversation, which is kept in a part of its own.
_CONVERSATION: Final = "tc="
_LOOK: Final = b'<%srPr>%s<%ssz val="9"/><%scolor indexed="81"/><%srFont val="Tahoma"/></%srPr>'


class Comments:
    """A part of comments, and what becomes of it: `removed` and `added` are the cells whose drawings go and come."""

    def __init__(self, data: bytes, part: str) -> None:
        self._data, self._part = data, part
        self._root = tree(data, part)
        self._prefix = self._root.prefix
        authors = self._root.child("authors")
        self._authors = [self._said(one) for one in (authors.children if authors else ())]
        self.removed: set[Cell] = set()
        self.added: list[Cell] = []

    def written(self, said: Mapping[Cell, str]) -> bytes:
        """The part with a comment on each of these cells; a cell with a conversation keeps that alone."""
        left, changes = dict(said), []
        for comment in self._root.find("comment"):
            cell, author = place_of(comment.attribute("ref") or ""), self._author(comment)
            if cell is None or author.startswith(_CONVERSATION):
                left.pop(cell or (0, 0), None)
            elif author == AUTHOR or self._said(comment).lstrip().startswith(SAYS):
                changes.append((comment.start, comment.end, b""))
                self.removed.add(cell)
            else:
                changes += self._joined(comment, left.pop(cell, None))
        number = self._authors.index(AUTHOR) if AUTHOR in self._authors else len(self._authors)
        self.added = list(left)
        listed, authors = self._root.child("commentList"), self._root.child("authors")
        if listed is None or authors is None:
            return Comments(EMPTY % (self._root.attribute("xmlns") or "").encode(), self._part).written(said)
        changes.append(
            inside(self._data, listed, b"".join(self._comment(cell, one, number) for cell, one in left.items()))
        )
        if AUTHOR not in self._authors:
            changes.append(inside(self._data, authors, self._named(b"<author>%s</author>", text(AUTHOR))))
        return spliced(self._data, changes)

    def _comment(self, cell: Cell, said: str, author: int) -> bytes:
        ref = f"{column_letters(cell[1])}{cell[0]}".encode()
        opening = b'<%scomment ref="%s" authorId="%d">' % (self._prefix, ref, author)
        return opening + self._named(b"<text>%s</text></comment>", self._runs(said, ""))

    def _joined(self, comment: Tag, said: str | None) -> Iterator[tuple[int, int, bytes]]:
        """Theirs without what we said before, and with what we say now."""
        body = comment.child("text")
        if body is None:
            return
        ours = False
        for one in body.children:
            ours = ours or (one.name == "r" and self._said(one).startswith(f"\n\n{SAYS}"))
            if ours:
                yield one.start, one.end, b""
            elif one.name == "t" and said is not None:
                run = self._prefix + b"r"
                yield one.start, one.end, b"<%s>%s</%s>" % (run, self._data[one.start : one.end], run)
        if said is not None:
            yield inside(self._data, body, self._runs(said, "\n\n"))

    def _runs(self, said: str, before: str) -> bytes:
        """Whose comment it is, in bold, and what it says."""
        pieces = ((b"<%sb/>" % self._prefix, f"{before}{SAYS}"), (b"", f"\n{said}"))
        return b"".join(
            self._named(b'<r>\0<t xml:space="preserve">%s</t></r>', text(one)).replace(
                b"\0", _LOOK % (self._prefix, bold, *[self._prefix] * 4)
            )
            for bold, one in pieces
        )

    def _named(self, template: bytes, said: bytes) -> bytes:
        """A template with the prefix on its tags and a text in it."""
        tags = template.replace(b"</", b"\1").replace(b"<", b"<" + self._prefix).replace(b"\1", b"</" + self._prefix)
        return tags % said

    def _author(self, comment: Tag) -> str:
        number = comment.attribute("authorId") or ""
        return self._authors[int(number)] if number.isdecimal() and int(number) < len(self._authors) else ""

    def _said(self, tag: Tag) -> str:
        """The text of an element, as its pieces stand."""
        pieces = (
            [tag] if not tag.children else [one for one in tag.find("t") if one.parent and one.parent.name != "rPh"]
        )
        return "".join(plain(self._data[one.inner : one.close]) for one in pieces)
