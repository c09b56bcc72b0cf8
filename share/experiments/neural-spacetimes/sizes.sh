# sizes.sh NODES PROBABILITY SEED: one row of figures of a random DAG with trained times.
set -eu
here=$(dirname "$0")
graph-make dag --nodes "$1" --probability "$2" --weight euclidean --seed "$3" |
    dag-spacetime --quiet --threads 1 --steps "${STEPS:-3000}" --causality edges --seed "$3" \
        --report - -o /dev/null |
    awk -v label="$1 nodes p $2" -f "$here/report.awk"
