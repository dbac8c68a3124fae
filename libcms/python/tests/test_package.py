import ast
import inspect
import io
import os
import pathlib
import pydoc
import unittest

import cms
from node import Node

TESTS = pathlib.Path(__file__).parent
README = TESTS.parents[2] / "README.md"
HEADER = TESTS.parents[1] / "include" / "cms.h"


class PackageTest(unittest.TestCase):
    def test_the_stub_has_what_the_package_has(self):
        stub = ast.parse((pathlib.Path(cms.__file__).parent / "_cms.pyi").read_text(encoding="utf-8"))
        declared = {node.name: node for node in stub.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
        self.assertEqual(sorted(declared), cms.__all__)
        for name, node in declared.items():
            if isinstance(node, ast.ClassDef) and not issubclass(getattr(cms, name), (cms.Error, tuple)):
                members = {item.name for item in node.body if isinstance(item, ast.FunctionDef)} - {"__enter__", "__exit__"}
                inherited = {"get", "keys", "items", "values", "__contains__"} if node.bases else set()
                has = {member for member in vars(getattr(cms, name)) if not member.startswith("__")}
                with self.subTest(name):
                    self.assertEqual({member for member in members if not member.startswith("__")} | (inherited & has), has)
                    self.assertLessEqual(members, set(dir(getattr(cms, name))))

    def test_the_bases_of_exceptions_are_those_of_the_stub(self):
        stub = ast.parse((pathlib.Path(cms.__file__).parent / "_cms.pyi").read_text(encoding="utf-8"))
        for node in stub.body:
            if isinstance(node, ast.ClassDef) and inspect.isclass(getattr(cms, node.name)) and issubclass(getattr(cms, node.name), Exception):
                with self.subTest(node.name):
                    self.assertEqual([base.__name__ for base in getattr(cms, node.name).__bases__], [base.id for base in node.bases])

    def test_there_is_an_exception_for_each_status(self):
        numbers = {error.code: error for error in vars(cms).values() if inspect.isclass(error) and issubclass(error, cms.Error)}
        for line in HEADER.read_text(encoding="utf-8").split("#define CMS_STATUSES(X)")[1].split("\n\n")[0].splitlines()[1:]:
            name, number, sentence = line.split("X(")[1].rsplit(")", 1)[0].split(", ", 2)
            if name not in ("OK", "END"):
                with self.subTest(name):
                    self.assertEqual(numbers[int(number)].__doc__, sentence.strip('"'))

    def test_help_helps(self):
        for name in ("Module", "Snapshot", "Section", "Handle", "Transaction", "Table", "Changes"):
            made = getattr(cms, name)
            for member, value in vars(made).items():
                if not member.startswith("_"):
                    self.assertTrue(value.__doc__, f"{name}.{member}")
            self.assertEqual(made.__module__, "cms")
        text = io.StringIO()
        pydoc.Helper(output=text).help(cms)
        for said in ("class Transaction", "sections(self, /, type=None)", "Raises Timeout", "cms.open"):
            self.assertTrue(said in text.getvalue(), said)
        self.assertEqual(str(inspect.signature(cms.Module.wait)), "(self, /, seen=None, timeout=None)")
        self.assertEqual(str(inspect.signature(cms.open)), "(module, run_directory=None)")

    def test_the_example_of_the_readme(self):
        text = README.read_text(encoding="utf-8")
        example = text.split("```python\n")[1].split("```")[0]
        node = Node()
        self.addCleanup(node.end)
        node.start()
        node.load("network", "config interface 'lan'\n\toption ipaddr '192.168.1.1'\n")
        self.addCleanup(os.environ.pop, "CMS_RUN_DIRECTORY", None)
        os.environ["CMS_RUN_DIRECTORY"] = node.run_directory
        names = {}
        exec(example, names)
        with cms.open("network") as network:
            self.assertEqual(network["lan.mtu"], 1500)
            self.assertEqual(network["lan.dns"], ["1.1.1.1"])

    def test_nothing_of_the_library_is_to_be_seen_from_outside(self):
        [extension] = pathlib.Path(cms.__file__).parent.glob("_cms*.so")
        self.assertNotIn(b"libcms.so", extension.read_bytes())


if __name__ == "__main__":
    unittest.main()
