#!/bin/sh
# cell.sh GRAPHS SET METHOD: prints a line SET,METHOD,MEAN,STD of test accuracies in %, over REPEAT (10)
# seeds and the splits in turn. SET is cora or citeseer of the folder GRAPHS, or a folder here that
# export.py or sentences.py wrote. Methods: mlp; knn (votes), knn-gcn (a GCN over the plain graph of ten neighbours); the
# name of a space; ames (all four); and with the graph that is given: given-gcn, given-ames.
set -eu
graphs=$1 set=$2 method=$3
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$set
features=$set/features.csv
dimension=8
units=auto
self=
case $set in
cora | citeseer) folder=$graphs/$set features=$graphs/$set/features.npy.gz dimension=128 ;;
sst2) dimension=32 ;;
tree | sphere) dimension=2 units=none self=no ;;
esac
all=e$dimension,h$dimension,s$dimension,f$dimension
infer() {
    graph-infer -q --threads "${THREADS:-1}" --labels "$folder/nodes.csv" --repeat "${REPEAT:-10}" \
        --feature-scaling "$units" \
        --report "$work/report" -o /dev/null "$@" "$features"
}
case $method in
knn)
    printf '%s,knn,' "$set"
    exec "${PYTHON:-python3}" "$here/neighbours.py" classify "$folder"
    ;;
mlp) infer --spaces none ;;
knn-gcn)
    "${PYTHON:-python3}" "$here/neighbours.py" edges "$folder" 10 > "$work/edges.csv"
    infer --spaces none --edges "$work/edges.csv"
    ;;
given-gcn) infer --spaces none --edges "$folder/edges.csv" ;;
given-ames) infer --spaces "$all" --edges "$folder/edges.csv" ;;
ames) infer --spaces "$all" ${self:+--self "$self"} ${HISTORY:+--history "$HISTORY"} ;;
*) infer --spaces "$method$dimension" ${self:+--self "$self"} ;;
esac
tr -d '\n\t ' < "$work/report" | sed 's/.*"test_accuracy":\({"mean":\)*\([0-9.e-]*\)\(,"std":\)*\([0-9.e-]*\).*/\2 \4/' |
    awk -v set="$set" -v method="$method" '{ printf "%s,%s,%.1f,%.1f\n", set, method, 100 * $1, 100 * $2 }'
