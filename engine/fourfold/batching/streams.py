"""The bytes of a file as UTF-8 text, from any place on: plain, packed with gzip, in another encoding."""

import codecs
import gzip
import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from fourfold.problem import Problem, Problems
from fourfold.span import Span

SAMPLE = 1 << 20
NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a mark", "utf-16": "UTF-16", "gb18030": "GB18030", "latin-1": "Latin-1 (Windows)"}

LINE_BITS = 40


def place_of(byte: int, line: int) -> int:
    """Return a byte and the number of its line as one number, so that a resumed run numbers its rows as the first one did."""
    return (byte << LINE_BITS) | line


def byte_and_line(place: int) -> tuple[int, int]:
    """Return what `place_of` made one number of."""
    return place >> LINE_BITS, place & ((1 << LINE_BITS) - 1)


def unreadable(path: Path, reason: str, help: str, code: str = "F130") -> Problems:
    """Return the problem of a file that is no table."""
    return Problems([Problem(code, f"`{path}` {reason}", Span(str(path), 1, 1), help=help)])


@dataclass(slots=True)
class Stream:
    """A file as UTF-8 bytes that are read forward; `window` gives the same bytes for the same place, always."""

    path: Path
    encoding: str = ""
    source: IO[bytes] | None = None
    decoder: codecs.IncrementalDecoder | None = None
    held: bytearray = field(default_factory=bytearray)
    begin: int = 0
    at_end: bool = False

    def sample(self) -> bytes:
        """Return the beginning of the file as it is, unpacked."""
        with _opened(self.path) as file:
            try:
                return file.read(SAMPLE)
            except (OSError, EOFError) as fault:
                raise unreadable(self.path, f"cannot be unpacked: {fault}", "is it a whole .gz file?") from None

    def window(self, place: int, size: int) -> bytes:
        """Return up to `size` bytes from a place on; fewer only at the end of the file."""
        if self.source is None or place < self.begin:
            self._start(place)
        if place > self.begin:
            drop = min(place - self.begin, len(self.held))
            del self.held[:drop]
            self.begin += drop
        while not self.at_end and (self.begin + len(self.held)) < place + size:
            self._more()
            if self.begin < place:
                drop = min(place - self.begin, len(self.held))
                del self.held[:drop]
                self.begin += drop
        return bytes(self.held[:size])

    def is_done(self, place: int, size: int) -> bool:
        """Return whether a window reaches the end of the file; asked after `window`."""
        return self.at_end and self.begin + len(self.held) <= place + size

    def close(self) -> None:
        """Close the file."""
        if self.source is not None:
            self.source.close()
            self.source = None

    def _start(self, place: int) -> None:
        self.close()
        self.held, self.begin, self.at_end = bytearray(), 0, False
        self.source = _opened(self.path)
        self.decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace") if self.encoding not in ("utf-8", "utf-8-sig") else None
        if self.decoder is None and not isinstance(self.source, gzip.GzipFile):
            self.source.seek(place)
            self.begin = place

    def _more(self) -> None:
        assert self.source is not None
        try:
            piece = self.source.read(SAMPLE)
        except (OSError, EOFError) as fault:
            raise unreadable(self.path, f"cannot be read on: {fault}", "the file is cut off or damaged; get it again") from None
        self.at_end = not piece
        if self.decoder is not None:
            piece = self.decoder.decode(piece, final=self.at_end).removeprefix("\ufeff").encode()
        self.held += piece


def _opened(path: Path) -> IO[bytes]:
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
        return cast("IO[bytes]", gzip.GzipFile(path)) if is_packed else path.open("rb")
    except OSError as fault:
        raise Problems([Problem("F101", f"`{path}` cannot be read: {(fault.strerror or 'the system refused').lower()}", Span(str(path), 1, 1), help="is the name right?")]) from None


def encoding_of(sample: bytes, path: Path) -> str:
    """Return the encoding of a text by its beginning: a mark, valid UTF-8, Chinese, else Western."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in sample:
        raise unreadable(path, "is no text: it holds bytes of a binary file", "save it as CSV, or give it the ending of its kind (.xlsx, .parquet)")
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    for name in ("utf-8", "gb18030"):
        if _fits(sample, name):
            return name
    return "latin-1"


def _fits(sample: bytes, encoding: str) -> bool:
    """Return whether a sample is text of an encoding; what is cut off at its end does not count."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(sample, final=len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return False
    if encoding != "gb18030":
        return True
    wide = [sign for sign in text if ord(sign) > 127]
    return bool(wide) and sum("\u4e00" <= sign <= "\u9fff" or "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uffef" for sign in wide) >= 0.8 * len(wide)


def kind_of(sample: bytes, path: Path) -> str:
    """Return what a file is by its first bytes, which know better than its name: parquet, xlsx, text."""
    if sample.startswith(b"PAR1"):
        return "parquet"
    if sample.startswith(b"PK\x03\x04"):
        return "xlsx"
    if sample.startswith(b"\xd0\xcf\x11\xe0"):
        raise unreadable(path, "is a workbook of the old format, or has a password", "save it as .xlsx without a password, or as CSV")
    if sample.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise unreadable(path, "is no table but a document or a picture", "give a .csv, .tsv, .xlsx, .jsonl or .parquet file")
    return "text"


def kept_from(stdin: IO[bytes], path: Path) -> None:
    """Write what comes in on standard input to a file, from which it can be read twice."""
    with path.open("wb") as file:
        while piece := stdin.read(SAMPLE):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def as_stream(data: bytes) -> io.BytesIO:
    """Return bytes as a file, as Polars reads them."""
    return io.BytesIO(data)
