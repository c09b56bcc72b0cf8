# score-sample: closed-form flows, exact and smoothed, estimated, guided, observed; bad input.
. "$srcdir/tests/pipeline/lib.sh"

# Two rings of points, with the ring as label, and images of 4 x 4 pixels.
awk 'BEGIN {
    print "x,y,ring"
    for (i = 0; i < 60; i++) {
        a = i * 0.10472; r = i % 2 ? 1.5 : 0.5
        printf "%.5f,%.5f,%s\n", r * cos(a), r * sin(a), i % 2 ? "outer" : "inner"
    }
}' > rings.csv
tensor-convert --columns x,y rings.csv > points.csv
tensor-convert --columns ring rings.csv > labels.csv
awk 'BEGIN { for (i = 0; i < 40; i++) for (j = 0; j < 16; j++)
    printf "%d%s", (i * 37 + j * 101) % 256, j < 15 ? "," : "\n" }' > pixels.csv
tensor-convert --reshape 40x4x4 --dtype uint8 -f npy pixels.csv -o images.npy

# nearest_rows FILE: the distance of each sample (x,y) from the nearest of points.csv.
nearest_rows() {
    awk -F, 'NR == FNR { if (FNR > 1) { x[FNR] = $1; y[FNR] = $2 } next }
        FNR > 1 {
            best = 1e9
            for (i in x) { d = (x[i] - $1) ^ 2 + (y[i] - $2) ^ 2; if (d < best) best = d }
            print sqrt(best)
        }' points.csv "$1"
}

check "exact flows" score-sample --data points.csv --count 30 -o exact.csv
check_output 30 sh -c 'tail -n +2 exact.csv | wc -l'
check_output 'x,y' head -n 1 exact.csv
check "exact flows end at rows" sh -c '! echo "$1" | awk "\$1 > 1e-3" | grep .' - \
    "$(nearest_rows exact.csv)"
check "heun too" score-sample --data points.csv --count 30 --method heun --steps 200 -o heun.csv
check "heun ends at rows" sh -c '! echo "$1" | awk "\$1 > 1e-3" | grep .' - \
    "$(nearest_rows heun.csv)"
check "smooth flows" score-sample --data points.csv --sigma 0.15 --count 30 -o smooth.csv
check "smooth flows make new points" sh -c 'test $(echo "$1" | awk "\$1 > 1e-3" | wc -l) -gt 20' - \
    "$(nearest_rows smooth.csv)"
check "near the rings" awk -F, 'NR > 1 { r = sqrt($1 * $1 + $2 * $2)
    if (r > 1.6 || (r > 0.65 && r < 1.25)) bad++ } END { exit bad > 3 }' smooth.csv

# The same seed gives the same bytes; another does not; batches do not matter.
check "same seed" sh -c 'score-sample --data points.csv --sigma 0.15 --count 30 | cmp - smooth.csv'
check "other seed" sh -c '! score-sample --data points.csv --sigma 0.15 --count 30 --seed 2 |
    cmp -s - smooth.csv'
check "batches" sh -c 'score-sample --data points.csv --sigma 0.15 --count 30 \
    --batch 7 > batches.csv'
check "standard input" sh -c 'score-sample --data - --sigma 0.15 --count 30 < points.csv |
    cmp - smooth.csv'
check "the numbers agree but for rounding" awk -F, 'NR == FNR { a[FNR] = $1; b[FNR] = $2; next }
    FNR > 1 && (($1 - a[FNR]) ^ 2 + ($2 - b[FNR]) ^ 2 > 1e-6) { bad++ }
    END { exit bad > 1 }' smooth.csv batches.csv

# Neighbours: all of them are the exact score, few are near it.
check "all neighbours" sh -c 'score-sample --data points.csv --count 30 --neighbors 60 > all.csv'
check "all neighbours end at rows" sh -c '! echo "$1" | awk "\$1 > 1e-3" | grep .' - \
    "$(nearest_rows all.csv)"
check "few neighbours" sh -c 'score-sample --data points.csv --sigma 0.15 --count 30 --neighbors 8 \
    --random 20 > few.csv'
check "an index" sh -c 'score-sample --data points.csv --count 30 --neighbors 20 --index ivf \
    --lists 10 --probes 3 > index.csv'
check "an index ends at rows" sh -c '! echo "$1" | awk "\$1 > 1e-3" | grep .' - \
    "$(nearest_rows index.csv)"

