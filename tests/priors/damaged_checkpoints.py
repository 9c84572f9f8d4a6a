"""Damages the checkpoints beside this file in many ways: convert_weights.py must refuse or read each, never fail otherwise."""
import io
import pathlib
import resource
import sys

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "scripts"))
sys.dont_write_bytecode = True
import convert_weights  # noqa: E402

resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # a file that asks for all memory must not get it


def attempt(data):
    """Whether the checkpoint could be read."""
    try:
        for tensor in convert_weights.read_unet(io.BytesIO(data)).values():
            tensor.array()
    except convert_weights.Refusal:
        return False
    return True


for name in ("zip.pt", "legacy.pt"):
    whole = (root / "tests/priors/checkpoints" / name).read_bytes()
    assert attempt(whole)
    for length in range(0, len(whole), 5):
        assert not attempt(whole[:length]), f"{name} was accepted when cut after {length} bytes"
    for bit in range(0, 8 * len(whole), 17):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        attempt(bytes(changed))
