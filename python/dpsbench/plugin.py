"""Files of a person's own parts."""
import hashlib
import importlib.util
import pathlib
import sys

import torch

from . import _core, parts
from .failure import describe

ADD = {"method": _core.add_method, "task": _core.add_task, "prior": _core.add_prior}


def load(file):
    """Runs a plugin's file and adds the parts that it defines to those built in. Returns them. To be done before the
    command line's main. Raises UserError naming file and line of what is wrong."""
    file = pathlib.Path(file).resolve()
    already, known = set(sys.modules), len(parts.defined)
    try:
        run(file)
        added = parts.defined[known:]
    except FileNotFoundError as error:
        if error.filename != str(file):
            raise _core.UserError(f"plugin {file.name}: {describe(error)}") from error
        raise _core.UserError(f"plugin {file}: there is no such file") from error
    except (Exception, SystemExit) as error:
        raise _core.UserError(f"plugin {file.name}: {describe(error)}") from error
    if not added:
        raise _core.UserError(f"plugin {file.name}: it defines nothing; dpsbench.method, prior and task do")
    digest = source_digest(file, set(sys.modules) - already)
    for part in added:
        part.origin = f"plugin sha256={digest} version={part.version or '-'} torch={torch.__version__}"
        try:
            ADD[part.kind](part)
        except _core.UserError as error:
            raise _core.UserError(f"plugin {file.name}: {error}") from error
    return added


def run(file):
    name = f"dpsbench_plugin_{file.stem}"
    folder = str(file.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None:
        raise ValueError("a plugin's name ends with .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def source_digest(file, imported):
    """SHA-256 of the file and of the modules in its folder that it imported, by their names and contents."""
    digest = hashlib.sha256(file.read_bytes())
    sources = {}
    for name in imported:
        source = getattr(sys.modules.get(name), "__file__", None)
        if source and source.endswith(".py") and pathlib.Path(source).resolve().is_relative_to(file.parent):
            sources[name] = pathlib.Path(source).resolve()
    for name, source in sorted(sources.items()):
        if source != file:
            digest.update(f"\n{name}\n".encode() + source.read_bytes())
    return digest.hexdigest()
