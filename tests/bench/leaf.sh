# A training step of a leaf of a neural pathway against the same step in eager PyTorch (leaf.py).
. "$srcdir/tests/pipeline/lib.sh"

"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

"$PYTHON" "$srcdir/tests/bench/leaf.py" "$builddir/tests/bench/leaf" >&3
