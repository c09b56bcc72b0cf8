# depth.sh GRAPHS VARIANT LAYERS: an SMPNN of so many blocks on Cora, three times; writes
# VARIANT,LAYERS, mean and deviation of validation and test accuracy, and Dirichlet energy and
# spread of the nodes after the last block (of the best of the three). Keeps its stages as
# stages.csv beside where the table is written, when STAGES names a file. The variants:
# residual (the published block), fixed (residuals, alpha = 1), no-residual (with the epsilon
# and the rate that suit it better: an epsilon of 0.1 lets what a block hands on die away
# where nothing goes past it).
set -eu
folder=$1/cora
case $2 in
residual) options= ;;
fixed) options='--alpha 1' ;;
no-residual) options='--no-residual --norm-epsilon 0.00001 --rate 0.003' ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
graph-classify --quiet --features "$folder/features.npy.gz" --labels "$folder/nodes.csv" \
    --layers "$3" $options ${EPOCHS:+--epochs $EPOCHS} --repeat "${REPEAT:-3}" \
    --threads "${THREADS:-1}" \
    --report "$scratch/report" --diagnose "$scratch/stages" --output /dev/null "$folder/edges.csv"
echo "$2,$3,$(
    sh "$(dirname "$0")/figures.sh" "$scratch/report" validation_accuracy test_accuracy),$(
    awk -F, '{ before = last; last = $2 "," $3 } END { print before }' \
        "$scratch/stages")"
[ -z "${STAGES:-}" ] || cp "$scratch/stages" "$STAGES"
