import os
import random
import subprocess
import sys
import tempfile
import unittest

from node import ModuleTest

# Reads all there is; every damage is an exception of cms. In a process of its own, since what is feared is a crash.
PROGRAM = """
import cms, random, sys

found = 0

def read(module, keys):
    global found
    for use in (lambda: dict(module), lambda: module.sections(), lambda: len(module), lambda: dict(module.snapshot()), lambda: module.tables()):
        try:
            use()
        except cms.Error:
            found += 1
    for key in keys:
        for use in (lambda: module[key], lambda: module.handle(key).get(), lambda: key in module, lambda: module.handle(key).wait(0)):
            try:
                use()
            except (cms.NotFound, cms.Timeout):
                pass
            except cms.Error:
                found += 1

path, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
whole = open(path, "rb").read()
size = len(whole)
whole = whole.rstrip(b"\\0")
keys = list(cms.open_file(path))
# Most of a segment is empty; what is there is hit as often as the rest.
places = [place for place, byte in enumerate(whole) if byte != 0]
for round in range(rounds):
    bytes = bytearray(whole)
    kept = None
    if round % 2 == 0:
        # Damage while the module is open: handles have answered already.
        with open(path, "wb") as file:
            file.write(whole)
            file.truncate(size)
        kept = cms.open_file(path)
        read(kept, keys)
    for _ in range(chance.randrange(1, 30)):
        bytes[chance.choice(places) if chance.random() < 0.5 else chance.randrange(len(bytes))] = chance.randrange(256)
    with open(path, "r+b") as file:
        file.write(bytes)
    if kept is not None:
        read(kept, keys)
        kept.close()
    try:
        with cms.open_file(path) as module:
            read(module, keys)
    except cms.Error:
        found += 1
print(found)
"""


class DamageTest(ModuleTest):
    def test_damage_is_an_exception_and_no_crash(self):
        seed = int(os.environ.get("CMS_TEST_SEED", "0")) or int.from_bytes(os.urandom(4), "little")
        self.set("lan.ints", list(range(50)))
        self.set("lan.long", "x" * 5000)
        with open(self.node.segment(self.name), "rb") as segment:
            whole = segment.read()
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "damaged.seg")
            with open(path, "wb") as copy:
                copy.write(whole)
            result = subprocess.run([sys.executable, "-c", PROGRAM, path, str(seed), "150"], capture_output=True, text=True, env=os.environ)
        self.assertEqual(result.returncode, 0, f"seed {seed}\n{result.stderr}")
        self.assertGreater(int(result.stdout), 50, f"seed {seed}: hardly anything was damaged")


if __name__ == "__main__":
    unittest.main()
