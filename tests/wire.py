# wire.py - the wire format of protocol buffers: writing the fields of a message, and reading them.


def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7f | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def number(field, n):
    """A field that is a number; 0 is left out, as it is the default."""
    return varint(field << 3) + varint(n) if n else b""


def message(field, *parts):
    """A field that has a length: a message, a text or packed numbers."""
    body = b"".join(parts)
    return varint(field << 3 | 2) + varint(len(body)) + body


def field(number, value):
    """A field with a number, 0 as well, or with bytes."""
    return varint(number << 3) + varint(value) if isinstance(value, int) else message(number, value)


def read_varint(data, at):
    """The number at @at, and where the next byte is."""
    n = shift = 0
    while True:
        byte = data[at]
        at += 1
        n |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return n, at


def fields(data):
    """Each field of a message as (its number, a number or bytes); ValueError where it is cut."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        if key & 7 == 0:
            value, at = read_varint(data, at)
        elif key & 7 == 2:
            size, at = read_varint(data, at)
            if at + size > len(data):
                raise ValueError("field %d is cut" % (key >> 3))
            value, at = data[at:at + size], at + size
        else:
            raise ValueError("wire type %d" % (key & 7))
        yield key >> 3, value


def numbers(data):
    """Packed numbers."""
    at = 0
    while at < len(data):
        n, at = read_varint(data, at)
        yield n


def signed(n):
    """A number of 64 bits that may be below zero."""
    return n - (1 << 64) if n >> 63 else n
