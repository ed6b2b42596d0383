"""lmdb_pages.py - which bytes of an LMDB 0.9 file are in use: walked from the newer meta page, as a reader would.

    PAGE    OFFSET SIZE MEANING                      NODE  OFFSET SIZE MEANING
            0      8    number                             0      4    leaf: data size; branch: child, low
            8      2    unused                             4      2    leaf: flags; branch: child, high
            10     2    flags                              6      2    key size
            12     2    end of the node pointers           8           key, then a leaf's data
            16          2 bytes a pointer, or overflow data
"""
import struct
from collections import namedtuple

BRANCH, LEAF = 1, 2
BIG_DATA, SUB_TABLE = 1, 2
PAGE_HEADER, NODE_HEADER, META_TABLES, TABLE_SIZE = 16, 8, 40, 48
NO_PAGE = (1 << 64) - 1

Used = namedtuple("Used", "table offset size what")  # what: "row" is a key or its data, "structure" leads to it


class Pages:
    def __init__(self, content):
        self.content = content
        self.page_size = struct.unpack_from("<I", content, META_TABLES)[0]
        newest = max((0, 1), key=lambda number: self.meta_transaction(number * self.page_size))
        self.meta = newest * self.page_size
        if struct.unpack_from("<I", content, self.meta + PAGE_HEADER)[0] != 0xBEEFC0DE:
            raise ValueError("not an LMDB file")

    def meta_transaction(self, offset):
        return struct.unpack_from("<Q", self.content, offset + META_TABLES + 2 * TABLE_SIZE + 8)[0]

    def used(self):
        main = self.meta + META_TABLES + TABLE_SIZE
        yield Used("main", main + TABLE_SIZE - 8, 8, "structure")
        yield from self.table("main", main)

    def table(self, name, offset):
        root = struct.unpack_from("<Q", self.content, offset + TABLE_SIZE - 8)[0]
        if root != NO_PAGE:
            yield from self.page(name, root)

    def page(self, table, number):
        start = number * self.page_size
        flags, lower = struct.unpack_from("<HH", self.content, start + 10)
        yield Used(table, start + 10, 4, "structure")
        count = (lower - PAGE_HEADER) // 2
        yield Used(table, start + PAGE_HEADER, 2 * count, "structure")
        for index, pointer in enumerate(struct.unpack_from(f"<{count}H", self.content, start + PAGE_HEADER)):
            yield Used(table, start + pointer, NODE_HEADER, "structure")
            if flags & BRANCH:
                yield from self.branch(table, start + pointer, index)
            elif flags & LEAF:
                yield from self.leaf(table, start + pointer)

    def branch(self, table, node, index):
        low, high, key_size = struct.unpack_from("<IHH", self.content, node)
        if index > 0:  # the first key of a branch is never compared
            yield Used(table, node + NODE_HEADER, key_size, "structure")
        yield from self.page(table, low | high << 32)

    def leaf(self, table, node):
        size, flags, key_size = struct.unpack_from("<IHH", self.content, node)
        key, data = node + NODE_HEADER, node + NODE_HEADER + key_size
        if flags & SUB_TABLE:
            name = self.content[key:data].decode("ascii")
            yield Used(table, key, key_size, "structure")
            yield Used(table, data + TABLE_SIZE - 8, 8, "structure")
            yield from self.table(name, data)
        elif flags & BIG_DATA:
            yield Used(table, key, key_size, "row")
            page = struct.unpack_from("<Q", self.content, data)[0]
            yield Used(table, data, 8, "structure")
            yield Used(table, page * self.page_size + PAGE_HEADER, size, "row")
        else:
            yield Used(table, key, key_size + size, "row")
