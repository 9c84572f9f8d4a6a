import os

from deepinv import WHEEL

__path__.append(os.path.join(WHEEL, "models"))
