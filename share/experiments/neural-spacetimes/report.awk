# The figures of a report (JSON, one to a line) as one row; -v label=NAME stands in front.
{
    if (match($0, /"[a-z_]+":/)) {
        name = substr($0, RSTART + 1, RLENGTH - 3)
        value = substr($0, RSTART + RLENGTH)
        gsub(/[[:space:],"]/, "", value)
        if (metrics)
            figure[name] = value
        if (name == "metrics")
            metrics = 1
        if (name == "time")
            metrics = 0
    }
}
END {
    printf "%s,%d,%d,%d,%d,%s,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%d,%.6f,%.4f\n", label, \
        figure["nodes"], figure["edges"], figure["width"], figure["time_dim"], figure["order_by"], \
        figure["average_distortion"], figure["distortion_std"], figure["maximum_distortion"], \
        figure["minimum_distortion"], figure["edge_directionality"], figure["acyclicity_ceiling"], \
        figure["pairs_checked"], figure["order_agreement"], figure["reachability_precision"]
}
