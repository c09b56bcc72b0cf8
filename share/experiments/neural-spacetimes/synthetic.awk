# Cells weight,seed,geometry,D,T,parameters,average,std,maximum,minimum,... as a table; means over seeds.
BEGIN {
    FS = ","
    print "| weight | D = T | geometry | average | std | largest max | least min | edges forward |"
    print "|---|--:|---|--:|--:|--:|--:|--:|"
}
{
    key = $1 "|" $4 "|" $3
    if (!(key in count)) {
        keys[++n] = key
        high[key] = $9
        low[key] = $10
    }
    count[key]++
    average[key] += $7
    deviation[key] += $8
    forward[key] += $13
    high[key] = $9 + 0 > high[key] + 0 ? $9 : high[key]
    low[key] = $10 + 0 < low[key] + 0 ? $10 : low[key]
}
END {
    for (i = 1; i <= n; i++) {
        key = keys[i]
        split(key, part, "|")
        printf "| %s | %s | %s | %.4f | %.4f | %.3f | %.3f | %.3f |\n", part[1], part[2], part[3], \
            average[key] / count[key], deviation[key] / count[key], high[key], low[key], \
            forward[key] / count[key]
    }
}
