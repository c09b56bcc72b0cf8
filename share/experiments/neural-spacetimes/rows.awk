# Rows of report.awk as a table.
BEGIN {
    FS = ","
    print "| graph | nodes | edges | width | T | order by | distortion | max | min | edges forward " \
        "| ceiling | pairs checked | agreement | precision |"
    print "|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|"
}
{
    printf "| %s | %d | %d | %d | %d | %s | %.3f ± %.3f | %.3f | %.3f | %.3f | %.3f | %d | %.6g | %.3f |\n", \
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
}
