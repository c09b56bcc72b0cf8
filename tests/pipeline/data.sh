# share/data and share/pipelines: the tables are what share/data/README says, the pipelines run.
. "$srcdir/tests/pipeline/lib.sh"

rows() {
    tail -n +2 "$TESSERAE_DATA/$1" | wc -l | tr -d ' '
}

check_output 78 rows karate.csv
check_output 34 rows karate-nodes.csv
check_output 17 grep -c ',Officer$' "$TESSERAE_DATA/karate-nodes.csv"
check_output 131 rows unix-nodes.csv
check_output 163 rows unix.csv
check_output "1 34 33" sh -c "tail -n +2 '$TESSERAE_DATA/karate.csv' | tr , '\n' | sort -n |
    uniq -c | sort -rn | awk 'NR == 1 { a = \$2 } NR == 2 { b = \$2 } NR == 3 { c = \$2 }
        END { print b, a, c }'"

# No system is older than one that it comes from, none is its own ancestor, none is unknown.
check_output "" awk -F, 'NR == FNR { year[$1] = $2; next }
    FNR > 1 && !($1 in year && $2 in year && year[$1] <= year[$2])' \
    "$TESSERAE_DATA/unix-nodes.csv" "$TESSERAE_DATA/unix.csv"
check "the genealogy has no cycle" sh -c \
    "tail -n +2 '$TESSERAE_DATA/unix.csv' | tr ' ,' '_ ' | tsort > /dev/null"
check_output "" sh -c "tail -n +2 '$TESSERAE_DATA/unix-nodes.csv' | cut -d, -f1 | sort | uniq -d"

# What every pipeline promises to write.
for pipeline in degrees distances karate tree unix; do
    check "$pipeline.sh" sh "$srcdir/share/pipelines/$pipeline.sh" > "$pipeline.out"
    check "$pipeline.png or one for each geometry" sh -c "ls $pipeline*.png"
done
check_output 3 sh -c 'grep -c -E "^(euclidean|hyperbolic|snowflake),2," karate.out'
check "the hyperbolic plane holds the tree better than the Euclidean one" awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "average_distortion") column = i }
    { distortion[$1] = $column }
    END { exit !(distortion["hyperbolic"] < 0.6 * distortion["euclidean"]) }' tree.csv

finish
