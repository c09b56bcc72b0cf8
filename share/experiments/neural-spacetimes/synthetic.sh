# synthetic.sh WEIGHT DIM SEED: one cell, the three geometries with D = T = DIM.
set -eu
graph-make dag --nodes 50 --probability 0.9 --weight "$1" --seed "$3" |
    dag-spacetime --compare --quiet --threads 1 --steps "${STEPS:-3000}" --space-dim "$2" \
        --time-dim "$2" --seed "$3" |
    awk -F, -v OFS=, -v weight="$1" -v seed="$3" 'NR > 1 { print weight, seed, $0 }'
