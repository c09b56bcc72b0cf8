# Rows of encoder.sh as a table: means and standard deviations over seeds.
BEGIN {
    FS = ","
    print "| p | T | unrelated pairs | seeds | distortion | its std | edges forward, trained " \
        "| repaired | precision |"
    print "|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
}
{
    key = $1 "|" $2 "|" $4
    if (!(key in count))
        keys[++n] = key
    count[key]++
    for (i = 5; i <= 9; i++) {
        sum[key, i] += $i
        squares[key, i] += $i * $i
    }
}
function spread(key, i,    k, mean, variance) {
    k = count[key]
    mean = sum[key, i] / k
    variance = k > 1 ? (squares[key, i] - k * mean * mean) / (k - 1) : 0
    return sprintf("%.3f ± %.3f", mean, variance > 0 ? sqrt(variance) : 0)
}
END {
    for (i = 1; i <= n; i++) {
        key = keys[i]
        split(key, part, "|")
        printf "| %s | %d | %d | %d | %s | %.4f | %s | %.3f | %s |\n", part[1], part[2], part[3], \
            count[key], spread(key, 5), sum[key, 6] / count[key], spread(key, 7), \
            sum[key, 8] / count[key], spread(key, 9)
    }
}
