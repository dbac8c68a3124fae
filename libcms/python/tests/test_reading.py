import collections.abc
import gc
import os
import shutil
import tempfile
import unittest

import cms
from node import ModuleTest


class ReadingTest(ModuleTest):
    def test_every_type_of_value(self):
        values = {
            "text": "a", "empty": "", "long": "x" * 70000, "umlaut": "äöü€😀", "zero": "a\0b",
            "int": -7, "most": 2**63 - 1, "least": -(2**63), "float": 1.5, "true": True, "false": False,
            "texts": ["a", "", "äö"], "ints": [1, -2], "floats": [0.5, 1e300], "bools": [True, False], "none": [], "many": ["x" * 100] * 200,
        }
        for option, value in values.items():
            self.set(f"lan.{option}", value)
        for option, value in values.items():
            with self.subTest(option):
                for read in self.reads(f"lan.{option}"):
                    self.assertEqual(read, value)
                    self.assertIs(type(read), type(value))
                    if isinstance(value, list):
                        self.assertEqual([type(element) for element in read], [type(element) for element in value])

    def reads(self, key):
        """The same by every way, each as often as it takes to get what was kept."""
        section = self.module.section("lan")
        handle = self.module.handle(key)
        yield from (self.module[key], self.module[key], self.module[str(key.encode(), "ascii")], self.module.get(key))
        yield from (handle.value, handle.value, handle.get(), self.module.many([key])[0])
        yield from (self.module.snapshot()[key], section[key.split(".")[1]], dict(self.module.items())[key])

    def test_not_a_number_and_bytes_that_are_no_text(self):
        self.set("lan.nan", {"float": "NaN"})
        self.set("lan.bytes", {"base64": "/wBh"})
        self.assertNotEqual(self.module["lan.nan"], self.module["lan.nan"])
        self.assertEqual(self.module["lan.bytes"].encode("utf-8", "surrogateescape"), b"\xff\0a")

    def test_what_is_missing(self):
        for key in ("lan.nothing", "nothing.at", "lan", "", ".", "x" * 600, "lan.\udcff"):
            with self.subTest(key):
                for _ in range(2):
                    self.assertIsNone(self.module.get(key))
                    self.assertEqual(self.module.get(key, 5), 5)
                    self.assertNotIn(key, self.module)
                    self.assertNotIn(key, self.module.snapshot())
                    with self.assertRaises(cms.NotFound) as raised:
                        self.module[key]
                self.assertIsInstance(raised.exception, KeyError)
                self.assertEqual(raised.exception.code, 2)
                self.assertEqual(self.module.many([key, "lan.proto"], 7), [7, "static"])
        for wrong in (None, 5, b"lan.proto", ["lan.proto"]):
            self.assertRaises(TypeError, self.module.get, wrong)
            self.assertRaises(TypeError, lambda wrong=wrong: self.module[wrong])

    def test_a_key_that_comes_and_goes(self):
        handle = self.module.handle("lan.late")
        for value in ("a", "b" * 100, 5, ["c"], "a"):
            self.assertIsNone(self.module.get("lan.late"))
            self.assertIsNone(handle.get())
            self.set("lan.late", value)
            self.assertEqual(self.module["lan.late"], value)
            self.assertEqual(handle.value, value)
            self.set("lan.late", "between")
            self.assertEqual(self.module["lan.late"], "between")
            self.node.commit(self.name, {"op": "delete", "section": "lan", "option": "late"})
        self.assertRaises(cms.NotFound, lambda: handle.value)

    def test_an_unchanged_value_is_the_same_object_and_a_list_is_the_callers(self):
        self.assertIs(self.module["lan.ipaddr"], self.module["lan.ipaddr"])
        self.module["lan.dns"].append("mine")
        self.assertEqual(self.module["lan.dns"], ["1.1.1.1", "9.9.9.9"])

    def test_as_a_mapping(self):
        self.assertIsInstance(self.module, collections.abc.Mapping)
        keys = list(self.module)
        self.assertEqual(keys[:3], ["lan.proto", "lan.ipaddr", "lan.dns"])
        self.assertEqual(len(keys), 5)
        self.assertEqual(len(self.module), 5)
        self.assertEqual([self.module[key] for key in keys], ["static", "192.168.1.1", ["1.1.1.1", "9.9.9.9"], "wan", "lan"])
        for mapping in (self.module, self.module.snapshot()):
            self.assertEqual(list(mapping.keys()), keys)
            self.assertEqual(list(mapping.values()), [self.module[key] for key in keys])
            self.assertEqual(dict(mapping), dict(mapping.items()))

    def test_sections(self):
        lan, first, second = self.module.sections()
        self.assertEqual((lan.type, lan.name, lan.address), ("interface", "lan", "lan"))
        self.assertEqual((first.type, first.name, first.address), ("rule", None, f"#{first.id}"))
        self.assertEqual(dict(lan), {"proto": "static", "ipaddr": "192.168.1.1", "dns": ["1.1.1.1", "9.9.9.9"]})
        self.assertEqual([section["src"] for section in self.module.sections("rule")], ["wan", "lan"])
        self.assertEqual(self.module.sections(type="none"), [])
        self.assertEqual(self.module[second.key("src")], "lan")
        self.assertEqual(self.module.handle(second.key("src")).value, "lan")
        self.assertEqual(self.module.section(second.id)["src"], "lan")
        self.assertIsInstance(lan, collections.abc.Mapping)
        self.assertEqual((len(lan), list(lan), "dns" in lan, lan.get("x", 1)), (3, ["proto", "ipaddr", "dns"], True, 1))
        self.assertRaises(cms.NotFound, self.module.section, "nowhere")
        self.assertRaises(cms.NotFound, self.module.section, 10**6)
        self.assertRaises(cms.NotFound, lambda: lan["nothing"])
        self.set("lan.mtu1", "1500")
        self.assertRaises(cms.NotFound, self.module.section, int.from_bytes(b"lan.mtu1", "little"))

    def test_a_section_is_a_copy_and_a_snapshot_stays_as_it_is(self):
        snapshot = self.module.snapshot()
        lan = self.module.section("lan")
        before = dict(snapshot)
        revision = self.set("lan.ipaddr", "10.0.0.1")
        self.set("lan.more", 1)
        self.node.commit(self.name, {"op": "delete", "section": "@rule[0]"})
        self.assertEqual(dict(snapshot), before)
        self.assertEqual(len(snapshot.sections("rule")), 2)
        self.assertEqual(lan["ipaddr"], "192.168.1.1")
        self.assertEqual(snapshot.revision, 1)
        self.assertEqual(self.module["lan.ipaddr"], "10.0.0.1")
        self.assertEqual(self.module.revision, revision + 2)

    def test_more_keys_than_are_kept(self):
        options = {f"o{number}": str(number) for number in range(6000)}
        self.node.commit(self.name, *({"op": "set", "section": "lan", "option": option, "value": value} for option, value in options.items()))
        for _ in range(2):
            for option, value in options.items():
                self.assertEqual(self.module[f"lan.{option}"], value)
        hot = [f"lan.{option}" for option in options][:200]
        self.assertTrue(all(self.module[key] is self.module[key] for key in hot))

    def test_many(self):
        self.set("lan.long", "x" * 200)
        keys = ["lan.proto", "lan.none", "lan.dns", "\udcff"]
        self.assertEqual(self.module.many(keys), ["static", None, ["1.1.1.1", "9.9.9.9"], None])
        self.assertEqual(self.module.many(iter([*keys, "lan.long"]), default=0), ["static", 0, ["1.1.1.1", "9.9.9.9"], 0, "x" * 200])
        self.assertEqual(self.module.many([]), [])
        self.assertEqual(self.module.many(["lan.proto"] * 1000), ["static"] * 1000)
        self.assertRaises(TypeError, self.module.many, ["lan.proto", 5])
        self.assertRaises(TypeError, self.module.many, 5)

    def test_code_that_runs_in_the_midst_of_a_read_may_close_the_module(self):
        class Closing:
            def __init__(self, module):
                self.module = module
                self.itself = self

            def __del__(self):
                self.module.close()

        self.node.commit(self.name, *({"op": "set", "section": "lan", "option": f"o{number}", "value": ["a"] * 20} for number in range(50)))
        uses = (
            lambda module: module.sections(), dict, lambda module: dict(module.snapshot()), lambda module: module.many(list(self.module)),
            lambda module: [module[key] for key in self.module], len, lambda module: module.handle("lan.o1").value,
        )
        before = gc.get_threshold()
        self.addCleanup(gc.set_threshold, *before)
        for use in uses:
            for threshold in range(1, 40):
                module = cms.open(self.name, self.node.run_directory)
                gc.collect()
                gc.set_threshold(threshold)
                Closing(module)
                try:
                    use(module)
                except ValueError as error:
                    self.assertIn("closed", str(error))
                gc.set_threshold(*before)
                module.close()

    def test_a_closed_module(self):
        handle = self.module.handle("lan.proto")
        snapshot = self.module.snapshot()
        section = self.module.section("lan")
        self.assertEqual(handle.value, "static")
        with self.module as same:
            self.assertIs(same, self.module)
        for use in (
            lambda: self.module["lan.proto"], lambda: self.module.get("lan.proto"), lambda: "lan.proto" in self.module, lambda: len(self.module),
            lambda: list(self.module), lambda: self.module.revision, self.module.sections, self.module.snapshot, self.module.wait, self.module.changes,
            self.module.transaction, lambda: self.module.handle("a.b"), lambda: handle.value, handle.wait, lambda: snapshot["lan.proto"],
            lambda: list(snapshot), snapshot.sections, lambda: self.module.table("t"), lambda: snapshot.table("t"), self.module.tables,
            self.module.__enter__, lambda: self.module.many(["lan.proto"]),
        ):
            self.assertRaisesRegex(ValueError, "closed", use)
        self.assertEqual(section["proto"], "static")
        self.module.close()

    def test_what_cannot_be_opened(self):
        run = self.node.run_directory
        self.assertRaises(cms.NotFound, cms.open, "nowhere", run)
        self.assertRaises(cms.InvalidArgument, cms.open, "../etc", run)
        self.assertRaises(cms.NotFound, cms.open_file, "/nowhere/at.seg")
        self.assertRaises(ValueError, cms.open_file, "a\0b")
        self.assertRaises(TypeError, cms.Module)
        with tempfile.NamedTemporaryFile() as empty:
            self.assertRaises(cms.Error, cms.open_file, empty.name)

    def test_the_run_directory_of_the_environment(self):
        self.addCleanup(os.environ.pop, "CMS_RUN_DIRECTORY", None)
        os.environ["CMS_RUN_DIRECTORY"] = self.node.run_directory
        with cms.open(self.name) as module:
            self.assertEqual(module["lan.proto"], "static")

    def test_a_file(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "copy.seg")
            shutil.copyfile(self.node.segment(self.name), path)
            with cms.open_file(path) as module:
                self.assertEqual(dict(module), dict(self.module))
                self.assertRaisesRegex(ValueError, "file", module.transaction)
                self.assertRaises(cms.Timeout, module.wait, timeout=0)


if __name__ == "__main__":
    unittest.main()
