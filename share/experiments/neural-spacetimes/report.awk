# The figures of a report (JSON, one to a line) as one row; -v label=NAME stands in front, -v wanted=
# order or encoder chooses the rows of order.sh and encoder.sh.
{
    if (match($0, /"[a-z_]+":/)) {
        name = substr($0, RSTART + 1, RLENGTH - 3)
        value = substr($0, RSTART + RLENGTH)
        gsub(/[[:space:],"]/, "", value)
        if (metrics || name == "wall_s")
            figure[name] = value
        if (name == "metrics")
            metrics = 1
        if (name == "time")
            metrics = 0
    }
}
END {
    forward = "trained_directionality" in figure ? figure["trained_directionality"] \
                                                 : figure["edge_directionality"]
    if (wanted == "order")
        printf "%s,%.6f,%.6f,%.4f,%.2f\n", label, figure["reachability_precision"], \
            figure["reachability_recall"], forward, figure["wall_s"]
    else if (wanted == "encoder")
        printf "%s,%.6f,%.6f,%.6f,%.6f,%.6f\n", label, figure["average_distortion"], \
            figure["distortion_std"], forward, figure["edge_directionality"], \
            figure["reachability_precision"]
    else
        printf "%s,%d,%d,%d,%d,%s,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%d,%.6f,%.4f,%.4f,%.4f\n", label, \
            figure["nodes"], figure["edges"], figure["width"], figure["time_dim"], \
            figure["order_by"], figure["average_distortion"], figure["distortion_std"], \
            figure["maximum_distortion"], figure["minimum_distortion"], forward, \
            figure["acyclicity_ceiling"], figure["pairs_checked"], figure["order_agreement"], \
            figure["reachability_precision"], figure["ranks_interval_error"], \
            figure["interval_error"]
}
