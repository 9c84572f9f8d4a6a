"""The site's page of the package for Python: its own files by their syntax, its core by what the binding says of it and,
where that says nothing, the header of what it binds.
"""
import ast
import inspect
import re
import textwrap

from docs_headers import ROOT, header_declarations, prose

PACKAGE = ROOT / "python/dpsbench"
BINDING = ROOT / "python/binding"
BOUND_HEADERS = ("core/noise_schedule.h", "metrics/statistics/interval.h", "metrics/statistics/paired.h")


class Bound:
    """A class or function of the core: its words, and a class's members [(name, arguments or None, words)]."""

    def __init__(self, name, said, arguments=None):
        self.name, self.said, self.arguments, self.members = name, said, arguments, []


STRINGS = r'(?:"(?:[^"\\]|\\.)*"\s*)+'


def unquoted(literals):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')


def call_from(text, start):
    """The text within the round bracket that opens at `start`, strings skipped, and where it closes."""
    depth, at = 0, start
    while True:
        if text[at] == '"':
            at = re.compile(r'"(?:[^"\\]|\\.)*"').match(text, at).end()
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[start + 1:at], at + 1
        at += 1


def of_call(call):
    """A definition's name, arguments as Python writes them, its words, and the member of C++ that it is."""
    name = re.match(r'\s*(?:core,\s*)?"([^"]*)"', call)[1]
    arguments = [argument + (f"={default.strip()}" if default else "") for argument, default in
                 re.findall(r'py::arg\("(\w+)"\)(?:\s*=\s*((?:[^,()]|\([^()]*\))+))?', call)]
    arguments = [re.sub(r"py::none\(\)", "None", re.sub(r"Groups\(\)", "()", argument)) for argument in arguments]
    said = re.search(rf",\s*({STRINGS})$", call)
    member = re.search(r"&(\w+::\w+)", call)
    return name, arguments, unquoted(said[1]) if said else "", member[1] if member else ""


def comments_of_members():
    """"NoiseSchedule::level" -> what the core's headers say of it."""
    found = {}
    for path in BOUND_HEADERS:
        for outer in header_declarations(path):
            for inner in outer.members:
                if inner.said:
                    found.setdefault(f"{outer.name()}::{inner.name()}", inner.said)
    return found


def bound():
    """Everything that the binding defines, by its name in Python."""
    found, comments = {}, comments_of_members()
    for path in sorted(BINDING.glob("*.cpp")):
        text = re.sub(r"^\s*//[^\n]*\n", "", path.read_text(), flags=re.MULTILINE)
        for start in re.finditer(r"py::class_<[^;(]*?>\(|py::register_exception<\w+>\(|core\.def\(", text):
            call, at = call_from(text, start.end() - 1)
            if start[0].startswith("core.def"):
                name, arguments, said, _ = of_call(call)
                found[name] = Bound(name, said, arguments)
                continue
            words = re.findall(r'"((?:[^"\\]|\\.)*)"', call)
            one = found[words[0]] = Bound(words[0], "".join(words[1:]))
            while next_call := re.compile(r"\s*\.(def\w*)\(").match(text, at):
                call, at = call_from(text, next_call.end() - 1)
                if call.startswith("py::init"):
                    one.arguments = of_call(f'"{one.name}", {call}')[1]
                    continue
                name, arguments, said, member = of_call(call)
                if name.startswith("__") and name != "__call__":
                    continue
                is_field = next_call[1] in ("def_readonly", "def_property_readonly")
                one.members.append((name, None if is_field else arguments, said or comments.get(member, "")))
    return found


def signature(name, arguments):
    """As Python writes it, in lines that the page shows whole."""
    return "\n".join(textwrap.wrap(f"{name}({arguments})", 76, subsequent_indent=" " * (len(name) + 1), break_long_words=False))


def bound_text(one, depth=3):
    head = one.name if one.arguments is None else signature(one.name, ", ".join(one.arguments))
    parts = [f"{'#' * depth} {one.name}\n\n```python\n{head}\n```\n\n{prose(one.said)}\n"]
    lines = []
    for name, arguments, said in one.members:
        shown = name if arguments is None else f"{'' if name == '__call__' else name}({', '.join(arguments)})"
        lines.append(f"- `{shown}`{': ' + prose(said) if said else ''}")
    return "\n".join([*parts, "\n".join(lines) + "\n"]) if lines else parts[0]


def source_of(name):
    """The definition of a name that the package's __init__ imports, from the file it comes from."""
    for path in sorted(PACKAGE.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
                yield path.stem, node


def doc(node):
    return inspect.cleandoc(ast.get_docstring(node) or "")


def function_text(node, depth=3):
    return f"{'#' * depth} {node.name}\n\n```python\n{signature(node.name, ast.unparse(node.args))}\n```\n\n{prose(doc(node))}\n"


def class_text(node, depth=3):
    parts = [f"{'#' * depth} {node.name}\n\n{prose(doc(node))}\n"]
    fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
    lines = [f"- `{ast.unparse(one)}`" for one in fields]
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
            arguments = re.sub(r"^self(, )?", "", ast.unparse(one.args))
            said = prose(re.sub(r"\s+", " ", doc(one)))
            lines.append(f"- `{one.name}({arguments})`{': ' + said if said else ''}")
    return "\n".join([*parts, "\n".join(lines) + "\n"])


def exported():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    imports = {alias.asname or alias.name: node.module for node in tree.body if isinstance(node, ast.ImportFrom)
               for alias in node.names if node.module}
    names = next(ast.literal_eval(node.value) for node in tree.body
                 if isinstance(node, ast.Assign) and node.targets[0].id == "__all__")
    return tree, {name: imports[name] for name in names}


GIVEN = ("Denoised", "Operator", "Spectral", "Noise", "MeanInterval", "PairedComparison")  # by what is exported


def python_page():
    tree, names = exported()
    core = bound()
    parts = ["# The package for Python, name by name\n\nMade from its docstrings. How it is used: [python.md](python.md).\n",
             f"{doc(tree)}\n", "## Parts of your own\n"]
    own = {name: dict(source_of(name))[module] for name, module in names.items() if module != "_core"}
    groups = [(("method", "task", "prior", "option", "steps", "Option", "load"), None),
              (("open", "results"), "## Results\n"), (("paired", "best_of"), "## Tests\n")]
    listed = {name for group, _ in groups for name in group}
    for group, head in [*groups, (sorted(set(own) - listed), None)]:
        if head:
            parts.append(head)
        parts += [class_text(own[name]) if isinstance(own[name], ast.ClassDef) else function_text(own[name]) for name in group]
        if "open" in group:
            parts.append(class_text(dict(source_of("Results"))["outputs"]))
    parts.append("## What a method is given\n")
    errors = [name for name in names if name.endswith("Error") or name == "Stopped"]
    parts += [bound_text(core[name]) for name in ["Problem", *GIVEN[:4], *sorted(set(names) - set(own) - set(errors) - {"Problem"})]]
    parts.append("## What tests give\n")
    parts += [bound_text(core[name]) for name in GIVEN[4:]]
    parts.append("## Errors\n\n`Error` is a RuntimeError; the others are kinds of it. `UserError`: what a person asked cannot be. "
                 "`DataError`: a file is not what it should be. `NumericError`: numbers that are not finite.\n")
    stopped = re.search(r'"dpsbench.Stopped", "([^"]*)"', (BINDING / "stopped.cpp").read_text())[1]
    parts += [f"### {name}\n\n`dpsbench.{name}`{': ' + stopped if name == 'Stopped' else ''}\n" for name in errors]
    return "\n".join(parts)
