"""Answers made elsewhere: dpsbench export, a program that shares no code with dpsbench, dpsbench import.

Usage: exchange_test.py DPSBENCH SOURCE_FOLDER

A pseudo-inverse and DPS in NumPy, on dpsbench's own noise, must come to the built-in methods' samples; every answer that
is not one must be refused before anything is written; and the operators of problems.py must be those of dpsbench (skipped
with the reason where this Python has no torch). Exit code 77 where h5py or NumPy is missing.
"""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

DPSBENCH, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, str(SOURCE / "runner" / "exchange"))
import problems as exchange  # noqa: E402

STEPS, SCALE = 20, 0.7
SPACING, DEVIATION = 1.0, 0.5
EXPERIMENT = f"""name: exchange
dataset: {{name: modes, kind: drawn, images: 0-5}}
prior: {{kind: gaussian_modes, dimension: 8, spacing: {SPACING}, deviation: {DEVIATION}}}
seed: 11
sigma_y: 0.2
tasks:
  - {{name: imputation, kept: "0 3 6"}}
  - {{name: random_matrix, measurements: 2}}
methods:
  - {{name: pseudo-inverse}}
  - {{name: dps, steps: {STEPS}, scale: {SCALE}}}
metrics: [psnr, consistency]
"""
IMAGES = """name: twins
dataset: {{name: photographs, path: "{images}", images: 0-2, size: 32}}
prior: {{kind: unet, preset: photo32, weights: "{weights}"}}
seed: 5
sigma_y: 0.05
tasks:
  - {{name: denoising}}
  - {{name: inpainting, mask_fraction: 0.7}}
  - {{name: box_inpainting, size: 12, margin: 2}}
  - {{name: half_inpainting}}
  - {{name: super_resolution, scale: 4}}
  - {{name: super_resolution_pooling, scale: 4}}
  - {{name: colorization}}
  - {{name: gaussian_blur, sigma: 1.5}}
  - {{name: uniform_blur}}
  - {{name: motion_blur, kernel_size: 15}}
  - {{name: compressed_sensing, ratio: 0.5}}
  - {{name: mri}}
  - {{name: ct, angles: 12}}
  - {{name: phase_retrieval}}
  - {{name: high_dynamic_range}}
  - {{name: jpeg, quality: 30}}
methods: [{{name: interpolation}}]
metrics: [psnr]
"""


def run(*words, code=0):
    ended = subprocess.run([DPSBENCH, *map(str, words)], capture_output=True, text=True, timeout=600)
    assert ended.returncode == code, f"{words}: exit {ended.returncode}, not {code}\n{ended.stdout}{ended.stderr}"
    return ended.stdout + ended.stderr


def cells(output):
    with h5py.File(output / "results.h5") as file:
        return {name: {"method": cell.attrs["method"], "task": cell.attrs["task"], "ids": list(cell["image_ids"][:]),
                       "samples": cell["samples"][:], "psnr": cell["metrics/psnr"][:], "y": cell["measurement"][:],
                       "reference": cell["reference"][:], "attributes": dict(cell.attrs)}
                for name, cell in file["cells"].items()}


def matrices(problem):
    """A of each image as a matrix, [N, m, 8], and the rows of y that are measured."""
    if "matrix" in problem.parts:
        return problem.parts["matrix"].astype(float), problem.y.reshape(len(problem.ids), -1)
    seen = np.flatnonzero(problem.parts["mask"].reshape(-1, 8)[0])
    return np.broadcast_to(np.eye(8)[seen], (len(problem.ids), len(seen), 8)), problem.y.reshape(-1, 8)[:, seen]