# Classes.
check "labels from a column" sh -c 'score-sample --data rings.csv --label-column ring \
    --guide inner --count 10 > inner.csv'
check "only of the class" awk -F, 'NR > 1 && $1 * $1 + $2 * $2 > 0.3 { exit 1 }' inner.csv
check "labels from a file" sh -c 'score-sample --data points.csv --labels labels.csv --guide inner \
    --count 10 | cmp - inner.csv'
check "all classes in turn" sh -c 'score-sample --data points.csv --labels labels.csv --guide all \
    --count 10 > both.csv'
check "half of each" awk -F, 'NR > 1 && (NR < 7) != ($1 * $1 + $2 * $2 < 0.3) { exit 1 }' both.csv
check "classes by an index" sh -c 'score-sample --data points.csv --labels labels.csv \
    --guide outer,inner --neighbors 5 --index ivf --count 6 > listed.csv'
check "outer before inner" awk -F, 'NR > 1 && (NR < 5) != ($1 * $1 + $2 * $2 > 0.3) {
    exit 1 }' listed.csv

# What is observed stays.
check "observed" sh -c 'printf "x,y\n,0.5\n" | score-sample --data points.csv --sigma 0.05 \
    --observed - --count 8 > observed.csv'
check "observed numbers stay" awk -F, 'NR > 1 && $2 != 0.5 { exit 1 }' observed.csv
printf 'x,y\n,0.5\n0.5,\n1,1\n' > three.csv
check_output '1,1' sh -c 'score-sample --data points.csv --observed three.csv --count 3 | tail -n 1'

# Start late; standardise.
check "late start" sh -c 'score-sample --data points.csv --start 0.1 --count 30 > late.csv'
check "late starts end at rows" sh -c '! echo "$1" | awk "\$1 > 1e-3" | grep .' - \
    "$(nearest_rows late.csv)"
awk -F, 'NR == 1 { print } NR > 1 { print $1 * 1000 + 5000 "," $2 * 1000 }' points.csv > large.csv
check "a warning of the scale" sh -c 'score-sample --data large.csv --count 2 2>&1 > /dev/null |
    grep -q "warning: the data deviate by 7.*--standardize"'
check "standardised" sh -c 'score-sample --data large.csv --standardize \
    --count 20 > large-samples.csv'
check "scaled back" awk -F, 'NR == FNR { if (FNR > 1) { x[FNR] = $1; y[FNR] = $2 } next }
    FNR > 1 {
        best = 1e9
        for (i in x) { d = (x[i] - $1) ^ 2 + (y[i] - $2) ^ 2; if (d < best) best = d }
        if (best > 1) exit 1
    }' large.csv large-samples.csv

# Arrays keep their shape; pixels come out from -1 to 1; a stream has a record for each sample.
check "images" score-sample --data images.npy --count 5 --steps 20 -o samples.npy
check_output ',float32,5x4x4' sh -c 'tensor-info samples.npy | sed 1d | cut -d, -f1-3'
check "pixels are from -1 to 1" sh -c 'tensor-info samples.npy | sed 1d |
    awk -F, "{ exit !(\$4 >= -1.001 && \$6 <= 1.001 && \$4 < -0.9) }"'
check_output ',float32,4x4
,float32,4x4' sh -c 'score-sample --data images.npy --count 2 --steps 5 --stream | tensor-info |
    sed 1d | cut -d, -f1-3'
check_output 16 sh -c 'score-sample --data images.npy --count 2 --steps 5 -f csv | head -n 1 |
    tr , "\n" | wc -l'
check "a report" score-sample --data points.csv --sigma 0.1 --count 4 --report report.json -o s.csv
check "a report has the rate" grep -Eq '"samples_per_second":[[:space:]]*[0-9]' report.json

# One row, rows that are the same, constant columns.
printf '1,2\n' > one.csv
check_output '1,2
1,2' score-sample --data one.csv --count 2
check_output '1,2' score-sample --data one.csv --sigma 0.5 --neighbors 1 --count 1
printf '1,2\n1,2\n1,2\n' > same.csv
check_output '1,2' score-sample --data same.csv --sigma 0.5 --count 1
check_output '1,2' score-sample --data same.csv --standardize --count 1
check_output '1,2' score-sample --data same.csv --neighbors 2 --index ivf --count 1
printf '1,5\n-1,5\n0,5\n' > constant.csv
check_output 5 sh -c 'score-sample --data constant.csv --count 1 | cut -d, -f2'

