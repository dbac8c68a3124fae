import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import cms
from node import ModuleTest


class WaitingTest(ModuleTest):
    def waits(self, call):
        """Begins a call in a thread: a function that returns what it gave."""
        results = []
        thread = threading.Thread(target=lambda: results.append(call()), daemon=True)
        thread.start()

        def result():
            thread.join(60)
            self.assertFalse(thread.is_alive(), "it still waits")
            return results[0]

        return result

    def test_a_commit_ends_a_wait(self):
        seen = self.module.revision
        result = self.waits(lambda: self.module.wait(seen))
        revision = self.set("lan.a", "1")
        self.assertEqual(result(), revision)
        self.assertEqual(self.module.wait(seen, 0), revision)

    def test_the_time_is_over(self):
        for timeout in (0, 0.03, 1e-9):
            begun = time.monotonic()
            with self.assertRaises(cms.Timeout) as raised:
                self.module.wait(timeout=timeout)
            self.assertIsInstance(raised.exception, TimeoutError)
            self.assertGreaterEqual(time.monotonic() - begun, timeout)
        self.assertRaises(cms.Timeout, self.module.handle("lan.proto").wait, 0.01)

    def test_a_time_that_is_none(self):
        for wrong in (-1, float("nan")):
            self.assertRaises(ValueError, self.module.wait, timeout=wrong)
        self.assertRaises(TypeError, self.module.wait, timeout="soon")
        self.assertRaises(OverflowError, self.module.wait, -1)
        self.assertRaises(TypeError, self.module.wait, "1")

    def test_a_handle_waits_for_its_option_alone(self):
        handle = self.module.handle("lan.a")
        self.assertIsNone(handle.get())
        result = self.waits(handle.wait)
        self.set("lan.other", "1")
        self.set("lan.a", "2")
        self.assertEqual(result(), "2")
        self.set("lan.other", "3")
        self.assertRaises(cms.Timeout, handle.wait, 0.01)
        self.node.commit(self.name, {"op": "delete", "section": "lan", "option": "a"})
        self.assertIsNone(handle.wait())

    def test_a_handle_notices_what_came_before_the_wait(self):
        handle = self.module.handle("lan.proto")
        self.assertEqual(handle.value, "static")
        self.set("lan.proto", "dhcp")
        self.assertEqual(self.module["lan.proto"], "dhcp")
        self.assertEqual(handle.wait(0), "dhcp")
        self.assertRaises(cms.Timeout, handle.wait, 0)

    def test_others_read_and_wait_meanwhile(self):
        seen = self.module.revision
        handle = self.module.handle("lan.ipaddr")
        handle.get()
        results = [self.waits(lambda: self.module.wait(seen)) for _ in range(10)] + [self.waits(handle.wait) for _ in range(10)]
        for _ in range(1000):
            self.assertEqual(self.module["lan.proto"], "static")
            self.assertEqual(handle.value, "192.168.1.1")
        revision = self.set("lan.ipaddr", "10.0.0.1")
        self.assertEqual([result() for result in results], [revision] * 10 + ["10.0.0.1"] * 10)

    def test_a_module_may_be_closed_while_another_thread_waits(self):
        seen = self.module.revision
        result = self.waits(lambda: self.module.wait(seen))
        self.module.close()
        self.set("lan.a", "1")
        # It waits on, or had not begun yet.
        try:
            result()
        except (IndexError, ValueError):
            pass

    def test_control_c_ends_a_wait(self):
        for wait in ("module.wait()", "module.handle('lan.proto').wait()"):
            with self.subTest(wait):
                program = (
                    "import cms, sys\n"
                    f"with cms.open({self.name!r}, {self.node.run_directory!r}) as module:\n"
                    "    try:\n"
                    "        print('waits', flush=True)\n"
                    f"        {wait}\n"
                    "    except KeyboardInterrupt:\n"
                    "        sys.exit(9)\n"
                )
                with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ) as process:
                    self.assertEqual(process.stdout.readline(), b"waits\n")
                    self.assertEqual(self.interrupt(process), 9)

    @staticmethod
    def interrupt(process):
        while True:
            process.send_signal(signal.SIGINT)
            try:
                return process.wait(0.5)
            except subprocess.TimeoutExpired:
                pass

    def test_a_signal_with_a_handler_does_not_end_a_wait(self):
        heard = []
        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, lambda *_: heard.append(1)))
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        self.assertRaises(cms.Timeout, self.module.wait, timeout=0.2)
        self.assertGreater(len(heard), 2)

    def test_a_child_of_a_fork_reads_and_waits(self):
        self.assertRaises(cms.Timeout, self.module.wait, timeout=0)
        seen = self.module.revision
        child = os.fork()
        if child == 0:
            is_right = self.module["lan.proto"] == "static" and self.module.wait(seen) > seen and self.module["lan.proto"] == "dhcp"
            os._exit(0 if is_right else 1)
        self.set("lan.proto", "dhcp")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        self.assertEqual(self.module["lan.proto"], "dhcp")

    def test_threads_read_while_it_is_written(self):
        self.set("lan.number", 0)
        is_over = threading.Event()
        failures = []

        def read():
            last = 0
            key = "".join(["lan.", "number"])
            while not is_over.is_set():
                number = self.module[key]
                listed = self.module["lan.dns"]
                sections = self.module.sections()
                if number < last or len(listed) != 2 or len(sections) != 3:
                    failures.append((number, last, listed, sections))
                last = number

        threads = [threading.Thread(target=read) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(1, 50):
            self.set("lan.number", number)
        is_over.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(self.module["lan.number"], 49)


if __name__ == "__main__":
    unittest.main()
