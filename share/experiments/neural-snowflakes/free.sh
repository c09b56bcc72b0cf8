# free.sh WEIGHT SEED: the same graphs in the plane by free coordinates, all pairs, default options.
# Writes weight,seed,euclidean_mse,snowflake_mse; the learned f goes to free/WEIGHT.SEED.f.csv.
set -eu
weight=$1 seed=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
graph-make metric --points 100 --weight "$weight" --seed "$seed" > "$scratch/edges.csv"
graph-embed --quiet --target weights --compare euclidean,snowflake --dim 2 --seed "$seed" \
    --threads 1 "$scratch/edges.csv" |
    awk -F, -v cell="$weight,$seed" 'NR == 2 { euclidean = $6 }
    NR == 3 { print cell "," euclidean "," $6 }'
