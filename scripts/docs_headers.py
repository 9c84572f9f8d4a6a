"""The site's page of the interfaces in C++, from the doc comments of their headers."""
import pathlib
import re
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent

INTERFACES = [  # what is implemented, then what it is given and how a catalogue knows it
    ("A method", "core/method.h"), ("A task's operator", "core/operator.h"), ("A prior", "core/prior.h"),
    ("A prior that knows its posterior", "core/exact_posterior.h"), ("How the catalogue knows a method", "core/method_entry.h"),
    ("How the catalogue knows a task", "core/task_entry.h"), ("How the catalogue knows a kind of prior", "priors/prior_kind.h"),
    ("Options", "core/options.h"), ("Noise schedules", "core/noise_schedule.h"), ("Noise", "core/noise.h"),
    ("Tweedie's estimate", "core/denoised.h"), ("A reverse loop", "core/ancestral.h"),
    ("Singular value decompositions", "core/spectral.h"), ("Watching a sampler", "core/observer.h")]


def prose(text):
    """A comment as Markdown: what looks like a tag, an emphasis or a link is none; code stays."""
    parts = re.split(r"(`[^`\n]*`)", text.strip())
    return "".join(part if part.startswith("`") else
                   re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", re.sub(r"([<*\[\]|])", r"\\\1", part)) for part in parts)


class Declaration:
    """What a header declares, with the comment above or behind it."""

    def __init__(self, text, said, members=()):
        self.text, self.said, self.members = text, said, list(members)

    def name(self):
        kind = re.match(r"(?:template <[^>]*>\s*)?(?:class|struct|enum class) (\w+)", self.text)
        if kind:
            return kind[1]
        return re.findall(r"~?\w+", without_templates(self.text).split("(")[0].split("=")[0].split("{")[0])[-1]


def end_of(text, start):
    """Where the bracket that opens at `start` closes."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise ValueError("a bracket that does not close")


def declarations(code):
    """Of the code within a namespace, class or struct, public ones only."""
    found, said, at, public = [], [], 0, True
    while at < len(code):
        line = code[at:code.find("\n", at) if "\n" in code[at:] else len(code)]
        stripped = line.strip()
        if stripped.startswith("///"):
            said.append(stripped[3:].strip())
        elif re.fullmatch(r"(public|private|protected):", stripped):
            public, said = not stripped.startswith("private"), []
        elif stripped in ("", "};") or stripped.startswith(("//", "#")):
            said = []
        else:
            begin = at + len(line) - len(line.lstrip())
            one, at = declaration(code, begin, said)
            if public and (one.members or not re.match(r"(class|struct|namespace|friend) ", one.text)):
                found.append(one)
            said = []
            continue
        at += len(line) + 1
    return found


def declaration(code, begin, said):
    """The declaration that begins there, and where the line after it does."""
    at, members, depth = begin, [], 0
    while True:
        sign = code[at]
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 and sign == ";":
            text = code[begin:at]
            break
        if depth == 0 and sign == "{":
            close, head = end_of(code, at), code[begin:at]
            if re.match(r"(?:template <[^>]*>\s*)?(?:class|struct) ", head):
                members = declarations(code[at + 1:close].lstrip("\n"))
                text, at = head, close + 1
                break
            if ")" in head and not re.search(r"=\s*$", head):  # a body; an initialiser goes on to its semicolon
                text, at = head, close
                break
            if head.startswith("namespace"):
                text, at = head, close
                break
            if head.startswith("enum"):
                text, at = code[begin:close + 1], close + 1
                break
            at = close
        at += 1
    line_end = code.find("\n", at)
    rest = code[at + 1:line_end if line_end >= 0 else len(code)].strip()
    behind = re.match(r"///<\s*(.*)", rest)
    said = [*said, behind[1]] if behind else said
    shown = textwrap.dedent("  " + text) if text.startswith("enum") and "\n" in text else re.sub(r"\s+", " ", text)
    return Declaration(shown.strip(), " ".join(said), members), line_end + 1 if line_end >= 0 else len(code)


def header_declarations(path):
    text = (ROOT / path).read_text()
    text = re.sub(r"(///<[^\n]*)\n\s*///< ?", r"\1 ", text)
    begin = text.index("namespace dpsbench {") + len("namespace dpsbench {")
    return declarations(text[begin:text.rindex("}  // namespace dpsbench")])


def readable(text):
    return re.sub(r"\[\[nodiscard\]\] ", "", text)


def without_templates(text):
    while (less := re.sub(r"<[^<>]*>", "", text)) != text:
        text = less
    return text


def is_field(declaration):
    return "(" not in without_templates(declaration.text).split("=")[0] and not declaration.members and \
        not declaration.text.startswith(("enum", "using"))


def written(declaration, depth):
    """A declaration as Markdown: a head, its code, what it says, its members; fields as a list."""
    text = readable(declaration.text)
    code = f"```cpp\n{text}{'' if declaration.members or text.endswith('}') else ';'}\n```\n"
    parts = [f"{'#' * depth} {declaration.name()}\n\n{code}"] + ([prose(declaration.said) + "\n"] if declaration.said else [])
    members = [member for member in declaration.members if not member.name().startswith("~")]
    fields = [member for member in members if is_field(member)]
    if fields:
        parts.append("\n".join(f"- `{readable(one.text)}`{': ' + prose(one.said) if one.said else ''}" for one in fields) + "\n")
    parts += [written(member, depth + 1) for member in members if not is_field(member)]
    return "\n".join(parts)


def interfaces_page():
    parts = ["# The interfaces in C++\n\nMade from the headers' comments. [CONTRIBUTING.md](contributing.md) says what an addition "
             "touches, [architecture.md](architecture.md) how the parts meet.\n"]
    for title, path in INTERFACES:
        parts.append(f"## {title}\n\nFrom `{path}`.\n")
        parts += [written(one, 3) for one in header_declarations(path)]
    return "\n".join(parts)
