"""Archives that no program would make, byte by byte where it must be."""

import gzip
import io
import struct
import tarfile
import warnings
import zipfile

from app.evidence.source import Source

SLO = b"apiVersion: openslo/v1\nkind: SLO\n"


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    """The bytes of a zip file; an entry is (name or ZipInfo, data)."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", method) as archive:
        warnings.simplefilter("ignore")  # names that are there twice
        for name, data in entries:
            archive.writestr(name, data, method)
    return made.getvalue()


def tarred(*entries, form=tarfile.GNU_FORMAT):
    """The bytes of a tar file; an entry is (name or TarInfo, data)."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for name, data in entries:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def squeezed(data):
    return gzip.compress(data, mtime=0)


def header(name, *, size=0, sort=b"0"):
    """One block of a tar file, its checksum right; `size` may be bytes as they stand there."""
    block = bytearray(512)
    block[: len(name)] = name
    block[100:108] = b"0000644\0"
    block[124:136] = size if isinstance(size, bytes) else b"%011o\0" % size
    block[156:157] = sort
    block[257:265] = b"ustar\x0000"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def note(records):
    """A pax header and its records, as they stand before an entry."""
    return header(b"note", size=len(records), sort=b"x") + padded(records)


def record(key, value):
    """One record of a pax header: its own length counts."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(b"%d" % length) + len(rest) != length:
        length += 1
    return b"%d" % length + rest


def padded(data):
    return data + bytes(-len(data) % 512)


def large_form(data, *, directory):
    """A zip file with the end record of large archives in front of the usual one, promising `directory` bytes."""
    end = data.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", data, end + 12)
    count = struct.unpack_from("<H", data, end + 10)[0]
    promised = size if directory is None else directory
    longer = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, promised, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return data[:end] + longer + locator + data[end:]


def source(folder, data, name="package.zip"):
    path = folder / name
    path.write_bytes(data)
    return Source(name, path)
