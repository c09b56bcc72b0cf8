# Rows of order.sh as a table: the mean and standard deviation of precision over seeds.
BEGIN {
    FS = ","
    print "| graph | T | seeds | interval labels | refined | trained by edges | with unrelated pairs " \
        "| least recall | seconds to refine |"
    print "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
}
{
    key = $1 "|" $2
    if (!(key in least)) {
        keys[++n] = key
        least[key] = $6
    }
    if ($6 + 0 < least[key] + 0)
        least[key] = $6
    count[key, $4]++
    sum[key, $4] += $5
    squares[key, $4] += $5 * $5
    seconds[key, $4] += $8
}
function spread(key, kind,    k, mean, variance) {
    k = count[key, kind]
    if (!k)
        return "-"
    mean = sum[key, kind] / k
    variance = k > 1 ? (squares[key, kind] - k * mean * mean) / (k - 1) : 0
    return sprintf("%.3f ± %.3f", mean, variance > 0 ? sqrt(variance) : 0)
}
END {
    for (i = 1; i <= n; i++) {
        key = keys[i]
        split(key, part, "|")
        printf "| %s | %d | %d | %s | %s | %s | %s | %.4g | %.1f |\n", part[1], part[2], \
            count[key, "labels"], spread(key, "labels"), spread(key, "refined"), \
            spread(key, "edges"), spread(key, "parted"), least[key], \
            seconds[key, "refined"] / count[key, "refined"]
    }
}
