# A binary tree in the Poincaré disc, and how its distances fare in the two planes.
set -eu
graph-make tree --nodes 127 > tree-edges.csv

embed() {
    graph-embed --quiet --threads 1 --seed 1 --dim 2 --loss relative --rate 0.05 --restarts 8 \
        --steps 1500 "$@" tree-edges.csv
}

# Node i is in generation floor(log2(i + 1)).
embed --geometry hyperbolic |
    awk -F, 'NR == 1 { print $0 ",generation"; next }
             { print $0 "," int(log($1 + 1) / log(2) + 1e-9) }' |
    tensor-plot --kind graph --disk --edges tree-edges.csv --color generation \
        --title "A binary tree in the Poincaré disc" -o tree.png
embed --compare euclidean,hyperbolic | tee tree.csv
