import threading
import unittest

import cms
from node import ModuleTest


class ChangesTest(ModuleTest):
    def heard(self, since):
        return list(self.module.changes(since=since, timeout=0))

    def test_every_kind(self):
        rule = self.module.sections("rule")[0]
        with self.module.transaction() as tx:
            tx["lan.mtu"] = 1500
            del tx["lan.dns"]
            tx.rename("lan.ipaddr", "address")
            tx["lan"] = "bridge"
            tx.add("interface", "wan")
            tx.reorder("wan", 0)
            tx.rename("wan", "uplink")
            del tx[rule.address]
            tx.create_table("hosts", [("name", "string", 9), ("port", "int")], "name")
            tx.insert("hosts", name="a", port=80)
            tx.update("hosts", name="a", port=81)
            tx.delete("hosts", name="a")
            tx.drop_table("hosts")
        changes = self.heard(1)
        self.assertTrue(all(change.revision == tx.revision for change in changes))
        self.assertEqual([change.is_last for change in changes], [False] * (len(changes) - 1) + [True])
        by_kind = {change.kind: change for change in changes}
        self.assertEqual((by_kind["set"].key, by_kind["set"].value, by_kind["set"].section, by_kind["set"].option), ("lan.mtu", 1500, "lan", "mtu"))
        self.assertEqual((by_kind["delete"].key, by_kind["delete"].value), ("lan.dns", None))
        self.assertEqual((by_kind["rename"].option, by_kind["rename"].name), ("ipaddr", "address"))
        self.assertEqual((by_kind["set_section"].section, by_kind["set_section"].type), ("lan", "bridge"))
        self.assertEqual((by_kind["add_section"].type, by_kind["reorder"].index, by_kind["rename_section"].name), ("interface", 0, "uplink"))
        self.assertEqual(by_kind["delete_section"].section_id, rule.id)
        self.assertEqual((by_kind["create_table"].table, by_kind["drop_table"].table), ("hosts", "hosts"))
        self.assertEqual(by_kind["insert_row"].row, {"name": "a", "port": 80})
        self.assertEqual(by_kind["update_row"].row, {"name": "a", "port": 81})
        self.assertEqual(by_kind["delete_row"].row, {"name": "a"})
        self.assertIn("kind='set'", repr(by_kind["set"]))

    def test_values_of_every_type(self):
        values = {"text": "a", "long": "x" * 5000, "int": -5, "float": 1.5, "bool": True, "texts": ["a", "b"], "ints": [1, 2], "none": []}
        with self.module.transaction() as tx:
            for option, value in values.items():
                tx[f"lan.{option}"] = value
        self.assertEqual({change.option: change.value for change in self.heard(1)}, values)

    def test_text_that_is_not_ascii(self):
        for text in ("äö", "€", "😀", "\udcff", "a\0b"):
            with self.module.transaction() as tx:
                tx["lan.text"] = text
            self.assertEqual(self.heard(tx.revision - 1)[0].value, text)

    def test_none_is_left_out(self):
        changes = self.module.changes()
        heard = []

        def hear():
            for change in changes:
                heard.append((change.revision, change.value))
                if change.value == 99:
                    return

        thread = threading.Thread(target=hear)
        thread.start()
        for number in range(100):
            self.set("lan.number", number)
        thread.join(60)
        self.assertEqual(heard, [(number + 2, number) for number in range(100)])

    def test_the_time_is_over_and_it_goes_on(self):
        changes = self.module.changes(timeout=0.01)
        self.assertEqual(list(changes), [])
        self.set("lan.a", "1")
        self.assertEqual([change.value for change in changes], ["1"])
        self.assertEqual(list(changes), [])
        changes.close()
        self.set("lan.a", "2")
        self.assertEqual(list(changes), [])

    def test_two_threads_do_not_share_one(self):
        changes = self.module.changes(timeout=0.02)
        is_over = threading.Event()
        refused = []

        def wait_again_and_again():
            while not is_over.is_set():
                try:
                    next(changes, None)
                except ValueError as error:
                    refused.append(error)
                    is_over.set()

        threads = [threading.Thread(target=wait_again_and_again) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertIn("another thread", str(refused[0]))
        self.set("lan.a", "1")
        self.assertEqual(next(changes).value, "1")

    def test_a_revision_that_is_not_there(self):
        self.assertRaises(cms.InvalidArgument, list, self.module.changes(since=1000, timeout=0))


if __name__ == "__main__":
    unittest.main()
