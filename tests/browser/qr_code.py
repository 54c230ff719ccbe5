"""Reads a QR code from a picture of it, as a phone would that sees it undamaged and straight.

ISO/IEC 18004 for versions 1 to 6, error correction M, byte mode: what an address of a certificate needs. Nothing is
corrected, so a single wrong module gives another text.
"""

from PIL import Image

BLOCKS = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4}
"""Blocks of equal size whose bytes are interleaved, by version."""
DATA = {1: 16, 2: 28, 3: 44, 4: 64, 5: 86, 6: 108}
"""Bytes that are data, by version."""
MASKS = (
    lambda row, column: (row + column) % 2,
    lambda row, column: row % 2,
    lambda row, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
)
MASK_OF_FORMAT, LEVEL_M = 0b101010000010010, 0b00


def read(path):
    """The text of the code in this picture; dark modules on a light ground, whatever lies around it."""
    modules = _modules(Image.open(path).convert("L"))
    version = (len(modules) - 17) // 4
    bits = [modules[row][column] for row, column in _way(len(modules), version)]
    stored = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)][: DATA[version]]
    blocks, size = BLOCKS[version], DATA[version] // BLOCKS[version]
    data = [stored[at * blocks + block] for block in range(blocks) for at in range(size)]
    stream = [byte >> shift & 1 for byte in data for shift in range(7, -1, -1)]
    assert _number(stream[:4]) == 0b0100, "not in byte mode"
    length = _number(stream[4:12])
    return bytes(_number(stream[12 + 8 * at : 20 + 8 * at]) for at in range(length)).decode()


def _modules(picture):
    """Which modules are dark, unmasked; measured by the upper left finder, which is seven modules wide."""
    left, top, right, bottom = picture.point(lambda light: 255 * (light < 128)).getbbox()
    run = next(at for at in range(left, right) if picture.getpixel((at, top + 1)) >= 128) - left
    size = round((right - left) * 7 / run)
    width, height = (right - left) / size, (bottom - top) / size
    dark = [
        [
            int(picture.getpixel((int(left + (column + 0.5) * width), int(top + (row + 0.5) * height))) < 128)
            for column in range(size)
        ]
        for row in range(size)
    ]
    format_bits = _number([dark[8][column] for column in (0, 1, 2, 3, 4)]) ^ MASK_OF_FORMAT >> 10
    assert format_bits >> 3 == LEVEL_M, "another level of error correction"
    is_flipped = MASKS[format_bits & 7]
    return [
        [bit ^ (is_flipped(row, column) == 0) for column, bit in enumerate(line)]
        for row, line in enumerate(dark)
    ]


def _way(size, version):
    """The modules that hold bytes, in their order: two columns at a time from the right, up and down in turn."""
    columns = [column for column in range(size - 1, 0, -2) if column > 6]
    columns += range(5, 0, -2)
    for turn, right in enumerate(columns):
        for row in range(size) if turn % 2 else range(size - 1, -1, -1):
            for column in (right, right - 1):
                if not _is_pattern(row, column, size, version):
                    yield row, column


def _is_pattern(row, column, size, version):
    """Finders with what stands beside them, the two lines of timing, and the one alignment pattern."""
    in_finder = (
        (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9)
    )
    centre = size - 7
    in_alignment = version > 1 and abs(row - centre) <= 2 and abs(column - centre) <= 2
    return in_finder or in_alignment or 6 in (row, column)


def _number(bits):
    return int("".join(str(int(bit)) for bit in bits), 2)
