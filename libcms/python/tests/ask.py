"""Answers what a test types. Usage: ask.py SEGMENT; each line is an expression or a statement of Python, where `module` is
the segment, and is answered by one line: the representation of its value, or the name of the class of its exception."""

import sys

import cms

with cms.open_file(sys.argv[1]) as module:
    names = {"cms": cms, "module": module}
    for line in sys.stdin:
        try:
            try:
                code = compile(line, "line", "eval")
            except SyntaxError:
                exec(line, names)
                answer = None
            else:
                answer = eval(code, names)
            print(ascii(answer), flush=True)
        except Exception as error:
            print(type(error).__name__, flush=True)
