# sigmas.sh SIGMA...: a table of quality-SIGMA.csv and samples-SIGMA.json.
set -eu
number() {
    sed -n "s/^$2,//p" "quality-$1.csv" | awk '{ printf "%.4g", $1 }'
}
rate() {
    sed -n 's/.*"samples_per_second":[[:space:]]*\([0-9.]*\).*/\1/p' "samples-$1.json" |
        awk '{ printf "%.2f", $1 }'
}
echo '| sigma | kernel distance | RBF | precision | recall | density | coverage |' \
    'nearest-training ratio | memorised | samples/s |'
echo '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
for sigma; do
    printf '| %s |' "$sigma"
    for metric in kernel_distance rbf_kernel_distance precision recall density coverage \
        nearest_training_ratio memorised_share; do
        printf ' %s |' "$(number "$sigma" $metric)"
    done
    printf ' %s |\n' "$(rate "$sigma")"
done