# Another process as denoiser: the same score through pipes gives nearly the same samples.
serve='score-serve --data points.csv'
check "a process" score-sample --denoiser "$serve" --shape 2 --count 20 -f csv -o served.csv
check "its samples are rows" sh -c '! echo "$1" | awk "\$1 > 2e-3" | grep .' - \
    "$(nearest_rows served.csv)"
check "classes by number" \
    sh -c 'score-sample --denoiser "score-serve --data points.csv --labels labels.csv" --shape 2 \
    --guide 1 --count 5 -f csv > numbered.csv'
check "only of that class" awk -F, '$1 * $1 + $2 * $2 < 1 { exit 1 }' numbered.csv
check_output ',float32,3x2' sh -c 'score-sample --denoiser "$1" --shape 2 --steps 3 --count 3 |
    tensor-info | sed 1d | cut -d, -f1-3' - "$serve"

# One that dies in the second batch, hangs, answers another shape, or is not there; what was
# finished before is kept, and the file says how much that is.
cat > dies.sh <<'SH'
dd bs=1 count="$1" status=none | score-serve --data points.csv 2> /dev/null
exit 3
SH
kept() {
    check_output "$1" sh -c "tensor-info $2 | sed 1d | cut -d, -f1-3"
}
# A question of two rows of two numbers: 128 + 16, 128 + 8 and 128 + 0 bytes; 10 of them to a batch.
check_fails 69 'sh dies.sh 5000' score-sample --denoiser 'sh dies.sh 5000' --shape 2 --steps 10 \
    --count 6 --batch 2 -o died.npy
kept ',float32,2x2' died.npy
check "no such program" sh -c 'score-sample --denoiser no-such-program --shape 2 -o none.npy 2>&1 |
    grep -q "^score-sample: .no-such-program. ended with exit code 127"'
check "nothing is left of nothing" sh -c '! test -e none.npy'
check_fails 69 'sleep' score-sample --denoiser 'sleep 100' --shape 2 --timeout 0.3 -o hung.npy
check_fails 65 'cat images.npy' \
    score-sample --denoiser "cat images.npy && cat > /dev/null" --shape 2 --count 1 -o shape.npy
check_fails 64 'needs the --shape' score-sample --denoiser "$serve"
check_fails 64 'takes the place of --data' score-sample --denoiser "$serve" --shape 2 --sigma 1
check_fails 64 "'2x' is not a shape" score-sample --denoiser "$serve" --shape 2x
check_fails 64 'are of --denoiser' score-sample --data points.csv --shape 2
check_fails 65 "'x' is not the number of a class" \
    score-sample --denoiser "$serve" --shape 2 --guide x

# Codes of an autoencoder: drawn, and decoded.
score-encode -q --steps 2 --width 4 --latent 3 images.npy > encoder 2> /dev/null
score-encode --load encoder images.npy > codes.npy
check "decoded samples" sh -c 'score-sample --data codes.npy --decoder encoder \
    --count 5 > decoded.npy'
check_output ',float32,5x4x4' sh -c 'tensor-info decoded.npy | sed 1d | cut -d, -f1-3'
check "of exact codes, decoded rows" sh -c '
    score-sample --data codes.npy --count 5 | score-encode --load encoder --decode > again.npy
    tensor-convert -f csv decoded.npy > a.csv; tensor-convert -f csv again.npy > b.csv
    cmp a.csv b.csv'
check_fails 65 'decodes codes of 3 numbers; expected the 2 that are drawn' \
    score-sample --data points.csv --decoder encoder
check_fails 65 'points.csv' score-sample --data codes.npy --decoder points.csv
check_fails 66 'nowhere' score-sample --data codes.npy --decoder nowhere

# Bad input.
check_fails 64 '\-\-data is missing' score-sample
check_fails 64 "sigma: '-1'" score-sample --data points.csv --sigma -1
check_fails 64 "perturbations are of --sigma" score-sample --data points.csv --perturbations 4
check_fails 64 "does not go with --format csv" score-sample --data points.csv --stream -f csv
check_fails 64 "perturbations: '0'" score-sample --data points.csv --perturbations 0
check_fails 64 "count: '0'" score-sample --data points.csv --count 0
check_fails 64 "start: '1'" score-sample --data points.csv --start 1
check_fails 64 "'rk4' is not one of euler, heun" score-sample --data points.csv --method rk4
check_fails 64 'needs --labels or --label-column' score-sample --data points.csv --guide 1
check_fails 64 'exclude each other' score-sample --data rings.csv --labels labels.csv \
    --label-column ring
