#!/usr/bin/env python3
"""test_tidy.py - every rule of tidy.py finds what it is for, and a clean tree has no findings."""
import unittest

import tidy

GOOD = {
    "base/bytes.h": "/* bytes.h - borrowed bytes. */\n#pragma once\n",
    "base/bytes.c": '/* bytes.c - see bytes.h. */\n#include "base/bytes.h"\n',
    "ledger/event/event.h": '/* event.h - an event. */\n#pragma once\n#include "base/bytes.h"\n',
    "ledger/fold/ledger.h": '/* ledger.h - all events. */\n#pragma once\n#include "ledger/event/event.h"\n',
    "proto/wire.h": '/* wire.h - the codec. */\n#pragma once\n#include "ledger/event/event.h"\n',
    "proto/wire.c": '/* wire.c - the codec. */\n#include "proto/wire.h"\n#include "huoshui.pb-c.h"\n',
    "proto/wire_push.c": '/* wire_push.c - pushes. */\n#include "proto/wire.h"\n',
    "store/store.h": "/* store.h - the store. */\n#pragma once\n",
    "store/store.c": '/* store.c - the store. */\n#include <lmdb.h>\n#include "store/store.h"\n',
    "io/zsock.h": "/* zsock.h - a socket on a loop. */\n#pragma once\n",
    "io/zsock.c": '/* zsock.c - a socket on a loop. */\n#include <uv.h>\n#include <zmq.h>\n#include "io/zsock.h"\n',
    "broker/hub.h": '/* hub.h - routes. */\n#pragma once\n#include "proto/wire.h"\n',
    "broker/hub.c": '/* hub.c - routes. */\n#include "broker/hub.h"\n',
    "broker/commit.h": '/* commit.h - one transaction. */\n#pragma once\n#include "store/store.h"\n',
    "broker/commit.c": '/* commit.c - one transaction. */\n#include "broker/commit.h"\n',
    "broker/server.h": "/* server.h - the loop. */\n#pragma once\n",
    "broker/server.c": '/* server.c - the loop; its "sprintf(" is only a word. */\n#include <uv.h>\n#include "broker/server.h"\n'
                       '#include "broker/hub.h"\n#include "broker/commit.h"\n#include "io/zsock.h"\n',
    "broker/main.c": '/* main.c - the program. */\n#include "broker/server.h"\n',
    "tests/unit/test_bytes.c": "/* test_bytes.c - bytes. */\nstatic void equal_bytes_are_equal(void **state)\n{\n}\n"
                               "int main(void)\n{\n    struct CMUnitTest tests[] = {cmocka_unit_test(equal_bytes_are_equal)};\n}\n",
}

HEAD = "/* %s - x. */\n"


