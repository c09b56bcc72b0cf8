# Layers and training steps of multivector networks against PyTorch; see clifford.py.
. "$srcdir/tests/pipeline/lib.sh"
"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

"$PYTHON" "$srcdir/tests/bench/clifford.py" "$builddir/tests/bench/clifford" >&3
