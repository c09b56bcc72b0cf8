# Zachary's karate club in the plane, in the hyperbolic plane and under a learned snowflake metric.
# Each embedding sees only who is a friend of whom; the colours are the two clubs of later.
set -eu
: "${TESSERAE_DATA:?must name the folder of karate.csv}"
edges=$TESSERAE_DATA/karate.csv
factions=$TESSERAE_DATA/karate-nodes.csv

# One thread is quickest for a graph this small.
embed() {
    graph-embed --quiet --threads 1 --seed 1 --dim 2 --steps 1500 "$@" "$edges"
}

draw() {
    tensor-plot --kind graph --edges "$edges" --labels "$factions" "$@"
}

embed --geometry euclidean | draw --title "Karate club, Euclidean plane" -o karate-euclidean.png
embed --geometry hyperbolic |
    draw --disk --title "Karate club, hyperbolic plane" -o karate-hyperbolic.png
embed --geometry snowflake --profile karate-snowflake.csv |
    draw --title "Karate club, snowflake of the plane" -o karate-snowflake.png
tensor-plot --kind lines karate-snowflake.csv --title "The learned metric" \
    --xlabel "Euclidean distance" --ylabel "learned distance" -o karate-snowflake-metric.png

embed --compare euclidean,hyperbolic,snowflake | tee karate.csv
