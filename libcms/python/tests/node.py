"""A real cmsd on scratch directories, for tests. $CMSD says where the program is."""

import atexit
import http.client
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import cms

START_LIMIT_SECONDS = 60
# Little, since tests copy segments.
SEGMENT_BYTES = 16 << 20


class _Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("cms", timeout=60)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


class Node:
    """It is asked over HTTP, so that what is tested is not also what prepares the test."""

    def __init__(self):
        self._root = tempfile.mkdtemp(prefix="cms-python-")
        self.run_directory = tempfile.mkdtemp(prefix="cms-python-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self._process = None
        for name in ("config", "state"):
            os.mkdir(os.path.join(self._root, name))

    def start(self):
        arguments = [
            os.environ["CMSD"],
            f"--config-directory={self._root}/config",
            f"--state-directory={self._root}/state",
            f"--run-directory={self.run_directory}",
            f"--segment-bytes={SEGMENT_BYTES}",
        ]
        self._process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        limit = time.monotonic() + START_LIMIT_SECONDS
        while True:
            try:
                self.call("GET", "/status")
                return
            except (OSError, http.client.HTTPException):
                if self._process.poll() is not None or time.monotonic() > limit:
                    raise
                time.sleep(0.01)

    def stop(self, how=signal.SIGTERM):
        self._process.send_signal(how)
        self._process.wait()

    def end(self):
        if self._process is not None and self._process.poll() is None:
            self.stop(signal.SIGKILL)
        shutil.rmtree(self._root, ignore_errors=True)
        shutil.rmtree(self.run_directory, ignore_errors=True)

    def call(self, method, path, body=None):
        connection = _Connection(os.path.join(self.run_directory, "cmsd.sock"))
        try:
            connection.request(method, "/api/v1" + path, body)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise AssertionError(f"{method} {path}: {answer.status} {text!r}")
            return json.loads(text)
        finally:
            connection.close()

    def load(self, module, text):
        self.call("PUT", f"/modules/{module}", text.encode("utf-8", "surrogateescape"))

    def commit(self, module, *operations):
        """The revision."""
        return self.call("POST", f"/modules/{module}/commits", json.dumps({"operations": operations}))["revision"]

    def set(self, module, key, value):
        section, option = key.split(".")
        return self.commit(module, {"op": "set", "section": section, "option": option, "value": value})

    def segment(self, module):
        return os.path.join(self.run_directory, "segments", f"{module}.seg")


_shared = None
_numbers = itertools.count(1)


def shared_node():
    """The one that all tests use that do not stop it."""
    global _shared
    if _shared is None:
        _shared = Node()
        atexit.register(_shared.end)
        _shared.start()
    return _shared


class ModuleTest(unittest.TestCase):
    """A test with a module of its own."""

    TEXT = """
config interface 'lan'
\toption proto 'static'
\toption ipaddr '192.168.1.1'
\tlist dns '1.1.1.1'
\tlist dns '9.9.9.9'

config rule
\toption src 'wan'

config rule
\toption src 'lan'
"""

    def setUp(self):
        self.node = shared_node()
        self.name = f"test{next(_numbers)}"
        self.node.load(self.name, self.TEXT)
        self.module = cms.open(self.name, self.node.run_directory)
        self.addCleanup(self.module.close)

    def set(self, key, value):
        return self.node.set(self.name, key, value)