class EveryRuleCanFail(unittest.TestCase):
    def complaints(self, path, text):
        return {rule for _, _, rule, _ in tidy.findings(tidy.Tree({**GOOD, path: text}))}

    def breaks(self, rule, path, text):
        self.assertIn(rule.__name__, self.complaints(path, text), f"{path} with:\n{text}")

    def add(self, rule, path, text):
        """The good file with something bad at its end breaks the rule."""
        self.breaks(rule, path, GOOD[path] + text)

    def test_a_clean_tree_has_no_findings(self):
        self.assertEqual([], tidy.findings(tidy.Tree(GOOD)))

    def test_an_include_that_points_up_is_found(self):
        self.add(tidy.includes_point_down, "base/bytes.c", '#include "ledger/event/event.h"\n')
        self.add(tidy.includes_point_down, "store/store.c", '#include "proto/wire.h"\n')
        self.add(tidy.includes_point_down, "io/zsock.c", '#include "ledger/event/event.h"\n')

    def test_a_program_that_includes_another_is_found(self):
        self.breaks(tidy.includes_point_down, "agent/main.c", HEAD % "main.c" + '#include "broker/hub.h"\n')

    def test_a_sub_room_that_includes_one_that_builds_on_it_is_found(self):
        self.add(tidy.sub_rooms_build_on_those_before, "ledger/event/event.h", '#include "ledger/fold/ledger.h"\n')
        self.breaks(tidy.sub_rooms_build_on_those_before, "ledger/else/x.h", HEAD % "x.h" + "#pragma once\n")

    def test_a_header_in_the_wrong_room_is_found(self):
        self.add(tidy.headers_have_owners, "ledger/event/event.h", '#include "huoshui.pb-c.h"\n')
        self.add(tidy.headers_have_owners, "broker/server.c", "#include <zmq.h>\n")
        self.add(tidy.headers_have_owners, "broker/hub.c", "#include <uv.h>\n")
        self.add(tidy.headers_have_owners, "broker/commit.c", "#include <lmdb.h>\n")

    def test_a_core_with_a_socket_a_store_or_a_clock_is_found(self):
        self.add(tidy.cores_only_decide, "broker/hub.c", '#include "io/zsock.h"\n')
        self.add(tidy.cores_only_decide, "broker/hub.h", '#include "store/store.h"\n')
        self.add(tidy.cores_only_decide, "broker/commit.c", '#include "io/zsock.h"\n')
        self.add(tidy.cores_only_decide, "broker/hub.c", "#include <time.h>\n")
        self.add(tidy.cores_only_decide, "broker/hub.c", "#include <sys/socket.h>\n")

    def test_a_long_file_is_found(self):
        self.add(tidy.files_stay_short, "io/zsock.c", "\n" * 500)
        self.add(tidy.files_stay_short, "io/zsock.h", "\n" * 120)
        self.add(tidy.files_stay_short, "broker/hub.c", "\n" * 400)

    def test_a_long_function_is_found(self):
        self.add(tidy.functions_stay_short, "io/zsock.c", "void f(void)\n{\n" + "    g();\n" * 71 + "}\n")
        just_right = GOOD["io/zsock.c"] + "void f(void)\n{\n" + "    g();\n" * 70 + "}\n"
        self.assertEqual(set(), self.complaints("io/zsock.c", just_right))

    def test_a_file_without_a_short_head_is_found(self):
        self.breaks(tidy.files_say_what_they_are_for, "broker/main.c", '#include "broker/server.h"\n')
        self.assertEqual(set(), self.complaints("io/zsock.c", GOOD["io/zsock.c"].split("\n", 1)[1]))
        self.breaks(tidy.files_say_what_they_are_for, "io/zsock.h",
                    "/*\n * zsock.h -\n" + " * x\n" * 7 + " */\n#pragma once\n")
        self.breaks(tidy.files_say_what_they_are_for, "io/zsock.h", "/* zsock.h - x. */\n")

    def test_each_banned_call_is_found(self):
        for call in tidy.BANNED_CALLS:
            self.add(tidy.calls_are_safe, "io/zsock.c", f"int x = {call}(a);\n")

    def test_each_sleep_in_a_test_is_found(self):
        for call in tidy.SLEEPS:
            self.add(tidy.tests_never_sleep, "tests/unit/test_bytes.c", f"{call}(1);\n")
            self.breaks(tidy.tests_never_sleep, "tests/e2e/01_x.py", f"time.{call}(1)\n")

    def test_unfinished_work_is_found(self):
        for word in ("TO" "DO", "FIX" "ME"):
            self.add(tidy.nothing_is_unfinished, "io/zsock.c", f"/* {word} */\n")
            self.breaks(tidy.nothing_is_unfinished, "README.md", f"{word}: write this\n")

    def test_a_file_without_a_user_is_found(self):
        self.breaks(tidy.every_file_has_a_user, "base/alone.c", HEAD % "alone.c")
        self.breaks(tidy.every_file_has_a_user, "broker/server.c", GOOD["broker/server.c"].replace('"io/zsock.h"', '"x.h"'))

    def test_a_test_whose_name_is_no_sentence_is_found(self):
        for name in ("test_bytes_are_equal", "bytes", "Bytes_Are_Equal"):
            text = GOOD["tests/unit/test_bytes.c"].replace("equal_bytes_are_equal", name)
            self.breaks(tidy.test_names_are_sentences, "tests/unit/test_bytes.c", text)

    def test_a_test_that_is_never_registered_is_found(self):
        self.breaks(tidy.test_names_are_sentences, "tests/unit/test_bytes.c",
                    GOOD["tests/unit/test_bytes.c"].replace("cmocka_unit_test(equal_bytes_are_equal)", "0"))

    def test_a_test_file_named_after_nothing_is_found(self):
        self.breaks(tidy.test_files_are_named_after_files, "tests/unit/test_nothing.c", HEAD % "test_nothing.c")
        self.breaks(tidy.test_files_are_named_after_files, "tests/unit/bytes.c", HEAD % "bytes.c")

    def test_every_rule_is_shown_a_tree_that_breaks_it(self):
        with open(__file__, encoding="utf-8") as file:
            text = file.read()
        for rule in tidy.RULES:
            self.assertIn(f"tidy.{rule.__name__},", text)


if __name__ == "__main__":
    unittest.main()
