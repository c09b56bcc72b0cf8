# All distances of the karate club, the members ordered by faction: two dark blocks.
set -eu
: "${TESSERAE_DATA:?must name the folder of karate.csv}"
# Nodes are numbered as they appear: first the edges within one faction, then within the other.
awk -F, 'FNR == 1 { next }
         NR == FNR { faction[$1] = $2; next }
         { print faction[$1] == faction[$2] ? faction[$1] : "~between", $0 }' OFS=, \
    "$TESSERAE_DATA/karate-nodes.csv" "$TESSERAE_DATA/karate.csv" | sort -s -t, -k1,1 |
    cut -d, -f2- | graph-distance > distances.csv
tensor-plot --kind heatmap distances.csv --title "Distances in the karate club" -o distances.png
