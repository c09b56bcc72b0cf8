# Rows task,metric,count,seed,steps,test_mse,spread,seconds as tables; means over seeds.
BEGIN { FS = "," }
{
    key = $1 SUBSEP $3
    if (!(key in seen)) {
        seen[key] = 1
        order[++n] = key
    }
    steps[key] = $5
    runs[key, $2]++
    error[key, $2] += $6
    spread[key, $2] += $7
    seconds[key] += $8
    cells[key]++
}
function mean(key, metric) {
    return (key, metric) in runs ? sprintf("%.3g", error[key, metric] / runs[key, metric]) : "-"
}
function widest(key, metric) {
    return (key, metric) in runs ? sprintf("%.2f", spread[key, metric] / runs[key, metric]) : "-"
}
END {
    print "| task | training samples | steps | fixed | learned | its spread | processor s |"
    print "|---|--:|--:|--:|--:|--:|--:|"
    for (i = 1; i <= n; i++) {
        split(order[i], part, SUBSEP)
        key = order[i]
        printf "| %s | %d | %d | %s | %s | %s | %.0f |\n", part[1], part[2], steps[key], \
            mean(key, "fixed"), mean(key, "learn-full"), widest(key, "learn-full"), \
            seconds[key] / cells[key]
    }
}
