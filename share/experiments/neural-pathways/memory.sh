# Prediction by 1,000 leaves of more than a GiB within 64 MiB: --memory 64M under a limit on the
# address space of the process, with rows sorted by leaf, in their own order, and in the order
# that is worst (every row another leaf), with a window and without. Prints a table. LEAVES, WIDTH
# and ROWS make it smaller.
set -eu
leaves=${LEAVES-1000} width=${WIDTH-544} rows=${ROWS-20000}
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
# What the program and its libraries take by themselves, in MiB of address space.
constant=${CONSTANT-64}

awk -v n="$rows" 'BEGIN { srand(1); print "a,b,y"; for (i = 0; i < n; i++) { a = rand(); b = rand()
    printf "%.6f,%.6f,%.6f\n", a, b, sin(20 * a) * b } }' > rows.csv
pathway-route -q --leaves "$leaves" --branching 32 --target y --seed 1 --out model rows.csv
pathway-seed -q --load model --hidden "$width,$width" --epochs 1 --sample 2000 rows.csv
# Leaves keep their seed: only their sizes matter here.
pathway-fit -q --all model --epochs 1 --holdout 0
pathway-route --load model rows.csv > tagged.csv
(head -n 1 rows.csv; tail -n +2 tagged.csv | sort -t, -s -n -k1,1 | cut -d, -f3-) > sorted.csv
# One row of each leaf by turns.
(head -n 1 rows.csv; tail -n +2 tagged.csv | awk -F, '{ print n[$1]++ "," $0 }' |
    sort -t, -n -k1,1 -k2,2 |
    cut -d, -f4-) > adversarial.csv

bytes=$(cat model/leaf-*.safetensors | wc -c)
echo
echo "### Memory"
echo
echo "$leaves leaves, $bytes bytes; \`--memory 64M\`, address space limited to 64 + $constant MiB."
echo
echo "| Rows | Window | Rows a second | Leaves loaded | Bound, bytes | Highest resident, MiB |"
echo "|---|--:|--:|--:|--:|--:|"
metric() { sed -n "s/.*\"$1\":[[:space:]]*\([-0-9.e]*\),*/\1/p" report.json; }
try() { # NAME FILE WINDOW COUNT
    head -n "$(($4 + 1))" "$2" > some.csv
    prlimit --as=$(((64 + constant) << 20)) env OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 \
        pathway-predict -q --load model --memory 64M $3 \
        --report report.json -o predictions.csv some.csv
    echo "| $1 | $(metric window_rows) | $(metric rows_per_second | cut -d . -f 1) | $(
        metric cache_misses) | $(metric bound_bytes) | $(($(metric peak_bytes) >> 20)) |"
}
try 'sorted by leaf' sorted.csv '' "$rows"
try 'as they come' rows.csv '' "$rows"
try 'the worst order' adversarial.csv '' "$rows"
try 'sorted by leaf' sorted.csv '--window 1' "$rows"
try 'as they come' rows.csv '--window 1' 2000
try 'the worst order' adversarial.csv '--window 1' 2000
