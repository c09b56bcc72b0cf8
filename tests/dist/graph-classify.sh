# Ranks that train together do what one process does, up to rounding.
. "$srcdir/tests/pipeline/lib.sh"

[ "${WITH_MPI-}" = yes ] || skip "configured without MPI (--with-mpi)"
command -v mpirun > /dev/null || skip "there is no mpirun"

# As root and with more ranks than processors only where it must be: OpenMPI asks to be told.
mpirun --version | grep -q 'Open MPI' && set -- --allow-run-as-root --oversubscribe || set --
OMP_NUM_THREADS=1
export OMP_NUM_THREADS

graph-make sbm --blocks 4 --nodes 303 --edges 1500 --features 16 --separation 0.5 --out g

# classify RANKS OPTION...: trains with so many ranks.
launch="$*"
classify() {
    ranks=$1
    shift
    # shellcheck disable=SC2086 # the options of mpirun are several words
    mpirun $launch -n "$ranks" graph-classify -q --threads 1 --epochs 5 --features g/features.npy \
        --labels g/nodes.csv --model "model$ranks" --log "log$ranks" -o "p$ranks.csv" \
        "$@" g/edges.csv
}

# Probabilities of two runs: as many, and close.
close() {
    awk -F, 'NR == FNR { line[FNR] = $0; lines = FNR; next }
        FNR > 1 {
            n = split(line[FNR], other)
            for (i = 3; i <= n; i++) {
                difference = $i - other[i]
                if (difference > 1e-4 || difference < -1e-4) exit 1
            }
        }
        END { exit FNR != lines || lines != 304 }' "$1" "$2"
}

compare() {
    check "one process: $*" classify 1 "$@"
    for count in 2 3; do
        check "$count ranks: $*" classify "$count" "$@"
        check "the same predictions" close p1.csv "p$count.csv"
        check "one log" sh -c 'test $(wc -l < "$1") -eq $(wc -l < "$2")' - log1 "log$count"
    done
}

compare --dropout 0.3
compare --conv sage --alpha vector --diagnose stages.csv
compare --network gcn --dropout 0.5 --input-dropout 0.3
compare --batch-nodes 100 --dropout 0.3
compare --batch-nodes 60 --fanout 4,3 --layers 2 --dropout 0 --input-dropout 0

# shellcheck disable=SC2086
check_fails 64 'cannot read standard input' mpirun $launch -n 2 graph-classify \
    --features g/features.npy --labels g/nodes.csv -o p.csv
# shellcheck disable=SC2086
check_fails 64 'does not go with several ranks' mpirun $launch -n 2 graph-classify --attention \
    --features g/features.npy --labels g/nodes.csv -o p.csv g/edges.csv
finish
