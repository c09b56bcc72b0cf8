# The genealogy of the Unix systems as a spacetime: every system an event, with time upward, and
# three questions of descent that its model answers without the graph.
set -eu
: "${TESSERAE_DATA:?must name the folder of unix.csv}"
work=$(mktemp -d "${TMPDIR:-/tmp}/unix-spacetime.XXXXXX")
trap 'rm -rf "$work"' EXIT
dag-spacetime --quiet --space-dim 4 --steps 1000 "$TESSERAE_DATA/unix.csv" \
    --model "$work/unix.safetensors" -o unix-events.csv
tensor-plot --quiet --kind dag --edges "$TESSERAE_DATA/unix.csv" --cone "4.3BSD" \
    --labels "$TESSERAE_DATA/unix-nodes.csv" --color family unix-events.csv \
    --title "The Unix systems in space and time" --width 1400 --height 1000 -o unix-spacetime.png
printf '%s\n' 'Unix V6,FreeBSD 2' 'Unix V7,xv6' '2BSD,PWB/UNIX' |
    dag-query --load "$work/unix.safetensors"
