# encoder.sh PROBABILITY T SEED: 50 nodes placed by an encoder of their two coordinates, D = 2,
# times trained without and with unrelated pairs: p,T,seed,unrelated,distortion,std,edges forward as
# trained, after repair,precision
set -eu
here=$(dirname "$0")
trap 'rm -f "graph.$$" "points.$$"' EXIT
graph-make dag --nodes 50 --probability "$1" --weight sqrt-log --seed "$3" \
    --coordinates "points.$$" > "graph.$$"
for unrelated in 0 12000; do
    dag-spacetime --quiet --threads 1 --causality edges --space-dim 2 --time-dim "$2" \
        --steps "${STEPS:-3000}" --features "points.$$" --seed "$3" --unrelated "$unrelated" \
        --report - -o /dev/null "graph.$$" |
        awk -v label="$1,$2,$3,$unrelated" -v wanted=encoder -f "$here/report.awk"
done
