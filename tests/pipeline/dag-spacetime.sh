. "$srcdir/tests/pipeline/lib.sh"

OMP_NUM_THREADS=1
export OMP_NUM_THREADS
dag() {
    dag-spacetime --quiet --steps 300 "$@"
}

at_most() {
    awk -v found="$(metric "$1" "$3")" -v high="$2" 'BEGIN { exit !(found != "" && found <= high) }'
}

graph-make dag --nodes 40 --probability 0.2 --seed 3 --weight sqrt-log --coordinates points.csv \
    > edges.csv

# By default the order is exact, and distances are those of the edges.
check "exact" dag edges.csv --report report.json --model model -o events.csv
check_output 'node,x0,x1,x2,x3,t0' sh -c 'head -n 1 events.csv | cut -d, -f1-6'
check_output 41 sh -c 'wc -l < events.csv'
check_output 1 metric order_agreement report.json
check_output 1560 metric pairs_checked report.json
check_output 1 metric edge_directionality report.json
check_output "$(metric width report.json)" metric time_dim report.json
check "distortion" at_least average_distortion 0.95 report.json
check "distortion" at_most average_distortion 1.05 report.json
check "largest distortion" at_most maximum_distortion 1.5 report.json

# The table alone tells the order: the times of an edge's ends never decrease.
check "times along edges" awk -F, '
    NR == FNR { if (FNR > 1) for (i = 6; i <= NF; i++) t[$1, i] = $i; columns = NF; next }
    FNR > 1 { for (i = 6; i <= columns; i++) if (t[$1, i] + 0 > t[$2, i] + 0) exit 1 }' \
    events.csv edges.csv

# Labels miss nothing; trained times bring every edge forward.
check "labels" dag --causality labels --time-dim 2 edges.csv --report labels.json -o labels.csv
check_output 1 metric reachability_recall labels.json
check_output 2 metric time_dim labels.json
check "edges" dag --causality edges --time-dim 2 edges.csv --report edges.json -o trained.csv
check_output 1 metric edge_directionality edges.json
check "published" dag --recipe published --features points.csv --space-dim 2 --time-dim 2 \
    --steps 20 edges.csv --report published.json -o published.csv
check_output 94128 metric parameters published.json
check_output 20 metric steps published.json

check_output 'no path is missed' sh -c 'grep -o "no path is missed" edges.json'
check "published" dag --recipe published --causality edges --steps 20 edges.csv \
    --report p.json -o p.csv
check_output 0 metric unrelated p.json
check_output 0 metric repaired_nodes p.json

# Refining parts pairs that labels relate in error, and misses nothing; so does training with pairs.
graph-make dag --nodes 80 --probability 0.04 --seed 5 > sparse.csv
check "as they are" dag --causality labels --time-dim 4 --refine 0 sparse.csv \
    --report raw.json -o r.csv
check "refined" dag --causality labels --time-dim 4 --refine 400 sparse.csv --report refined.json \
    -o refined.csv
check_output 1 metric reachability_recall refined.json
check_output "$(metric reachability_precision raw.json)" metric unrefined_precision refined.json
check "fewer errors" at_most false_positive_rate \
    "$(awk -v raw="$(metric false_positive_rate raw.json)" 'BEGIN { print raw / 2 }')" refined.json
check "no pairs" dag --causality edges --unrelated 0 sparse.csv --report none.json -o none.csv
check "pairs" dag --causality edges --unrelated 2000 sparse.csv --report pairs.json -o pairs.csv
check_output 1 metric edge_directionality pairs.json
check_output 1 metric reachability_recall pairs.json
check "fewer errors" at_most false_positive_rate \
    "$(awk -v raw="$(metric false_positive_rate none.json)" 'BEGIN { print raw / 2 }')" pairs.json
check_fails 64 'expected --causality labels' dag --refine 5 edges.csv
check_fails 64 'expected --causality edges' dag --unrelated 5 edges.csv
check_fails 64 'expected --causality labels or exact' dag --times ranks --causality edges edges.csv

# Spaced times compare as ranks do: sorted by any time, the nodes stand in the same order.
check "ranks" dag --times ranks edges.csv --report ranks.json -o ranks.csv
for column in 6 7; do
    check "order of column $column" sh -c "for table in ranks events; do
        tail -n +2 \$table.csv | sort -t, -g -k $column,$column | cut -d, -f1 > \$table.order; done
        cmp ranks.order events.order"
