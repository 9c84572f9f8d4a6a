"""Problems that `dpsbench export` wrote, for a program of your own.

    for problem in read_problems("problems"):
        A = operator(problem)                      # torch: A(x), differentiable
        noise = Noise(problem)                     # numpy: the numbers that dpsbench's own methods are given
        x = ...                                    # [N, C, H, W] in [-1, 1]
        write_answers("answers", problem, x, seconds=1.2, network_evaluations=100)

Needs h5py and numpy; torch for `operator`. Images are [-1, 1]; y = A x_0 + sigma_y n.
"""
import pathlib
import sys
from types import SimpleNamespace

import h5py
import numpy as np

PURPOSES = {"mask": 1, "measurement": 2, "initial": 3, "step": 4, "inner": 5, "accept": 6}


def read_problems(folder):
    """Every problem of a folder, by name: stem, task, options, sigma_y, ids, shape (C, H, W), y [N, ...], parts, digest."""
    for path in sorted(pathlib.Path(folder).glob("*.h5")):
        with h5py.File(path) as file:
            at = dict(file.attrs)
            yield SimpleNamespace(
                stem=path.stem, task=at["task"], options={k[5:]: v for k, v in at.items() if k.startswith("task.")},
                sigma_y=float(at["sigma_y"]), ids=[i.decode() for i in file["image_ids"][:]], dataset=at["dataset"],
                seed=int(at["seed"]), samples=int(at["samples"]), y=file["measurement"][:], digest=at["digest"],
                shape=(int(at["channels"]), int(at["height"]), int(at["width"])),
                parts={name: values[:] for name, values in file["operator"].items()})


