# A training step of a U-Net denoiser against the same step in eager PyTorch (unet.py).
. "$srcdir/tests/pipeline/lib.sh"

"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

"$PYTHON" "$srcdir/tests/bench/unet.py" "$builddir/tests/bench/unet" >&3
