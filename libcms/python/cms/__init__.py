"""Reads the configuration that cmsd keeps, from shared memory, and changes it.

    import cms

    with cms.open("network") as network:
        print(network["lan.ipaddr"])
        for section in network.sections("interface"):
            print(section.name, section.get("proto"))

        with network.transaction("move the lan") as tx:
            tx["lan.ipaddr"] = "10.0.0.1"
            tx.push("lan.dns", "1.1.1.1")

Reading makes no call to anybody and works whether or not the daemon runs. A module is a mapping of keys
("section.option") to values: str, int, float, bool, or a list of one of these. A hot read costs about as much as one
from a dict. Module.snapshot() reads at one revision, Module.handle() and Module.wait() wait for what is new,
Module.transaction() writes, Module.changes() tells what was changed, Module.table() reads rows.

Every exception is a cms.Error with the number of its status in `code`. NotFound is also a KeyError, Timeout a
TimeoutError, Denied a PermissionError, Unavailable a ConnectionError.

Threads may share a module. One that waits does not keep others from reading. After a fork the child may go on reading.
"""

import collections.abc as _abc

from . import _cms
from ._cms import *  # noqa: F403

# The exceptions are made from the statuses of the library, so their names are not repeated here.
__all__ = sorted(name for name in vars(_cms) if not name.startswith("_"))
__version__ = "0.1.0"

for _mapping in (_cms.Module, _cms.Snapshot, _cms.Section):
    _abc.Mapping.register(_mapping)