def mixture_score(x, abar):
    """Score of the noised mixture of 25 modes at x [N, 8], and its Jacobian [N, 8, 8]."""
    means = np.array([np.tile([-i, -j], 4) for i in range(-2, 3) for j in range(-2, 3)]) * SPACING * np.sqrt(abar)
    variance = abar * DEVIATION**2 + 1 - abar
    pull = (means - x[:, None]) / variance
    logits = -0.5 * variance * (pull**2).sum(-1)
    weights = np.exp(logits - logits.max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    score = (weights[..., None] * pull).sum(1)
    centred = pull - score[:, None]
    return score, np.einsum("nk,nki,nkj->nij", weights, centred, centred) - np.eye(8) / variance


def dps(problem):
    """Algorithm 1 of Chung et al. 2023 under the mixture, 1000 linear steps respaced, the step on the unsquared norm."""
    abar_all = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    abar = abar_all[np.round(np.arange(STEPS) * (999 / (STEPS - 1))).astype(int)]
    before = np.concatenate([[1], abar[:-1]])
    beta = 1 - abar / before
    noise = exchange.Noise(problem)
    A, y = matrices(problem)
    x = noise.normal("initial", 0, (8,)).astype(float)
    for i in reversed(range(STEPS)):
        score, jacobian = mixture_score(x, abar[i])
        x0 = (x + (1 - abar[i]) * score) / np.sqrt(abar[i])
        residual = np.einsum("nmk,nk->nm", A, x0) - y
        direction = residual / np.linalg.norm(residual, axis=1, keepdims=True)
        of_x0 = (np.eye(8) + (1 - abar[i]) * jacobian) / np.sqrt(abar[i])  # symmetric
        gradient = np.einsum("nij,nmj,nm->ni", of_x0, A, direction)
        x_prime = x0 * beta[i] * np.sqrt(before[i]) / (1 - abar[i])
        x_prime += x * (1 - before[i]) * np.sqrt(1 - beta[i]) / (1 - abar[i])
        if i > 0:
            x_prime += np.sqrt(beta[i] * (1 - before[i]) / (1 - abar[i])) * noise.normal("step", i, (8,))
        x = x_prime - SCALE * gradient
    return x.reshape(-1, 1, 1, 8)


def pseudo_inverse(problem):
    A, y = matrices(problem)
    return np.einsum("nkm,nm->nk", np.linalg.pinv(A), y).reshape(-1, 1, 1, 8)


def answers_are_the_built_in_ones(work):
    (work / "e.yaml").write_text(EXPERIMENT)
    run("run", work / "e.yaml", "--output", work / "out", "--quiet")
    run("export", work / "e.yaml", "--output", work / "problems")
    with h5py.File(next((work / "problems").glob("*.h5"))) as file:
        names = []
        file.visit(names.append)
        assert "reference" not in names, names
    own = cells(work / "out")
    for name, method in (("dps", dps), ("pseudo-inverse", pseudo_inverse)):
        for problem in exchange.read_problems(work / "problems"):
            exchange.write_answers(work / name, problem, method(problem), seconds=2.5, network_evaluations=STEPS)
        said = run("import", work / "problems", work / name, "--as", f"{name}, in NumPy", "--output", work / f"in-{name}",
                   "--range", "signed")
        imported = cells(work / f"in-{name}")
        assert len(imported) == 2, said
        for cell in imported.values():
            built_in = next(c for c in own.values() if c["method"] == name and c["task"] == cell["task"])
            assert cell["ids"] == built_in["ids"]
            assert np.array_equal(cell["y"], built_in["y"])
            far = np.abs(cell["samples"] - built_in["samples"]).max()
            print(f"{name}, {cell['task']}: samples differ by {far:.2g}, PSNR by "
                  f"{np.abs(cell['psnr'] - built_in['psnr']).max():.2g} dB")
            assert far < 2e-5 and np.allclose(cell["psnr"], built_in["psnr"], atol=1e-3)
            assert abs(cell["attributes"]["network_evaluations"] - STEPS) < 1e-9
            assert abs(cell["attributes"]["seconds"] - 2.5 * 6) < 1e-9
        run("import", work / "problems", work / name, "--as", f"{name}, in NumPy", "--output", work / f"in-{name}",
            "--range", "signed", "--quiet")  # a second time: all done
    table = run("report", work / "out", work / "in-dps", "--output", work / "comparison")
    assert "dps, in NumPy (imported)" in table, table


def refusals(work):
    problem_list = list(exchange.read_problems(work / "problems"))
    first = problem_list[0]
    good = dps(first).astype(np.float32)
    bad = work / "bad"

    def refused(expected, prepare, *more):
        shutil.rmtree(bad, ignore_errors=True)
        bad.mkdir()
        prepare()
        said = run("import", work / "problems", bad, "--as", "x", "--output", work / "none", *more, code=2)
        assert expected in said, f"'{expected}' is not in: {said}"
        assert not (work / "none").exists()

    def written(change):
        def prepare():
            exchange.write_answers(bad, first, good)
            with h5py.File(bad / f"{first.stem}.h5", "r+") as file:
                change(file)
        return prepare

    def put(name, value):
        def change(file):
            del file[name]
            file[name] = value
        return change

    ids = [i.encode() for i in first.ids]
    nan = good.copy()
    nan[2, 0, 0, 3] = np.nan
    refused("no answer for 1 of 6 images: 00005", written(lambda f: (put("image_ids", ids[:5])(f), put("samples", good[:5])(f))))
    refused("answered twice", written(put("image_ids", ids[:5] + ids[:1])))
    refused("not of this problem: strange", written(lambda f: (put("image_ids", ids + [b"strange"])(f),
                                                               put("samples", np.concatenate([good, good[:1]]))(f))))
    refused("allowed: (6, 1, 1, 8)", written(put("samples", good[..., :7])))
    refused("image '00002': numbers that are not finite", written(put("samples", nan)))
    refused("look like [0, 255]", written(put("samples", (good - good.min()) * 40)))
    refused("look like [0, 1]", written(put("samples", (good - good.min()) / np.ptp(good))))
    refused("answers another problem", written(lambda f: f.attrs.__setitem__("digest", problem_list[1].digest)))
    refused("no data set 'samples'", written(lambda f: f.__delitem__("samples")))
    refused("no answer to any problem", lambda: None)
    refused("not a NumPy .npy file", lambda: (bad / f"{first.stem}.npy").write_bytes(b"nothing"))
    refused("not what torch.save writes", lambda: (bad / f"{first.stem}.pt").write_bytes(b"nothing"))
    refused("answer the same problem", lambda: (np.save(bad / f"{first.stem}.npy", good), exchange.write_answers(bad, first, good)))
    def halved(name, write):
        def prepare():
            write(bad / name)
            whole = (bad / name).read_bytes()
            (bad / name).write_bytes(whole[: len(whole) // 2])
        return prepare

    refused("for a shape of", halved(f"{first.stem}.npy", lambda path: np.save(path, good)))
    refused("cannot open this HDF5 file", halved(f"{first.stem}.h5", lambda path: exchange.write_answers(bad, first, good)))
    other = work / "other.yaml"
    other.write_text(EXPERIMENT.replace("seed: 11", "seed: 12"))
    refused("gives other measurements", written(lambda f: None), "--experiment", other, "--range", "signed")
    # what is right in another form
    shutil.rmtree(bad)
    bad.mkdir()
    np.save(bad / f"{first.stem}.npy", (good + 3) / 6)
    assert "names no images" in run("import", work / "problems", bad, "--as", "x", "--output", work / "npy", "--range", "unit")
    (cell,) = cells(work / "npy").values()
    assert np.allclose(cell["samples"], (good + 3) / 3 - 1, atol=1e-6)
    altered = work / "problems" / f"{first.stem}.h5"
    with h5py.File(altered, "r+") as file:
        file["measurement"][0] += 1
    refused("altered since", written(lambda f: None), "--range", "signed")


def png(image):
    """[3, H, W] in [-1, 1] as the bytes of a PNG file."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    pixels = np.round((image.transpose(1, 2, 0) + 1) * 127.5).astype(np.uint8)
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def other_files(work, of_task):
    """The originals as pictures and as torch.save writes them, several samples of an image."""
    import torch
    problem = next(p for p in exchange.read_problems(work / "twin-problems") if p.task == "inpainting")
    original = of_task["inpainting"]["reference"]
    folder = work / "pictures" / problem.stem
    folder.mkdir(parents=True)
    for i, image in zip(problem.ids, original):
        (folder / f"{i}.png").write_bytes(png(image))
    said = run("import", work / "twin-problems", work / "pictures", "--as", "pictures", "--output", work / "in-pictures")
    assert "pictures of 8 bits" in said, said
    (cell,) = cells(work / "in-pictures").values()
    assert np.abs(cell["samples"] - original).max() < 1 / 255, "a picture is its original to half a level"
    whole = (folder / f"{problem.ids[1]}.png").read_bytes()
    (folder / f"{problem.ids[1]}.png").write_bytes(whole[:-100])
    said = run("import", work / "twin-problems", work / "pictures", "--as", "x", "--output", work / "none", code=2)
    assert f"{problem.ids[1]}.png" in said and not (work / "none").exists(), said
    (work / "saved").mkdir()
    two = torch.from_numpy(np.stack([original, original * 0.5], 1))
    order = [2, 0, 1]
    torch.save({"samples": two[order], "image_ids": [problem.ids[k] for k in order], "digest": problem.digest,
                "passes_back": 7}, work / "saved" / f"{problem.stem}.pt")
    run("import", work / "twin-problems", work / "saved", "--as", "saved", "--output", work / "in-saved")
    (cell,) = cells(work / "in-saved").values()
    assert np.array_equal(cell["samples"], two.numpy()) and cell["attributes"]["passes_back"] == 7
    assert np.isnan(cell["attributes"]["network_evaluations"])
    saved = work / "saved" / f"{problem.stem}.pt"
    whole = saved.read_bytes()
    saved.write_bytes(whole.replace(two.numpy()[2, 0, 0, 0, :4].tobytes(), b"damaged number!!", 1))
    said = run("import", work / "twin-problems", work / "saved", "--as", "x", "--output", work / "none", code=2)
    assert "its CRC-32 is another" in said and not (work / "none").exists(), said


def operators_are_twins(work):
    try:
        import torch
    except ImportError as error:
        print(f"operators of problems.py skipped: {error}")
        return
    quickstart = SOURCE / "experiments" / "quickstart"
    (work / "twins.yaml").write_text(IMAGES.format(images=quickstart / "images", weights=quickstart / "photo32.safetensors"))
    run("run", work / "twins.yaml", "--output", work / "twins", "--quiet")
    run("export", work / "twins.yaml", "--output", work / "twin-problems")
    of_task = {cell["task"]: cell for cell in cells(work / "twins").values()}
    seen = 0
    for problem in exchange.read_problems(work / "twin-problems"):
        x0 = torch.from_numpy(of_task[problem.task]["reference"])
        noise = exchange.Noise(problem, sample=-1).normal("measurement", 0, problem.y.shape[1:])
        if "mask" in problem.parts:
            noise = noise * problem.parts["mask"]
        differences = np.abs(exchange.operator(problem)(x0).numpy() + problem.sigma_y * noise - problem.y)
        if problem.task == "jpeg":  # a coefficient halfway between two steps may be rounded either way, and with it its block
            blocks = differences.reshape(-1, 3, 4, 8, 4, 8).max((1, 3, 5)).ravel()
            assert (blocks > 2e-5).sum() <= 1, blocks
            differences = np.sort(blocks)[:-1]
        far = differences.max()
        print(f"{problem.task}: A x_0 + sigma_y n differs by {far:.2g}")
        assert far < 2e-5, problem.task
        seen += 1
    assert seen == 16
    other_files(work, of_task)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        answers_are_the_built_in_ones(pathlib.Path(folder))
        refusals(pathlib.Path(folder))
        operators_are_twins(pathlib.Path(folder))
