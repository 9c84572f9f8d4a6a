"""Results know what made them: another source, version or parameter is another unit; another place of the file is not."""
import json
import shutil
import unittest

from door import EXAMPLES, Folder, door

NETWORK = """import dpsbench, torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.tensor([1.0]))

    def forward(self, x, level):
        return x * self.gain

@dpsbench.prior("net", shape=(3, 32, 32), predicts="eps", conditioned_on="timestep")
def net(options):
    return Net()
"""


class Identity(Folder):
    def units(self, plugin, name, *methods, prior=None):
        more = {"prior": prior} if prior else {}
        experiment = self.experiment(*methods, images=1, **more)
        output = self.folder / name
        code, _, errors = door("run", experiment, "--plugin", plugin, "--output", output, "--quiet")
        self.assertEqual(code, 0, errors)
        manifest = output / "manifest.json"
        self.assertTrue(manifest.exists())
        return sorted(file.stem for file in (output / "units").glob("*.h5"))

    def test_of_methods(self):
        source = (EXAMPLES / "dps.py").read_text()
        method = "name: my-dps, steps: 1"
        (self.folder / "elsewhere").mkdir()
        shutil.copy(EXAMPLES / "dps.py", self.folder / "elsewhere/renamed.py")
        here = self.units(EXAMPLES / "dps.py", "a", method)
        self.assertEqual(self.units(self.folder / "elsewhere/renamed.py", "b", method), here)
        commented = self.write("commented.py", source + "# a remark\n")
        self.assertNotEqual(self.units(commented, "c", method), here)

    def test_of_what_a_plugin_imports(self):
        plugin = self.write("mine.py", "import helper\n" + (EXAMPLES / "dps.py").read_text())
        self.write("helper.py", "GAIN = 1\n")
        before = self.units(plugin, "a", "name: my-dps, steps: 1")
        self.write("helper.py", "GAIN = 2.5\n")
        self.assertNotEqual(self.units(plugin, "b", "name: my-dps, steps: 1"), before)

    def test_built_in_methods_do_not_know_of_plugins(self):
        with_plugin = self.units(EXAMPLES / "dps.py", "a", "name: dps, steps: 1")
        self.assertEqual(self.units(EXAMPLES / "dps_momentum.py", "b", "name: dps, steps: 1"), with_plugin)

    def test_of_a_priors_parameters(self):
        # the source is the same, the file of parameters that it reads is not
        plugin = self.write("net.py", NETWORK.replace(
            "return Net()", "net = Net()\n    net.gain.data[:] = float(open('GAIN').read())\n    return net"
            .replace("GAIN", str(self.folder / "gain.txt"))))
        self.write("gain.txt", "1.0")
        before = self.units(plugin, "a", "name: dps, steps: 1", prior="{kind: net}")
        self.write("gain.txt", "1.5")
        self.assertNotEqual(self.units(plugin, "b", "name: dps, steps: 1", prior="{kind: net}"), before)


if __name__ == "__main__":
    unittest.main()
