import unittest

import cms
from node import ModuleTest

COLUMNS = [("name", "string", 20), ("group", "int", 4, "repeating"), ("mac", "string", 17, "unique"), ("load", "float"), ("is_up", "bool")]


def host(name, group):
    return {"name": name, "group": group, "mac": f"mac-{name}", "load": group / 2, "is_up": group > 1}


class TablesTest(ModuleTest):
    def setUp(self):
        super().setUp()
        with self.module.transaction() as tx:
            tx.create_table("hosts", COLUMNS, primary_key="name")
            for row in (host("a", 1), host("b", 2), host("c", 1)):
                tx.insert("hosts", row)
        self.hosts = self.module.table("hosts")

    def test_rows(self):
        self.assertEqual(list(self.hosts), [host("a", 1), host("b", 2), host("c", 1)])
        self.assertEqual(len(self.hosts), 3)
        self.assertEqual(self.hosts["b"], host("b", 2))
        self.assertEqual(self.hosts.get("b"), host("b", 2))
        self.assertIsNone(self.hosts.get("x"))
        self.assertEqual(self.hosts.get("x", 1), 1)
        self.assertRaises(cms.NotFound, lambda: self.hosts["x"])
        self.assertRaises(cms.WrongType, lambda: self.hosts[5])
        self.assertRaises(cms.WrongType, lambda: self.hosts[1.5])
        self.assertIn(host("c", 1), self.hosts)

    def test_finding(self):
        def names(**where):
            return sorted(row["name"] for row in self.hosts.find(**where))

        self.assertEqual(names(group=1), ["a", "c"])
        self.assertEqual(names(mac="mac-b"), ["b"])
        self.assertEqual(names(load=0.5), ["a", "c"])
        self.assertEqual(names(is_up=True, group=2), ["b"])
        self.assertEqual(names(is_up=True, group=1), [])
        self.assertEqual(names(group=7), [])
        self.assertEqual(names(), ["a", "b", "c"])
        self.assertEqual(self.hosts.find({"name": "a"}), [host("a", 1)])
        self.assertRaises(cms.NotFound, self.hosts.find, colour="red")
        self.assertRaises(cms.WrongType, self.hosts.find, group="one")

    def test_columns(self):
        self.assertEqual(self.module.tables(), ["hosts"])
        self.assertEqual(self.hosts.primary_key, "name")
        self.assertEqual(self.hosts.columns, [
            ("name", "string", 20, "primary"), ("group", "int", 4, "repeating"), ("mac", "string", 17, "unique"), ("load", "float", 8, None), ("is_up", "bool", 1, None)])
        self.assertEqual(self.hosts.columns[0].name, "name")
        with self.module.transaction() as tx:
            tx.create_table("same", self.hosts.columns, "name")
        self.assertEqual(self.module.table("same").columns, self.hosts.columns)

    def test_writing(self):
        with self.module.transaction() as tx:
            tx.update("hosts", name="a", group=9)
            tx.delete("hosts", name="b")
            tx.insert("hosts", host("d", 1), mac="other")
        self.assertEqual(self.hosts["a"], host("a", 1) | {"group": 9})
        self.assertEqual([row["name"] for row in self.hosts], ["a", "c", "d"])
        self.assertEqual(self.hosts["d"]["mac"], "other")
        self.assertEqual(self.hosts.revision, tx.revision)
        with self.assertRaises(cms.AlreadyExists):
            with self.module.transaction() as tx:
                tx.insert("hosts", host("a", 1))
        tx = self.module.transaction()
        self.assertRaises(cms.InvalidArgument, tx.delete, "hosts", name="a", group=1)
        self.assertRaises(TypeError, tx.insert, "hosts", name=None)
        self.assertRaises(TypeError, tx.insert)
        self.assertRaises(ValueError, tx.create_table, "t", [("a", "number")], "a")
        self.assertRaises(ValueError, tx.create_table, "t", [("a", "int", 4, "index")], "a")
        self.assertRaises(TypeError, tx.create_table, "t", [("a",)], "a")
        self.assertRaises(cms.TooLarge, tx.create_table, "t", [("a", "int")] * 65, "a")
        tx.drop_table("hosts")
        tx.commit()
        self.assertEqual(self.module.tables(), [])
        self.assertRaises(cms.NotFound, lambda: list(self.hosts))
        self.assertRaises(cms.NotFound, self.module.table, "hosts")

    def test_a_table_of_a_snapshot_stays_as_it_is(self):
        snapshot = self.module.snapshot()
        before = snapshot.table("hosts")
        with self.module.transaction() as tx:
            tx.delete("hosts", name="a")
            tx.create_table("more", [("id", "int")], "id")
            tx.insert("more", id=-5)
        self.assertEqual(len(before), 3)
        self.assertEqual(before["a"], host("a", 1))
        self.assertEqual(before.revision, snapshot.revision)
        self.assertEqual(snapshot.tables(), ["hosts"])
        self.assertEqual(self.module.tables(), ["hosts", "more"])
        self.assertEqual(self.module.table("more")[-5], {"id": -5})
        self.assertEqual(len(self.hosts), 2)


if __name__ == "__main__":
    unittest.main()
