# order.sh FILE|NODES/PROBABILITY T SEED: how well times of T dimensions tell the order of a graph
# (cycles condensed): one row for interval labels, for refined ones, and for trained times without
# and with unrelated pairs: graph,T,seed,times,precision,recall,trained edges forward,seconds
set -eu
here=$(dirname "$0")
case $1 in
[0-9]*/*)
    name="${1%/*} nodes p ${1#*/}"
    graph-make dag --nodes "${1%/*}" --probability "${1#*/}" --seed "$3" > "graph.$$"
    ;;
*)
    name=$(basename "$(dirname "$1")")/$(basename "$1" .csv)
    grep -Ev '^([^,]*),\1$' "$1" > "graph.$$"
    ;;
esac
trap 'rm -f "graph.$$"' EXIT

row() {
    kind=$1
    shift
    dag-spacetime --quiet --threads 1 --condense --time-dim "$T" --seed "$seed" "$@" --report - \
        -o /dev/null "graph.$$" | awk -v label="$name,$T,$seed,$kind" -v wanted=order \
        -f "$here/report.awk"
}
T=$2 seed=$3
row labels --causality labels --steps 1 --refine 0
row refined --causality labels --steps 1
row edges --causality edges --steps "${STEPS:-3000}" --unrelated 0
row parted --causality edges --steps "${STEPS:-3000}"
