"""Prints where this interpreter's torch is (without importing it), its own headers, and how its modules' names end."""
import importlib.util
import pathlib
import sysconfig

spec = importlib.util.find_spec("torch")
print(pathlib.Path(spec.origin).parent if spec and spec.origin else "")
include = pathlib.Path(sysconfig.get_path("include"))
print(include if (include / "Python.h").exists() else "")
print(sysconfig.get_config_var("EXT_SUFFIX"))
