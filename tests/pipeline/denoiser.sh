# The denoiser protocol from end to end: score-sample asks denoisers in C and in Python, that behave
# and that do not; trained ones of images, and samples that are drawn among codes.
. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
gaussian=$builddir/tests/pipeline/gaussian_denoiser
sample="score-sample --shape 2 --count 400 --steps 100 --seed 3"

# --- in C: samples have the deviation that the denoiser speaks for ---
check "in C" $sample --denoiser "'$gaussian' 0.25" -o c.npy
check "of deviation 1/2" sh -c 'tensor-info c.npy | awk -F, "NR == 2 {
    exit !(\$7 > 0.44 && \$7 < 0.56 && \$5 ^ 2 < 0.003) }"'
check "in double precision" $sample --denoiser "'$gaussian' 0.25 double" -o double.npy
check "the same samples" cmp c.npy double.npy
check "in Fortran order" $sample --denoiser "'$gaussian' 0.25 fortran" -o fortran.npy
check "the same samples" cmp c.npy fortran.npy
check "a command of the shell" $sample --denoiser "cat | '$gaussian' 0.25 | cat" -o piped.npy
check "the same samples" cmp c.npy piped.npy

# --- in Python: that of the manual page ---
if have_numpy; then
    extract_examples "$srcdir/man/tesserae-denoiser.5" |
        sed -n "/^cat > gaussian.py/,/^END/{/^cat > /d;/^END/d;p;}" > gaussian.py
    check "the page has a denoiser" test -s gaussian.py
    check "in Python" $sample --denoiser "'$PYTHON' gaussian.py" -o python.npy
    check "nearly the same samples" "$PYTHON" -c '
import numpy
assert abs(numpy.load("c.npy") - numpy.load("python.npy")).max() < 1e-4'
    check_fails 69 'gaussian.py.* ended with exit code 1' \
        $sample --guide 1 --denoiser "'$PYTHON' gaussian.py 2> said" -o guided.npy
    check "it says why" grep -q 'there are no classes' said
else
    say "left out, for want of numpy: the denoiser of the manual page"
fi

# --- that do not behave: a message, an exit code, no process left ---
check_fails 65 'shape \(129, 2\); expected \(128, 2\)' $sample --denoiser "'$gaussian' 1 shape"
check_fails 65 'not finite' $sample --denoiser "'$gaussian' 1 nan"
check_fails 69 'exit code 9 instead of answering' $sample --denoiser "'$gaussian' 1 dies"
check_fails 69 'did not answer within 0.5 seconds' \
    $sample --timeout 0.5 --denoiser "'$gaussian' 1 hangs; true"
check_fails 65 'NPY signature' $sample --denoiser 'echo hello to you all; cat > /dev/null'
check "no process is left" sh -c '! ps -e -o args= | grep "^[^ ]*gaussian_denoiser 1 hangs"'
check "a reader that goes" sh -c '
    score-sample --stream --shape 2 --count 100 --batch 1 --steps 2 \
        --denoiser "'"$gaussian"'" 2> said |
        head -c 200 > /dev/null
    [ ! -s said ]'

# --- trained: images, and codes of them ---
awk 'BEGIN { srand(4); for (i = 0; i < 60; i++) { for (k = 0; k < 64; k++)
    printf "%s%d", k ? "," : "", (i % 2 ? k % 8 : int(k / 8)) < 4 ? 200 + 50 * rand() : 20 * rand()
    print "" } }' | tensor-convert -f npy --dtype uint8 --reshape -1x8x8 -o x.npy
check "trained, served and sampled" pipeline \
    'score-train -q --width 8 --steps 30 < x.npy > denoiser.safetensors &&
     score-sample --denoiser "score-serve --load denoiser.safetensors" --shape 8x8 --count 5 \
         --steps 5 > y.npy'
check_output ',float32,5x8x8' sh -c 'tensor-info y.npy | tail -n 1 | cut -d, -f1-3'
check "sampled among codes" pipeline \
    'score-encode -q --latent 3 --width 8 --steps 100 --rate 0.003 x.npy > autoencoder &&
     score-encode --load autoencoder x.npy > codes.npy &&
     score-sample --data codes.npy --sigma 0.2 --count 6 --steps 10 |
         score-encode --load autoencoder --decode > decoded.npy'
check_output ',float32,6x8x8' sh -c 'tensor-info decoded.npy | tail -n 1 | cut -d, -f1-3'
check "bright and dark as the data are" sh -c 'tensor-info decoded.npy | awk -F, "NR == 2 {
    exit !(\$4 > -2 && \$6 < 2 && \$7 > 0.4) }"'
finish
