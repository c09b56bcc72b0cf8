# small.sh GRAPHS GRAPH NETWORK: trains a network on a graph of the folder GRAPHS ten times, over
# seeds and (where there are ten) splits, and writes GRAPH,NETWORK and mean and deviation of
# accuracy and ROC-AUC on validation and test nodes, parameters, best epoch, and processor seconds
# of all ten. Options by the environment: REPEAT, THREADS, EPOCHS.
set -eu
folder=$1/$2
options="--network $3"
case $2/$3 in
*/smpnn | */gcn | */sgc | */mlp) ;;
*/smpnn-sage) options="--network smpnn --conv sage" ;;
esac
[ "$2" != minesweeper ] || options="$options --metric roc-auc"
options="$options $(sed -n "s|^$2/$3: *||p" "$(dirname "$0")/options")"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
graph-classify --quiet --features "$folder/features.npy.gz" --labels "$folder/nodes.csv" $options \
    ${EPOCHS:+--epochs $EPOCHS} --repeat "${REPEAT:-10}" --threads "${THREADS:-1}" \
    --report "$report" --output /dev/null "$folder/edges.csv"
echo "$2,$3,$(sh "$(dirname "$0")/figures.sh" "$report" validation_accuracy test_accuracy \
    validation_roc_auc test_roc_auc parameters best_epoch cpu_s)"
