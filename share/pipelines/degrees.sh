# Degrees of a preferential-attachment graph: a straight line on logarithmic axes, and a table of
# the most popular nodes.
set -eu
graph-make barabasi-albert --nodes 20000 --attach 3 --seed 1 |
    tail -n +2 | tr , '\n' | sort | uniq -c |
    awk 'BEGIN { print "node,degree" } { print $2 "," $1 }' > degrees.csv
tensor-plot --kind histogram --x degree --bins 30 --log-x --log-y degrees.csv \
    --title "Degrees under preferential attachment" --ylabel "nodes" -o degrees.png
(head -n 1 degrees.csv; tail -n +2 degrees.csv | sort -t, -k2,2nr | head -n 5)
