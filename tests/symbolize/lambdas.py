# lambdas.py - names of functions, whichever way their lambdas are spelled.
import re


def opening(text, end):
    """Where the bracket opens that closes before @end of @text; @end if none does."""
    depth = 0
    for i in range(end - 1, -1, -1):
        depth += (text[i] == ")") - (text[i] == "(")
        if depth == 0:
            return i
    return end


def anonymous(name):
    """@name with all lambdas called {lambda}, without the arguments of the functions that they are in."""
    at = 0
    while True:
        m = re.compile(r"<lambda\(|\{lambda[^{}]*\}").search(name, at)
        if not m:
            return name.replace("::operator()::{lambda}", "::{lambda}").replace("> >", ">>")
        start, end = m.span()
        if m.group() == "<lambda(":
            depth = 1
            while depth and end < len(name):
                depth += (name[end] == "(") - (name[end] == ")")
                end += 1
            end += 1  # the ">"
        before = name[:start]
        if before.endswith("::"):
            scope = re.sub(r" (const|mutable)$", "", before[:-2])
            if scope.endswith(")") and not scope.endswith(("(anonymous namespace)", "operator()")):
                before = scope[:opening(scope, len(scope))] + "::"
        rest = name[end:]
        name = before + "{lambda}" + (rest[1:] if rest.startswith(" >") else rest)
        at = len(before) + len("{lambda}")
