# Large graphs: 10 M edges train on the whole graph within 8 GiB; 100 M edges by mini-batches, with
# features that stay on the disk, within 16 GiB. Takes long, and 10 GB of the disk while it runs:
# `make bench-scale`, or BENCH_EDGES=10000000 make bench-scale for one of them.
. "$srcdir/tests/pipeline/lib.sh"

# measure NODES EDGES FEATURES LIMIT OPTION...: an epoch, its time, and the peak of memory.
measure() {
    nodes=$1 edges=$2 features=$3 limit=$4
    shift 4
    case ${BENCH_EDGES:-$edges} in $edges) ;; *) return ;; esac
    graph-make sbm --blocks 40 --nodes "$nodes" --edges "$edges" --features "$features" --out large
    graph-classify -q --features large/features.npy --labels large/nodes.csv --threads 2 \
        --epochs 1 --report report.json -f npy -o predictions.npy "$@" large/edges.csv
    say "$edges edges: $(awk -v limit="$limit" -F: '
        /"seconds_per_epoch"/ { epoch = $2 }
        /"wall_s"/ { wall = $2 }
        /"peak_bytes"/ { peak = $2 / 2^30 }
        END { 
            printf "an epoch %.1f s, all %.1f s, peak %.2f GiB (<= %d)", epoch, wall, peak, limit
        }
        ' report.json)"
    rm -r large predictions.npy
}

measure 1000000 10000000 128 8 --layers 4 --hidden 64
measure 10000000 100000000 128 16 --layers 4 --hidden 64 --batch-nodes 200000
