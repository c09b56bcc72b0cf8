# What products of multivectors reach of the processor (clifford-roofline.c), and layers and
# training steps of their networks against PyTorch (clifford.py).
. "$srcdir/tests/pipeline/lib.sh"
"$builddir/tests/bench/clifford-roofline" >&3
"$PYTHON" -c 'import torch' 2> /dev/null || skip "PyTorch is not installed"

"$PYTHON" "$srcdir/tests/bench/clifford.py" "$builddir/tests/bench/clifford" >&3
