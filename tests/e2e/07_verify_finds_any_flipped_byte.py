"""A clean log verifies; a byte that LMDB uses, flipped in a copy of the store, is found or changes nothing that is read."""
import os
import random
import shutil

import harness
from harness import SANITIZED
from lmdb_pages import Pages

SEED = 7
FLIPS_A_TABLE = 4 if SANITIZED else 12
FLIPS_IN_STRUCTURE = 12 if SANITIZED else 40


class Flip(harness.Test):
    def setUp(self):
        self.city_ = self.city("341502", "341524")
        for agent in self.city_.agents.values():
            agent.load_all()
            agent.wait_empty()
        self.city_.broker.stop()
        self.source = self.city_.broker.folder
        self.store = self.find_store(self.source)

    def find_store(self, folder):
        for parent, _, names in os.walk(folder):
            if "data.mdb" in names:
                return os.path.relpath(os.path.join(parent, "data.mdb"), folder)
        raise AssertionError("no data.mdb")

    def copy_with_flip(self, offset, mask):
        copy = self.city_.path("copy")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.source, copy)
        with open(os.path.join(copy, self.store), "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ mask]))
        return copy

    def verify(self, folder):
        return self.city_.call("audit", "verify", folder, expect=None)

    def used(self):
        with open(os.path.join(self.source, self.store), "rb") as file:
            return list(Pages(file.read()).used())

    def choose(self, dice, ranges):
        at = dice.randrange(sum(used.size for used in ranges))
        for used in ranges:
            if at < used.size:
                return used.offset + at
            at -= used.size
        raise AssertionError

    def test_a_clean_log_verifies(self):
        result = self.verify(self.source)
        self.assertEqual(0, result.code, result)

    def test_a_flipped_byte_of_any_row_is_found(self):
        dice, tables = random.Random(SEED), {}
        for used in self.used():
            if used.what == "row":
                tables.setdefault(used.table, []).append(used)
        self.assertIn("log", tables)
        missed = []
        for table, ranges in sorted(tables.items()):
            for _ in range(FLIPS_A_TABLE * (3 if table == "log" else 1)):
                offset, mask = self.choose(dice, ranges), 1 << dice.randrange(8)
                result = self.verify(self.copy_with_flip(offset, mask))
                if result.code != 1 or not result.said.strip():
                    missed.append(f"{table} at {offset} ^ {mask}: {result}")
        self.assertEqual([], missed)

    def test_a_damaged_structure_is_found_or_changes_nothing_that_is_read(self):
        dice = random.Random(SEED)
        clean = self.city_.broker.replay("--all")
        ranges = [used for used in self.used() if used.what == "structure"]
        for _ in range(FLIPS_IN_STRUCTURE):
            offset, mask = self.choose(dice, ranges), 1 << dice.randrange(8)
            copy = self.copy_with_flip(offset, mask)
            if self.verify(copy).code == 0:
                self.assertEqual(clean, harness.replay(self.city_, copy, "--all"), f"{offset} ^ {mask}")

    def test_the_first_bad_position_is_named(self):
        rows = [used for used in self.used() if used.table == "log" and used.what == "row"]
        last = rows[-1]
        result = self.verify(self.copy_with_flip(last.offset + last.size - 1, 1))
        self.assertEqual(1, result.code, result)
        self.says(result.said, rf"\b{len(rows)}\b")


if __name__ == "__main__":
    harness.main()