def write_answers(folder, problem, samples, **costs):
    """samples: [N, C, H, W] or [N, S, C, H, W]; costs of one image: seconds, network_evaluations, passes_back."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / f"{problem.stem}.h5", "w", libver=("v110", "v110")) as file:  # has checksums
        samples = np.asarray(samples, np.float32)
        file.create_dataset("samples", data=samples, chunks=(1, *samples.shape[1:]), fletcher32=True)
        file["image_ids"] = np.array([i.encode() for i in problem.ids], "S")
        file.attrs.update(digest=np.bytes_(problem.digest), **{name: float(value) for name, value in costs.items()})


def operator(problem):
    """A as a function of torch tensors [N, C, H, W], N that of the problem."""
    import torch
    import torch.nn.functional as F

    part = {name: torch.from_numpy(values) for name, values in problem.parts.items()}
    height = problem.shape[1:]
    if problem.task == "phase_retrieval":  # |F P x|, F centred and orthonormal
        pad = [int(float(problem.options["oversample"]) / 8 * side) for side in height]
        half = 0.5 if problem.options["range"] == "unit" else 0.0

        def magnitudes(x):
            x = F.pad(x * (1 - half) + half, (pad[1], pad[1], pad[0], pad[0]))
            return torch.fft.fftshift(torch.fft.fft2(torch.fft.ifftshift(x, (2, 3)), norm="ortho"), (2, 3)).abs()
        return magnitudes
    if problem.task == "high_dynamic_range":
        return lambda x: (x * float(problem.options["scale"])).clamp(-1, 1)
    if problem.task == "jpeg":
        return _jpeg(int(problem.options["quality"]), *problem.shape)
    if problem.task == "mri":  # columns of F x, F centred and orthonormal; real and imaginary parts
        def lines(x):
            pairs = problem.options["complex"] == "true"
            x = torch.view_as_complex(x.unflatten(1, (-1, 2)).movedim(2, -1).contiguous()) if pairs else x + 0j
            z = torch.fft.fftshift(torch.fft.fft2(torch.fft.ifftshift(x, (2, 3)), norm="ortho"), (2, 3))
            z = z.gather(3, part["lines"][:, None, None].expand(-1, *z.shape[1:3], -1))
            return torch.view_as_real(z).movedim(-1, 2).flatten(1, 2)
        return lines
    if problem.task == "ct":  # rows of a sparse matrix, as lists of places and weights that end in a place of nothing
        def sums(x):
            x = F.pad(x.reshape(len(x), problem.y.shape[1], -1), (0, 1))
            return (x[..., part["places"]] * part["weights"]).sum(-1).reshape(-1, *problem.y.shape[1:])
        return sums
    if "mask" in part:
        return lambda x: x * part["mask"]
    if "kernel" in part:  # each image correlated with its own, mirrored at the edges
        radius = part["kernel"].shape[-1] // 2

        def blur(x):
            padded = F.pad(x, (radius,) * 4, mode="reflect").transpose(0, 1)
            return F.conv2d(padded, part["kernel"][:, None], groups=len(x)).transpose(0, 1)
        return blur
    if "channels" in part:
        return lambda x: torch.einsum("ij,njhw->nihw", part["channels"], x)
    if "matrix" in part:
        return lambda x: torch.einsum("nmk,nk->nm", part["matrix"], x.flatten(1))
    if "along_height" in part:
        def axes(x):
            x = part["along_height"] @ (x * part.get("signs", 1)) @ part["along_width"].T
            rows = part.get("rows")
            return x if rows is None else x.flatten(2).gather(2, rows[:, None].expand(-1, x.shape[1], -1))
        return axes
    return lambda x: x  # denoising


LUMINANCE = ("16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62 18 22 37 56 "
             "68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99")
CHROMINANCE = "17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66" + 38 * " 99"


def _jpeg(quality, channels, height, width):
    """JPEG's rounding of the cosine coefficients of 8 x 8 blocks (ITU-T T.81, Annex K), whose gradient is the identity's."""
    import torch

    k = np.arange(8)
    waves = np.cos((2 * k + 1) * k[:, None] * np.pi / 16) * np.where(k == 0, np.sqrt(1 / 8), 0.5)[:, None]
    rows, columns = (torch.from_numpy(np.kron(np.eye(side // 8), waves)).float() for side in (height, width))
    luma = np.array([0.299, 0.587, 0.114])
    colours = np.stack([luma, (np.eye(3)[2] - luma) / 1.772, (np.eye(3)[0] - luma) / 1.402]) if channels == 3 else np.eye(1)
    to, back = (torch.from_numpy(matrix).float() for matrix in (colours, np.linalg.inv(colours)))
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    tables = [np.clip((np.array(text.split(), float) * percent + 50) // 100, 1, 255).reshape(8, 8)
              for text in [LUMINANCE, CHROMINANCE, CHROMINANCE][:channels]]
    quantum = torch.from_numpy(np.stack([np.tile(table, (height // 8, width // 8)) for table in tables])).float()
    shift = torch.tensor([128.0, 0, 0])[:channels, None, None]

    def compressed(x):
        coefficients = rows @ (torch.einsum("ij,njhw->nihw", to, (x + 1) * 127.5) - shift) @ columns.T
        rounded = rows.T @ ((coefficients / quantum).round() * quantum) @ columns + shift
        return x + (torch.einsum("ij,njhw->nihw", back, rounded) / 127.5 - 1 - x).detach()
    return compressed


class Noise:
    """dpsbench's random numbers, bit for bit: Philox4x32-10 by image, purpose and step, and Box-Muller in single precision.

    sample: 0 is the first of several samples of an image. Methods draw x_T by ("initial", 0) and step i by ("step", i)."""

    def __init__(self, problem, sample=0):
        self.seed = problem.seed
        self.streams = [_digest(f"{problem.dataset}\0{i}\0{sample + 1}".encode()) for i in problem.ids]

    def normal(self, purpose, step, shape):
        """[N, *shape] float32."""
        words = self._words(purpose, step, int(np.prod(shape)))
        pairs = [_pair(words[..., 0], words[..., 1]), _pair(words[..., 2], words[..., 3])]
        return self._rows(np.stack([*pairs[0], *pairs[1]], -1), shape)

    def uniform(self, purpose, step, shape):
        """[N, *shape] float32 in (0, 1)."""
        words = self._words(purpose, step, int(np.prod(shape)))
        values = ((words >> np.uint32(9)).astype(np.float32) + np.float32(0.5)) * np.float32(2.0 ** -23)
        return self._rows(values, shape)

    def _rows(self, values, shape):
        return values.reshape(len(self.streams), -1)[:, : int(np.prod(shape))].reshape(-1, *shape)

    def _words(self, purpose, step, count):
        blocks = np.arange((count + 3) // 4, dtype=np.uint64)
        streams = np.array(self.streams, np.uint64)[:, None]
        where = np.uint64(PURPOSES[purpose] << 24 | step)
        low = np.uint64(0xFFFFFFFF)
        c = np.broadcast_arrays(blocks[None], where, streams & low, streams >> np.uint64(32))
        key = [np.uint64(self.seed & 0xFFFFFFFF), np.uint64(self.seed >> 32)]
        for _ in range(10):
            a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
            c = [(b >> np.uint64(32)) ^ c[1] ^ key[0], b & low, (a >> np.uint64(32)) ^ c[3] ^ key[1], a & low]
            key = [(key[0] + np.uint64(0x9E3779B9)) & low, (key[1] + np.uint64(0xBB67AE85)) & low]
        return np.stack(c, -1).astype(np.uint32)


def _digest(text):
    """64-bit FNV-1a with a full avalanche behind."""
    h, most = 0xCBF29CE484222325, (1 << 64) - 1
    for byte in text:
        h = (h ^ byte) * 0x100000001B3 & most
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        h = (h ^ h >> shift) * factor & most
    return h ^ h >> 31


def _polynomial(x, coefficients):
    value = np.float32(coefficients[0])
    for c in coefficients[1:]:
        value = value * x + np.float32(c)
    return value


def _pair(first, second):
    """core/gaussian.h, operation by operation."""
    f = np.float32
    u = np.minimum(first.astype(f) * f(2.3283064365386963e-10) + f(1.1641532182693481e-10), f(0.99999994))
    bits = u.view(np.uint32)
    exponent = (bits >> np.uint32(23)).astype(np.int32) - 127
    m = ((bits & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view(f)
    large = m > f(1.41421356)
    e, m = (exponent + large).astype(f), np.where(large, m * f(0.5), m) - f(1)
    p = _polynomial(m, (7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1))
    m2 = m * m
    radius = np.sqrt(f(-2) * (m + (m2 * m * p + e * f(-2.12194440e-4) - f(0.5) * m2) + e * f(0.693359375)))
    quadrant = (second + np.uint32(0x20000000)) >> np.uint32(30)
    a = (second - (quadrant << np.uint32(30))).view(np.int32).astype(f) * f(1.4629180792671596e-9)
    a2 = a * a
    s = _polynomial(a2, (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)) * a2 * a + a
    c = _polynomial(a2, (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)) * a2 * a2 - f(0.5) * a2 + f(1)
    odd = quadrant & 1 == 1
    sine, cosine = np.where(odd, c, s), np.where(odd, s, c)
    sine = np.where(quadrant & 2, -sine, sine)
    cosine = np.where((quadrant + np.uint32(1)) & 2, -cosine, cosine)
    return radius * cosine, radius * sine


if __name__ == "__main__":
    for problem in read_problems(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent):
        print(f"{problem.stem}: y {problem.y.shape}, images {len(problem.ids)} x {problem.shape}, sigma_y "
              f"{problem.sigma_y:g}, operator of {', '.join(problem.parts) or 'nothing'}")
