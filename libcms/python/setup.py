"""The extension of the package: its own sources and those of libcms, which lie beside it in the repository."""

import glob

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "cms._cms",
            sources=sorted(glob.glob("src/*.c") + glob.glob("../src/*.c")),
            include_dirs=["../include", "../src"],
            define_macros=[("_GNU_SOURCE", None)],
            extra_compile_args=["-std=c11", "-fvisibility=hidden"],
            extra_link_args=["-Wl,-Bsymbolic"],
        )
    ]
)
