# How deep a message passing network may be: the share of nodes that it tells right, by its number
# of blocks, with residual connections and without (depth.png). Means of three seeds.
set -eu
graph-make stochastic-block --nodes 300 --blocks 3 --within 0.08 --between 0.01 --separation 0.6 \
    --feature-dim 8 --seed 1 --labels depth-nodes.csv \
    --features depth-features.npy > depth-edges.csv

# accuracy LAYERS [OPTION]...: the mean of the test accuracies.
accuracy() {
    layers=$1
    shift
    graph-classify --quiet --threads 1 --seed 1 --repeat 3 --layers "$layers" --epochs 40 "$@" \
        --features depth-features.npy --labels depth-nodes.csv --report depth.json depth-edges.csv \
        > depth-predictions.csv
    tr -d '\n\t' < depth.json | sed 's/.*"test_accuracy":{"mean":\([0-9.]*\).*/\1/'
}

echo blocks,residual,plain > depth.csv
for layers in 1 2 4 8 12 16 24; do
    echo "$layers,$(accuracy $layers),$(accuracy $layers --no-residual)" >> depth.csv
done
tensor-plot --kind lines -x blocks -y residual,plain --ylabel 'test accuracy' \
    --title 'Accuracy by depth, with residual connections and without' depth.csv -o depth.png
cat depth.csv
