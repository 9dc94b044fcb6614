# words.py - keeps the texts, the syntax trees and the words of some of Python's own modules; dumps the heap
# half way, and at the end, when it has dropped the texts.
#
# PYTHONMALLOC=malloc LD_PRELOAD=libjemalloc.so.2 MALLOC_CONF=prof:true,lg_prof_sample:16 python3 words.py
# hprof export --to symbolized words.1.heap | xz -9e > cpython.1.prof.xz
import ast
import ctypes
import glob
import json
import re


def dump(path):
    ctypes.CDLL(None).mallctl(b"prof.dump", None, None, ctypes.byref(ctypes.c_char_p(path)), 8)


trees, words, texts = [], {}, {}
for i, path in enumerate(sorted(glob.glob("/usr/lib/python3.11/*.py"))[:40]):
    if i == 20:
        dump(b"words.0.heap")
    with open(path, errors="replace") as f:
        text = f.read()
    texts[path] = json.loads(json.dumps(text.splitlines()))
    trees.append(ast.parse(text))
    for word in re.findall(r"\w+", text):
        words.setdefault(word, []).append(path)
texts.clear()
dump(b"words.1.heap")