check_fails 64 'are of --neighbors, which is missing' score-sample --data points.csv --random 5
check_fails 64 'are of --index ivf' score-sample --data points.csv --neighbors 5 --probes 5
check_fails 64 'both standard input' score-sample --data - --labels - < points.csv
check_fails 65 'points.csv: 60 rows; expected at least 61 for as many --neighbors' \
    score-sample --data points.csv --neighbors 61
check_fails 65 'standard input: empty' sh -c 'score-sample --data - < /dev/null'
check_fails 65 'standard input: no rows' sh -c 'echo x,y | score-sample --data -'
check_fails 65 'bad.csv:2: column 2 .*not finite' sh -c 'printf "x,y\n1,nan\n" > bad.csv
    score-sample --data bad.csv'
check_fails 65 'bad.csv:2: column 2 .*is empty' sh -c 'printf "x,y\n1,\n" > bad.csv
    score-sample --data bad.csv'
check_fails 65 'rings.csv:2: column 3 .* is text' score-sample --data rings.csv
check_fails 65 "no column 'circle' for the labels" score-sample --data rings.csv \
    --label-column circle
check_fails 65 "expected a table with the column 'x'" score-sample --data images.npy \
    --label-column x
check_fails 65 "no class 'middle' among the labels" \
    score-sample --data points.csv --labels labels.csv --guide middle
check_fails 65 '60 labels below a header; expected 40' score-sample --data images.npy \
    --labels labels.csv
check_fails 65 'records of 16 numbers; expected 2' \
    score-sample --data points.csv --observed images.npy
check_fails 65 '3 records; expected 1, or 4' \
    score-sample --data points.csv --observed three.csv --count 4
check_fails 66 'nowhere.csv' score-sample --data nowhere.csv
check_fails 73 'nowhere/s.csv' score-sample --data points.csv -o nowhere/s.csv
[ ! -c /dev/full ] || check_fails 74 'cannot write' \
    sh -c 'score-sample --data points.csv > /dev/full'
if have_numpy; then
    "$PYTHON" -c 'import numpy
numpy.save("nan.npy", [[0, 1], [1, numpy.nan]]); numpy.save("scalar.npy", 1.0)
numpy.save("empty.npy", numpy.zeros((0, 2))); numpy.save("narrow.npy", numpy.zeros((2, 0)))
numpy.save("huge.npy", [[1e300]])'
    check_fails 65 'nan.npy: number 2 of row 2 is NaN' score-sample --data nan.npy
    check_fails 65 'scalar.npy: a single number' score-sample --data scalar.npy
    check_fails 65 'empty.npy: no rows' score-sample --data empty.npy
    check_fails 65 'narrow.npy: no rows, or rows of nothing' score-sample --data narrow.npy
    check_fails 65 'huge.npy: number 1 of row 1 is infinite as a float' score-sample --data huge.npy
    check_fails 65 'two.npy: more than one array' \
        sh -c 'cat samples.npy samples.npy > two.npy; score-sample --data two.npy'
fi

# An interrupted run keeps what is finished, and says how much that is.
score-sample --data points.csv --sigma 0.1 -f npy --count 4000000 --batch 16 \
    -o kept.npy 2> interrupted &
job=$!
sleep 1
kill -TERM $job
wait $job
check_output 130 echo $?
check "what is kept can be read" tensor-info kept.npy
check_output 0 sh -c 'n=$(tensor-info kept.npy | sed 1d | cut -d, -f3 | sed "s/x2//")
    test "$n" -lt 4000000; echo $?'

# Fashion-MNIST, where it is installed.
images=/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz
if [ -e $images ]; then
    check "the images of a package" score-sample --data $images --sigma 1 --steps 4 --count 2 \
        -o fashion.npy
    check_output ',float32,2x28x28' sh -c 'tensor-info fashion.npy | sed 1d | cut -d, -f1-3'
fi

run_examples score-sample
finish
