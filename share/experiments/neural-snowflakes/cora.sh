# cora.sh EDGES GEOMETRY: the largest component of a citation graph, all pairs, in 10
# dimensions. Writes the table of graph-embed --compare. Options by the environment: STEPS,
# BATCH, LOSS, SEED, THREADS.
set -eu
graph-embed --quiet --largest-component --compare "$2" --dim 10 --loss "${LOSS:-distortion}" \
    --steps "${STEPS:-1500}" --batch "${BATCH:-100000}" --seed "${SEED:-1}" \
    --threads "${THREADS:-1}" "$1"
