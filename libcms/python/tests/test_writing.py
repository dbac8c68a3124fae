import os
import signal
import threading
import unittest

import cms
from node import ModuleTest, Node


class WritingTest(ModuleTest):
    def test_an_empty_name_is_refused_where_it_is_given(self):
        with self.module.transaction() as tx:
            self.assertRaises(cms.InvalidArgument, tx.rename, "lan", "")
            self.assertRaises(cms.InvalidArgument, tx.rename, "", "home")
            self.assertRaises(cms.InvalidArgument, tx.drop_table, "")
            tx["lan.after"] = 1
        self.assertEqual(self.module["lan.after"], 1)

    def test_a_transaction_is_committed_at_the_end_of_its_block(self):
        with self.module.transaction("move the lan") as tx:
            tx["lan.mtu"] = 1500
            del tx["lan.dns"]
            tx["lan.ipaddr"] = "10.0.0.1"
            self.assertIsNone(tx.revision)
            self.assertEqual(self.module["lan.ipaddr"], "192.168.1.1")
        self.assertEqual(tx.revision, self.module.revision)
        self.assertEqual(tx.revision, 2)
        self.assertEqual(self.module.many(["lan.mtu", "lan.ipaddr", "lan.dns"]), [1500, "10.0.0.1", None])
        self.assertEqual(self.node.call("GET", f"/modules/{self.name}/history?count=1")[0]["message"], "move the lan")

    def test_an_exception_drops_it(self):
        with self.assertRaises(ZeroDivisionError):
            with self.module.transaction() as tx:
                tx["lan.mtu"] = 1500
                1 / 0
        self.assertNotIn("lan.mtu", self.module)
        self.assertEqual(self.module.revision, 1)
        self.assertRaisesRegex(ValueError, "over", tx.commit)
        self.assertRaisesRegex(ValueError, "over", tx.__setitem__, "lan.mtu", 1)

    def test_every_type_of_value(self):
        values = {
            "text": "a", "empty": "", "long": "x" * 70000, "umlaut": "äöü€😀", "zero": "a\0b",
            "int": -7, "most": 2**63 - 1, "least": -(2**63), "float": 1.5, "infinite": float("inf"), "true": True, "false": False,
            "texts": ["a", "", "äö"], "zeros": ["a\0b", "\0", ""], "ints": [1, -2], "floats": [0.5, 1e300], "bools": [True, False], "none": [],
        }
        with self.module.transaction() as tx:
            for option, value in values.items():
                tx[f"lan.{option}"] = value
            tx["lan.bytes"] = b"\xff\0a"
            tx["lan.surrogate"] = "\udcff"
            tx["lan.tuple"] = (1, 2.5)
        for option, value in values.items():
            with self.subTest(option):
                self.assertEqual(self.module[f"lan.{option}"], value)
                self.assertIs(type(self.module[f"lan.{option}"]), type(value))
        self.assertEqual(self.module["lan.bytes"].encode("utf-8", "surrogateescape"), b"\xff\0a")
        self.assertEqual(self.module["lan.surrogate"], "\udcff")
        self.assertEqual(self.module["lan.tuple"], [1.0, 2.5])

    def test_what_is_no_value(self):
        tx = self.module.transaction()
        for wrong in (None, {}, object(), [None], [1, "a"], [True, 1], [["a"]]):
            self.assertRaises(TypeError, tx.__setitem__, "lan.a", wrong)
        self.assertRaises(OverflowError, tx.__setitem__, "lan.a", 2**63)
        self.assertRaises(TypeError, tx.__setitem__, 5, 5)
        self.assertRaises(ValueError, tx.__setitem__, "a\0b", ["a"])
        self.assertRaises(cms.InvalidArgument, tx.__setitem__, "lan.", 5)
        tx.rollback()
        tx.rollback()

    def test_lists(self):
        with self.module.transaction() as tx:
            tx.push("lan.dns", "8.8.8.8")
            tx.push("lan.dns", ["a", "b"])
            tx.push("lan.new", 5)
            tx.push("lan.numbers", [1, 2, 3])
        self.assertEqual(self.module["lan.dns"], ["1.1.1.1", "9.9.9.9", "8.8.8.8", "a", "b"])
        self.assertEqual(self.module["lan.new"], [5])
        with self.module.transaction() as tx:
            tx.remove("lan.dns", 0)
            tx.replace("lan.numbers", 1, 20)
            tx.push("lan.new", 6)
        self.assertEqual(self.module["lan.dns"], ["9.9.9.9", "8.8.8.8", "a", "b"])
        self.assertEqual(self.module["lan.numbers"], [1, 20, 3])
        self.assertEqual(self.module["lan.new"], [5, 6])
        tx = self.module.transaction()
        self.assertRaises(cms.InvalidArgument, tx.remove, "lan.dns", -1)
        self.assertRaises(cms.InvalidArgument, tx.replace, "lan.dns", -1, "a")
        tx.replace("lan.dns", 99, "a")
        self.assertRaises(cms.NotFound, tx.commit)

    def test_sections(self):
        first = self.module.sections("rule")[0]
        with self.module.transaction() as tx:
            rule = tx.add("rule")
            tx[f"{rule}.src"] = "new"
            self.assertEqual(tx.add("interface", name="wan"), "wan")
            tx["wan.proto"] = "dhcp"
            tx["guest"] = "interface"
            tx["lan"] = "bridge"
            tx.reorder("wan", 0)
            tx.rename("lan.proto", "protocol")
            tx[first.key("src")] = "by key"
            tx[first.key("list")] = ["a", "b"]
            tx.push(first.key("list"), "c")
            tx[f"{first.address}.dest"] = "by address"
            del tx["@rule[1]"]
        sections = self.module.sections()
        self.assertEqual([(section.type, section.name) for section in sections],
            [("interface", "wan"), ("bridge", "lan"), ("rule", None), ("rule", None), ("interface", "guest")])
        self.assertEqual(dict(sections[2]), {"src": "by key", "list": ["a", "b", "c"], "dest": "by address"})
        self.assertEqual(dict(sections[3]), {"src": "new"})
        self.assertEqual(self.module["lan.protocol"], "static")
        with self.module.transaction() as tx:
            tx.rename("guest", "visitors")
            del tx[first.key("list")]
            del tx["wan"]
        self.assertEqual([section.name for section in self.module.sections("interface")], ["visitors"])
        self.assertNotIn("list", self.module.section(first.id))

    def test_refusals_change_nothing_and_say_why(self):
        with self.assertRaises(cms.NotFound) as raised:
            with self.module.transaction() as tx:
                tx["lan.a"] = "1"
                tx["nowhere.a"] = "1"
        self.assertIn("nowhere", str(raised.exception))
        self.assertNotIn("lan.a", self.module)
        self.assertIsNone(tx.revision)

    def test_a_conflict(self):
        section = self.module.section("lan")
        self.set("lan.ipaddr", "10.0.0.1")
        with self.assertRaises(cms.Conflict) as raised:
            with self.module.transaction() as tx:
                tx.expect(section.revision)
                tx["lan.ipaddr"] = "10.0.0.2"
        self.assertIn("lan.ipaddr", str(raised.exception))
        self.assertEqual(self.module["lan.ipaddr"], "10.0.0.1")
        with self.module.transaction() as tx:
            tx.expect(self.module.revision)
            tx["lan.ipaddr"] = "10.0.0.2"
            tx.expect(0)
            tx["lan.new"] = 1
        self.assertEqual(self.module["lan.ipaddr"], "10.0.0.2")

    def test_one_that_says_nothing_makes_no_revision(self):
        with self.module.transaction() as tx:
            tx["lan.proto"] = "static"
        self.assertEqual(tx.revision, 1)
        self.assertEqual(self.module.revision, 1)

    def test_threads_write_at_once(self):
        def write(number):
            for turn in range(10):
                with self.module.transaction() as tx:
                    tx[f"lan.o{number}"] = turn
                self.assertEqual(self.module[f"lan.o{number}"], turn)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.module.many([f"lan.o{number}" for number in range(8)]), [9] * 8)
        self.assertEqual(self.module.revision, 81)

    def test_a_child_of_a_fork_writes_for_itself(self):
        tx = self.module.transaction()
        tx["lan.mine"] = 1
        with self.module.transaction() as other:
            other["lan.before"] = 1
        child = os.fork()
        if child == 0:
            status = 1
            try:
                tx.commit()
            except ValueError:
                with self.module.transaction() as own:
                    own["lan.child"] = 1
                status = 0 if self.module["lan.child"] == 1 else 2
            os._exit(status)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        tx["lan.parent"] = 1
        tx.commit()
        self.assertEqual(self.module.many(["lan.mine", "lan.parent", "lan.child"]), [1, 1, 1])


class RestartTest(unittest.TestCase):
    def setUp(self):
        self.node = Node()
        self.addCleanup(self.node.end)
        self.node.start()
        self.node.load("network", ModuleTest.TEXT)

    def test_reading_goes_on_without_the_daemon_and_writing_after_it(self):
        with cms.open("network", self.node.run_directory) as network:
            changes = network.changes()
            tx = network.transaction()
            tx["lan.a"] = 1
            self.node.stop(signal.SIGKILL)
            self.assertEqual(network["lan.proto"], "static")
            with self.assertRaises(cms.Unavailable) as raised:
                tx.commit()
            self.assertIsInstance(raised.exception, ConnectionError)
            self.node.start()
            self.assertEqual(tx.commit(), 2)
            self.assertEqual(network["lan.a"], 1)
            self.assertEqual(next(changes).key, "lan.a")
            with network.transaction() as again:
                again["lan.a"] = 2
            self.assertEqual(next(changes).value, 2)

    def test_without_a_daemon(self):
        self.node.stop()
        with cms.open("network", self.node.run_directory) as network:
            self.assertRaises(cms.Unavailable, network.transaction)


if __name__ == "__main__":
    unittest.main()
