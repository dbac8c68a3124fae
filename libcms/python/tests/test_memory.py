import gc
import resource
import sys
import tracemalloc
import unittest

import cms
from node import ModuleTest


class MemoryTest(ModuleTest):
    def grows(self, use):
        """Bytes that stay behind per call: what more calls leave more than few do, which leave what Python keeps to use again.

        The least of some times, since now and then one of Python's own tables grows; a leak is there each time,
        and no object has fewer than 16 bytes.
        """
        few, many = 50, 300
        self.stays(use, few)
        return min((self.stays(use, many) - self.stays(use, few)) / (many - few) for _ in range(3))

    @staticmethod
    def stays(use, calls):
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(calls):
                use()
            gc.collect()
            return tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

    def test_nothing_stays_behind(self):
        snapshot = self.module.snapshot()
        handle = self.module.handle("lan.dns")
        self.set("lan.long", "x" * 1000)
        with self.module.transaction() as tx:
            tx.create_table("hosts", [("name", "string", 9), ("port", "int")], "name")
            tx.insert("hosts", name="a", port=5)
        hosts = self.module.table("hosts")
        uses = {
            "get": lambda: (self.module["lan.ipaddr"], self.module["lan.dns"], self.module.get("lan.no"), "lan.no" in self.module),
            "new key": lambda: self.module["".join(["lan", ".ipaddr"])],
            "missing": lambda: self.swallow(cms.NotFound, lambda: self.module["lan.nothing"]),
            "surrogates": lambda: self.module.get("lan.\udcff"),
            "many": lambda: self.module.many(["lan.ipaddr", "lan.dns", "a.b"]),
            "many long ones": lambda: self.module.many(["lan.ipaddr", "lan.long"]),
            "table": lambda: (list(hosts), hosts["a"], hosts.find(name="a"), hosts.find(port=5), hosts.columns, self.module.tables(), len(hosts)),
            "mapping": lambda: (dict(self.module), len(self.module), list(self.module.items())),
            "sections": lambda: [(dict(section), section.key("x"), repr(section)) for section in self.module.sections()],
            "section": lambda: self.module.section("lan").get("dns"),
            "snapshot": lambda: (self.module.snapshot()["lan.dns"], snapshot["lan.dns"], dict(snapshot)),
            "handle": lambda: (handle.value, handle.get(), self.module.handle("lan.ipaddr").value),
            "wait": lambda: self.swallow(cms.Timeout, lambda: self.module.wait(timeout=0)),
            "handle wait": lambda: self.swallow(cms.Timeout, lambda: handle.wait(0)),
            "open": self.open_and_read,
            "no module": lambda: self.swallow(cms.NotFound, lambda: cms.open("nowhere", self.node.run_directory)),
            "transaction": self.write,
            "refused": lambda: self.swallow(cms.NotFound, self.write_wrong),
            "dropped": lambda: self.module.transaction().push("lan.dns", ["a", "b"]),
            "changes": lambda: list(self.module.changes(since=self.module.revision - 1, timeout=0)),
        }
        for name, use in uses.items():
            with self.subTest(name):
                self.assertLess(self.grows(use), 16)

    def write(self):
        with self.module.transaction("a message") as tx:
            tx["lan.turn"] = self.module.revision
            tx["lan.list"] = ["a", "b"]
            tx.push("lan.list", [b"c", "d\0"])
            tx.update("hosts", name="a", port=self.module.revision)
            rule = tx.add("rule")
            tx[f"{rule}.src"] = 5
            del tx["@rule[0]"]

    def write_wrong(self):
        with self.module.transaction() as tx:
            tx["nowhere.at"] = 5

    @staticmethod
    def swallow(error, use):
        try:
            use()
        except error:
            pass

    def open_and_read(self):
        with cms.open(self.name, self.node.run_directory) as module:
            module["lan.ipaddr"]
            self.swallow(cms.Timeout, lambda: module.wait(timeout=0))

    def test_nothing_stays_behind_outside_of_python(self):
        """What tracemalloc does not see: mappings, and what libcms allocates."""

        def use():
            for _ in range(200):
                self.open_and_read()
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        use()
        self.assertLess(use() - use(), 1024)
        with open("/proc/self/maps", encoding="ascii") as maps:
            self.assertLessEqual(sum(self.name in line for line in maps), 4)

    def test_references_are_counted_right(self):
        key = "".join(["lan.", "counted"])
        before = sys.getrefcount(key)
        self.set(key, "value of it")
        value = self.module[key]
        held = sys.getrefcount(value)
        for _ in range(100):
            self.assertIs(self.module[key], value)
            self.assertIs(self.module.get(key), value)
            self.module.get("lan.none", key)
        self.assertEqual(sys.getrefcount(value), held)
        self.module.close()
        self.assertEqual(sys.getrefcount(key), before)
        self.assertEqual(sys.getrefcount(value), held - 1)


if __name__ == "__main__":
    unittest.main()
