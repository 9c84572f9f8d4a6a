"""deepinv without what its network does not need: its modules, from the unpacked wheel that DPSBENCH_DEEPINV names, and
none of the packages that `import deepinv` brings."""
import os

WHEEL = os.path.join(os.environ["DPSBENCH_DEEPINV"], "deepinv")
