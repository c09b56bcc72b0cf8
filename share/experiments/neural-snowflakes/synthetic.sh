# synthetic.sh POINT_DIM WEIGHT DIM SEED: complete graphs on 100 standard-normal points, embedded by
# an MLP over the points' coordinates; a fifth of the pairs is held out. Writes a line for each
# rate: point_dim,weight,dim,seed,rate,euclidean_test_mse,snowflake_test_mse
set -eu
point_dim=$1 weight=$2 dim=$3 seed=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
graph-make metric --points 100 --point-dim "$point_dim" --weight "$weight" --seed "$seed" \
    --coordinates "$scratch/points.csv" > "$scratch/edges.csv"
for rate in 0.03 0.1 0.3; do
    graph-embed --quiet --target weights --holdout 0.2 --features "$scratch/points.csv" \
        --compare euclidean,snowflake --dim "$dim" --rate "$rate" --steps "${STEPS:-2000}" \
        --seed "$seed" --threads 1 "$scratch/edges.csv" > "$scratch/table.csv"
    awk -F, -v cell="$point_dim,$weight,$dim,$seed,$rate" '
        NR == 2 { euclidean = $6 }
        NR == 3 { print cell "," euclidean "," $6 }' "$scratch/table.csv"
done
