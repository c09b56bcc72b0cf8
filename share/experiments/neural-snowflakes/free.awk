# The table of free coordinates, from the lines of free.sh: means over the seeds.
BEGIN { FS = "," }
{
    if (!($1 in n))
        rows[++count] = $1
    n[$1]++
    euclidean[$1] += $3
    snowflake[$1] += $4
}
END {
    print "| weight | Euclidean | snowflake | ratio |"
    print "|---|--:|--:|--:|"
    for (r = 1; r <= count; r++)
        printf "| %s | %.3g | %.3g | %.0f |\n", rows[r], euclidean[rows[r]] / n[rows[r]],
            snowflake[rows[r]] / n[rows[r]], euclidean[rows[r]] / snowflake[rows[r]]
}
