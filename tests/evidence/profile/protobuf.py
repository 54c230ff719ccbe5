"""Writes pprof profiles: enough of profile.proto to test its reader."""


def varint(value):
    value &= 0xFFFF_FFFF_FFFF_FFFF
    piece = bytearray()
    while value >= 0x80:
        piece.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*piece, value])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, *parts):
    content = b"".join(parts)
    return varint(field << 3 | 2) + varint(len(content)) + content


def packed(field, values):
    return message(field, b"".join(map(varint, values)))


class Writer:
    """Collects strings, functions and locations; a location is a list of (name, file, line), innermost first."""

    def __init__(self, *types, default="", duration_ns=0):
        self.strings, self.functions, self.parts = [""], {}, []
        for what, unit in types:
            self.parts.append(message(1, number(1, self.string(what)), number(2, self.string(unit))))
        if default:
            self.parts.append(number(14, self.string(default)))
        if duration_ns:
            self.parts.append(number(10, duration_ns))
        self.locations = 0

    def string(self, text):
        if text not in self.strings:
            self.strings.append(text)
        return self.strings.index(text)

    def location(self, *lines):
        self.locations += 1
        told = [
            message(4, number(1, self.function(name, file)), number(2, line)) for name, file, line in lines
        ]
        self.parts.append(message(4, number(1, self.locations), *told))
        return self.locations

    def function(self, name, file):
        key = (name, file)
        if key not in self.functions:
            self.functions[key] = len(self.functions) + 1
            self.parts.append(
                message(
                    5,
                    number(1, self.functions[key]),
                    number(2, self.string(name)),
                    number(4, self.string(file)),
                )
            )
        return self.functions[key]

    def sample(self, ids, *values):
        self.parts.append(message(2, packed(1, ids), packed(2, values)))

    def bytes(self):
        return b"".join([*self.parts, *(message(6, text.encode()) for text in self.strings)])
