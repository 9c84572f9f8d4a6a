"""The preparation of FFHQ and ImageNet on made-up files of their names: order, crops, ids, what is refused.

Usage: prepare_test.py SOURCE_FOLDER. Exit code 77 where Pillow or NumPy is missing.
"""
import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

try:
    import numpy as np
    from PIL import Image
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

SCRIPTS = pathlib.Path(sys.argv[1]) / "scripts"
sys.path.insert(0, str(SCRIPTS))
import prepared_pictures  # noqa: E402


def prepare(script, *words):
    return subprocess.run([sys.executable, SCRIPTS / script, *map(str, words)], capture_output=True, text=True, check=False)


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def blocks(number, side, factor):
    """A picture whose boxes of factor x factor pixels average to known numbers, and these."""
    random = np.random.default_rng(number)
    small = random.integers(8, 248, (side, side, 3), dtype=np.int16)
    noise = random.integers(-3, 4, (side, factor, side, factor, 3), dtype=np.int16)
    noise -= np.round(noise.mean(axis=(1, 3), keepdims=True)).astype(np.int16)
    large = small[:, None, :, None] + noise
    return large.reshape(side * factor, side * factor, 3).astype(np.uint8), large.mean(axis=(1, 3))


class Prepared(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_listed(self, folder, count):
        lines = (folder / "SHA256SUMS").read_text().splitlines()
        self.assertEqual(len(lines), count)
        for line in lines:
            digest, name = line.split("  ")
            self.assertEqual(hashlib.sha256((folder / name).read_bytes()).hexdigest(), digest)


class Ffhq(Prepared):
    def test_from_subfolders_averaged_in_boxes_in_order(self):
        source, target = self.folder / "in", self.folder / "out"
        means = {}
        for number in (998, 999, 1000, 1001):
            place = source / f"{number // 1000 * 1000:05}"
            place.mkdir(parents=True, exist_ok=True)
            pixels, means[number] = blocks(number, 16, 4)
            (place / f"{number:05}.png").write_bytes(png(pixels))
        (source / "LICENSE.png").write_bytes(b"no picture, and no number")
        ended = prepare("prepare_ffhq.py", source, target, "--first", 999, "--count", 2, "--side", 16)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(sorted(path.name for path in target.glob("*.png")), ["00999.png", "01000.png"])
        for number in (999, 1000):
            pixels = np.asarray(Image.open(target / f"{number:05}.png"), dtype=float)
            self.assertLessEqual(np.abs(pixels - means[number]).max(), 0.5)  # rounded means, nothing else
        self.assert_listed(target, 2)

    def test_from_an_archive_and_links_to_what_is_right(self):
        pixels, _ = blocks(0, 16, 1)
        with zipfile.ZipFile(self.folder / "ffhq.zip", "w") as archive:
            archive.writestr("images/00000.png", png(pixels))
        self.assertEqual(prepare("prepare_ffhq.py", self.folder / "ffhq.zip", self.folder / "out", "--count", 1, "--side", 16).returncode, 0)
        np.testing.assert_array_equal(np.asarray(Image.open(self.folder / "out/00000.png")), pixels)
        linked = prepare("prepare_ffhq.py", self.folder / "out", self.folder / "linked", "--count", 1, "--side", 16, "--links")
        self.assertEqual(linked.returncode, 0, linked.stderr)
        self.assertTrue((self.folder / "linked/00000.png").is_symlink())

    def test_names_what_is_absent_or_of_another_size(self):
        source = self.folder / "in"
        source.mkdir()
        (source / "00000.png").write_bytes(png(blocks(0, 20, 1)[0]))
        ended = prepare("prepare_ffhq.py", source, self.folder / "out", "--count", 1, "--side", 16)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("00000.png: 20 x 20 pixels; allowed: squares whose side is a multiple of 16", ended.stderr)
        ended = prepare("prepare_ffhq.py", source, self.folder / "out", "--count", 3, "--side", 16)
        self.assertIn("2 of the pictures 00000 to 00002 are not there, the first 00001.png", ended.stderr)
        (source / "00000.png").write_bytes(b"\x89PNG broken")
        self.assertIn("00000.png: no picture that can be read", prepare("prepare_ffhq.py", source, self.folder / "out", "--count", 1).stderr)


class ImageNet(Prepared):
    def jpeg(self, width, height, seed):
        ramp = np.linspace(0, 200, width)[None, :, None] + np.linspace(0, 40, height)[:, None, None] + seed
        buffer = io.BytesIO()
        Image.fromarray(np.broadcast_to(ramp, (height, width, 3)).astype(np.uint8)).save(buffer, format="JPEG", quality=98)
        return buffer.getvalue()

    def made_up(self):
        ids = self.folder / "ids.txt"
        ids.write_text("00000022\n00000042\n")
        return ids, {"00000022": self.jpeg(100, 40, 1), "00000030": self.jpeg(40, 40, 2), "00000042": self.jpeg(33, 70, 3)}

    def test_from_a_tar_file_by_ids(self):
        ids, pictures = self.made_up()
        with tarfile.open(self.folder / "val.tar", "w") as archive:
            for number, content in pictures.items():
                entry = tarfile.TarInfo(f"ILSVRC2012_val_{number}.JPEG")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        ended = prepare("prepare_imagenet.py", self.folder / "val.tar", self.folder / "out", "--ids", ids, "--side", 16)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(sorted(path.name for path in (self.folder / "out").glob("*.png")), ["00000022.png", "00000042.png"])
        self.assert_listed(self.folder / "out", 2)
        wide = np.asarray(Image.open(self.folder / "out/00000022.png"), dtype=float)
        self.assertEqual(wide.shape, (16, 16, 3))
        # 100 x 40 -> 50 x 20 -> 40 x 16 -> the middle 16 columns: a ramp of 200 over 100 pixels, from 30 to 70 of them
        self.assertAlmostEqual(wide[8, :, 0].mean(), 200 * 49.5 / 99 + 20.5 + 1, delta=1.5)
        self.assertAlmostEqual(wide[8, -2, 0] - wide[8, 1, 0], 13 * 2.5 * 200 / 99, delta=2)

    def test_from_class_folders_and_says_what_is_absent(self):
        ids, pictures = self.made_up()
        place = self.folder / "val/n01440764"
        place.mkdir(parents=True)
        (place / "ILSVRC2012_val_00000022.JPEG").write_bytes(pictures["00000022"])
        ended = prepare("prepare_imagenet.py", self.folder / "val", self.folder / "out", "--ids", ids, "--side", 16)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("1 of 2 pictures of", ended.stderr)
        self.assertIn("the first 00000042", ended.stderr)

    def test_crops_as_guided_diffusion_does(self):
        random = np.random.default_rng(3)
        picture = Image.fromarray(random.integers(0, 256, (70, 90, 3), dtype=np.uint8))
        halved = picture.resize((45, 35), resample=Image.BOX)
        scaled = np.array(halved.resize((round(45 * 20 / 35), 20), resample=Image.BICUBIC))
        left = (scaled.shape[1] - 20) // 2
        np.testing.assert_array_equal(np.asarray(prepared_pictures.cropped(picture, 20)), scaled[:, left:left + 20])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
