#!/bin/sh
# cell.sh GRAPHS SET METHOD: prints a line SET,METHOD,MEAN,STD of test accuracies in %, over REPEAT
# (10) seeds and the splits in turn. SET is cora or citeseer of the folder GRAPHS, or a folder here
# that export.py or sentences.py wrote. Methods: mlp; knn (votes), knn-gcn (a GCN over the plain
# graph of ten neighbours); a letter e, h, s or f, for a space of the set's dimension; ames (all four,
# of known geometries the first three); and with the graph that is given: given-gcn, given-ames.
set -eu
graphs=$1 set=$2 method=$3
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$set
features=$set/features.csv
dimension=32
units=auto
letters='e h s f'
known= # draws reach far from the nearest, where curvature shows
case $set in
cora | citeseer) folder=$graphs/$set features=$graphs/$set/features.npy.gz dimension=128 ;;
tree) dimension=2 units=none letters='e h s' known='--self no --overlap 0.5 --k 5' ;;
sphere) dimension=2 units=none letters='e h s' known='--self no --overlap 0.5 --k 20' ;;
esac
all=$(printf "%s$dimension\n" $letters | paste -sd, -)
infer() {
    graph-infer -q --threads "${THREADS:-1}" --labels "$folder/nodes.csv" --repeat "${REPEAT:-10}" \
        --feature-scaling "$units" --report "$work/report" -o /dev/null "$@" "$features"
}
over() {
    infer --spaces "$@" $known
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
given-ames) over "$all" --edges "$folder/edges.csv" ;;
ames) over "$all" ${HISTORY:+--history "$HISTORY"} ;;
*) over "$method$dimension" ;;
esac
mean='.*"test_accuracy":\({"mean":\)*\([0-9.e-]*\)' deviation='\(,"std":\)*\([0-9.e-]*\).*'
tr -d '\n\t ' < "$work/report" | sed "s/$mean$deviation/\2 \4/" |
    awk -v cell="$set,$method" '{ printf "%s,%.1f,%.1f\n", cell, 100 * $1, 100 * $2 }'
