"""Files as IPFS has them under the profile unixfs-v1-2025, made here: what the root has to be, and CARs to import.

Only what the comparisons need: leaves of 1 MiB, at most 1024 of them, so one node above them.
"""
import base64
import hashlib

LEAF_BYTES = 1 << 20
MAX_LEAVES = 1024
RAW, DAG_PB = 0x55, 0x70


def varint(number):
    """Unsigned LEB128."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def cid(codec, block):
    """CIDv1 of SHA-256, as bytes."""
    return b"\x01" + varint(codec) + b"\x12\x20" + hashlib.sha256(block).digest()


def text(binary):
    """A CID as it is written: base32."""
    return "b" + base64.b32encode(binary).decode("ascii").lower().rstrip("=")


def _field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def _number(number, value):
    return varint(number << 3) + varint(value)


def root(leaves):
    """The node above leaves, given as (CID, bytes) each: links first, then what UnixFS says of the file."""
    if not 2 <= len(leaves) <= MAX_LEAVES:
        raise ValueError(f"2 to {MAX_LEAVES} leaves, not {len(leaves)}")
    links = b"".join(_field(2, _field(1, name) + _field(2, b"") + _number(3, size)) for name, size in leaves)
    unixfs = _number(1, 2) + _number(3, sum(size for _, size in leaves)) + b"".join(
        _number(4, size) for _, size in leaves)
    return links + _field(1, unixfs)


def section(name, block):
    """Of a CAR."""
    return varint(len(name) + len(block)) + name + block


def header(name):
    """Of a CARv1 with one root: {"roots": [CID], "version": 1} as DAG-CBOR."""
    link = b"\xd8\x2a\x58" + bytes([len(name) + 1]) + b"\0" + name
    body = b"\xa2\x65roots\x81" + link + b"\x67version\x01"
    return varint(len(body)) + body


def write_file(path, pieces):
    """Writes the pieces, each a leaf, and returns the CID of the file."""
    leaves = []
    with open(path, "wb") as out:
        for piece in pieces:
            out.write(piece)
            leaves.append((cid(RAW, piece), len(piece)))
    return text(cid(DAG_PB, root(leaves)))


def write_car(path, pieces):
    """Writes the CAR of the file with these pieces, and returns its root."""
    leaves, spool = [], []
    with open(path, "wb") as out:
        for piece in pieces:
            name = cid(RAW, piece)
            leaves.append((name, len(piece)))
            spool.append(section(name, piece))
        node = root(leaves)
        name = cid(DAG_PB, node)
        out.write(header(name) + section(name, node))
        out.writelines(spool)
    return text(name)
