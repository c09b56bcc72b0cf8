# Rows of report.awk as a table: means over the rows of one graph (its seeds), the largest of maxima and
# the least of minima; nodes, edges and width are those of the first.
BEGIN {
    FS = ","
    print "| graph | seeds | nodes | edges | width | T | order by | distortion | max | min " \
        "| edges forward, trained | ceiling | pairs checked | agreement | precision " \
        "| interval error, ranks | spaced |"
    print "|---|--:|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
}
{
    if (!($1 in count)) {
        keys[++n] = $1
        first[$1] = sprintf("%d | %d | %d | %d | %s", $2, $3, $4, $5, $6)
        high[$1] = $9
        low[$1] = $10
    }
    count[$1]++
    for (i = 7; i <= 17; i++)
        sum[$1, i] += $i
    squares[$1] += $15 * $15
    high[$1] = $9 + 0 > high[$1] + 0 ? $9 : high[$1]
    low[$1] = $10 + 0 < low[$1] + 0 ? $10 : low[$1]
}
function mean(key, i) {
    return sum[key, i] / count[key]
}
# Trained times have no ranks.
function shown(error) {
    return error > 0 ? sprintf("%.3f", error) : "-"
}
function deviation(key,    k) {
    k = count[key]
    k = k > 1 ? (squares[key] - k * mean(key, 15) ^ 2) / (k - 1) : 0
    return k > 0 ? sqrt(k) : 0
}
END {
    for (i = 1; i <= n; i++) {
        key = keys[i]
        printf "| %s | %d | %s | %.3f ± %.3f | %.3f | %.3f | %.3f | %.3f | %d | %.6g | %.3f ± %.3f " \
            "| %s | %s |\n", key, count[key], first[key], mean(key, 7), mean(key, 8), high[key], \
            low[key], mean(key, 11), mean(key, 12), mean(key, 13), mean(key, 14), mean(key, 15), \
            deviation(key), shown(mean(key, 16)), shown(mean(key, 17))
    }
}
