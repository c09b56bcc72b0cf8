# Sixteen layers of message passing on a graph of three groups: what becomes of the differences between
# its nodes, stage by stage, with residual connections and without (depth.png), and what that is worth.
set -eu
graph-make stochastic-block --nodes 300 --blocks 3 --within 0.1 --between 0.01 --separation 0.6 \
    --feature-dim 8 --seed 1 --labels depth-nodes.csv --features depth-features.npy > depth-edges.csv

classify() {
    graph-classify --quiet --threads 1 --seed 1 --layers 16 --epochs 60 --features depth-features.npy \
        --labels depth-nodes.csv "$@" depth-edges.csv > depth-predictions.csv
}

classify --diagnose depth-with.csv --report depth-with.json
classify --diagnose depth-without.csv --report depth-without.json --no-residual
paste -d, depth-with.csv depth-without.csv |
    awk -F, 'NR == 1 { print "stage,residual,plain"; next } { print $1 "," $3 "," $8 }' > depth.csv
tensor-plot --kind lines -x stage -y residual,plain --ylabel 'how far apart the nodes are' \
    --title 'Spread of the nodes over sixteen blocks' depth.csv -o depth.png
grep -o '"test_accuracy":[^,]*' depth-with.json depth-without.json
