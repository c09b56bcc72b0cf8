# tree.sh DIM GEOMETRIES: the balanced binary tree of 1,023 nodes, all pairs. Writes the table of
# graph-embed --compare. Options by the environment: STEPS, BATCH, LOSS, SEED, THREADS.
set -eu
graph-make tree --nodes 1023 |
    graph-embed --quiet --compare "$2" --dim "$1" --loss "${LOSS:-relative}" \
        --steps "${STEPS:-2000}" --batch "${BATCH:-100000}" --seed "${SEED:-1}" \
        --threads "${THREADS:-1}"
