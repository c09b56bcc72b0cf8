# The table of the synthetic experiment, from the lines of synthetic.sh: mean and standard deviation over
# the seeds of the test MSE. The snowflake is taken at one rate, 0.3, throughout; the Euclidean space at
# whichever rate serves it best in that row, by the test figure itself.
BEGIN { FS = "," }

function deviation(sum, squares, n) {
    return n > 1 && squares > sum * sum / n ? sqrt((squares - sum * sum / n) / (n - 1)) : 0
}

{
    row = $1 SUBSEP $2 SUBSEP $3
    if (!(row in seen)) {
        seen[row] = 1
        rows[++count] = row
    }
    cell = row SUBSEP $5
    rates[$5] = 1
    n[cell]++
    euclidean[cell] += $6
    euclidean_squares[cell] += $6 * $6
    snowflake[cell] += $7
    snowflake_squares[cell] += $7 * $7
}

END {
    print "| points in | weight | D | Euclidean (best rate) | snowflake (rate 0.3) | ratio | wanted | |"
    print "|--:|---|--:|--:|--:|--:|--:|---|"
    for (r = 1; r <= count; r++) {
        split(rows[r], name, SUBSEP)
        best = ""
        for (rate in rates) {
            cell = rows[r] SUBSEP rate
            if (best == "" || euclidean[cell] < euclidean[best])
                best = cell
        }
        ours = rows[r] SUBSEP "0.3"
        ratio = euclidean[best] / n[best] / (snowflake[ours] / n[ours])
        wanted = name[3] == 2 ? 10 : 1
        printf "| R^%s | %s | %s | %.3g ± %.1g (%s) | %.3g ± %.1g | %.3g | > %d | %s |\n", name[1],
            name[2], name[3], euclidean[best] / n[best],
            deviation(euclidean[best], euclidean_squares[best], n[best]),
            substr(best, length(rows[r]) + 2), snowflake[ours] / n[ours],
            deviation(snowflake[ours], snowflake_squares[ours], n[ours]), ratio, wanted,
            (ratio > wanted ? "reached" : "missed")
    }
}