done
check "intervals" at_most interval_error "$(metric ranks_interval_error report.json)" report.json

# An order of two dimensions takes two times, however wide it is.
graph-make tree --nodes 31 > tree.csv
check "tree" dag tree.csv --report tree.json -o tree-events.csv
check_output 2 metric time_dim tree.json
check_output 16 metric width tree.json
check_fails 65 'no exact order in 1 time was found: the order.s width is 16' \
    dag --time-dim 1 tree.csv

# Comparison: ours is nearest to 1.
check "compare" dag --compare --space-dim 2 --time-dim 2 edges.csv -o table.csv
check_output 'neural
minkowski
de-sitter' sh -c 'tail -n +2 table.csv | cut -d, -f1'
check "the neural one is best" awk -F, '
    NR > 1 { off = $5 < 1 ? 1 - $5 : $5 - 1
        if (NR == 2) ours = off; else if (off <= ours) exit 1 }' table.csv

# Cycles: refused by name, joined, or broken.
printf 'a,b\nb,c\nc,a\nc,d\n' > cycle.csv
check_fails 65 'cycle' dag cycle.csv
check "condense" dag --condense cycle.csv --report condense.json -o joined.csv
check_output 5 sh -c 'wc -l < joined.csv'
check_output 3 metric joined_nodes condense.json
check_output 0.25 metric acyclicity_ceiling condense.json
check_output 1 sh -c 'grep "^[abc]," joined.csv | cut -d, -f2- | sort -u | wc -l'
check "break" dag --break-cycles cycle.csv --report break.json -o broken.csv
check_output 0.75 metric acyclicity_ceiling break.json

# Input and output.
dag edges.csv -o expected.csv
check "standard input" sh -c 'dag-spacetime --quiet --steps 300 < edges.csv | cmp - expected.csv'
check "gzip" sh -c 'gzip -c edges.csv | dag-spacetime -q --steps 300 - | cmp - expected.csv'
check "log" dag --log log.jsonl edges.csv -o again.csv
check_output 3 sh -c 'grep -c space_loss log.jsonl'
check "npy" dag -f npy edges.csv -o events.npy

# A run that goes on from a checkpoint ends like one that was never interrupted.
dag --causality edges edges.csv -o whole.csv
dag --causality edges --steps 300 --checkpoint state edges.csv -o first.csv
check "resume" dag --causality edges --checkpoint state --resume edges.csv -o resumed.csv
check "the same events" cmp resumed.csv whole.csv
check_fails 65 'another run' dag --space-dim 2 --checkpoint state --resume edges.csv

# What is wrong with input and options.
check_fails 65 'standard input' sh -c 'dag-spacetime < /dev/null'
check_fails 65 'self loop' sh -c 'echo a,a | dag-spacetime'
check_fails 65 'no edge is left' sh -c 'printf "a,b\nb,a\n" | dag-spacetime --condense -q'
check_fails 65 'weight' sh -c 'printf "a,b,0\n" | dag-spacetime'
head -n 20 points.csv > few.csv
check_fails 65 "few.csv: node '.*' has no row" dag --features few.csv edges.csv
check_fails 64 'exclude each other' dag --condense --break-cycles edges.csv
check_fails 64 'goes only with --causality edges' dag --compare --causality exact edges.csv
check_fails 64 'does not go with' dag --compare --model m edges.csv
check_fails 64 'are the same file' dag --model out.csv -o out.csv edges.csv
check_fails 64 'time-dim' dag --time-dim 0 edges.csv

check_fails 66 'nowhere: cannot open' dag --checkpoint nowhere --resume edges.csv
check "labels in one time" dag --causality labels --time-dim 1 edges.csv \
    --report one.json -o one.csv
check_output 1 metric reachability_recall one.json

# Names of any kind come back as they went in.
printf 'a,b\r\n"x ""q"", y",b\r\nb,"new\nline"\r\n' > odd.csv
check "odd names" dag odd.csv --model odd -o odd-events.csv
check_output '"x ""q"", y","new
line",before' sh -c 'printf "\"x \"\"q\"\", y\",\"new\nline\"\n" |
    dag-query --load odd --relation-only'

run_examples dag-spacetime
finish
